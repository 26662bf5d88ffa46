/* Writes the parts of the contract that a peer of another version relies on, a line each: names, numbers,
 * kinds and presence. Limits, rules and texts may change. sdk/contract.v1.txt holds these lines as they were
 * first agreed; tests/wire.sh compares. */
#include "reference.h"

#include <stdio.h>

static const char *nested_name(const aluno_field_desc *field)
{
    return field->type == NULL ? "" : field->type->name;
}

static void write_fields(const aluno_message_desc *type)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const aluno_field_desc *field = &type->fields[i];
        printf("field %s.%s %d %s %s%s%s\n", type->name, field->name, (int)field->number,
               aluno_presence_name(field->presence), aluno_kind_name(field->kind),
               field->type == NULL ? "" : " ", nested_name(field));
    }
}

static void write_method(const aluno_method_desc *method)
{
    static const char *const effects[] = {"reads", "reads", "mutates"};
    printf("method %s %d %s %s %s %s\n", method->name, (int)method->number, method->request->name,
           method->reply->name, effects[method->effect], aluno_role_name(method->role));
}

void write_wire(void)
{
    size_t code_count, message_count;
    const code_row *codes = code_rows(&code_count);
    const aluno_message_desc *const *messages = aluno_messages(&message_count);
    for (size_t i = 0; i < code_count; i++)
        printf("code %s %d\n", codes[i].name, codes[i].number);
    for (int role = 0; role < ALUNO_ROLE_COUNT; role++)
        printf("role %s\n", aluno_role_name((aluno_role)role));
    for (int i = 0; i < ALUNO_REASON_COUNT; i++) {
        const aluno_reason_desc *reason = aluno_reason_of((aluno_reason)i);
        printf("reason %s %s\n", reason->name, aluno_code_name(reason->code));
    }
    for (size_t i = 0; i < message_count; i++)
        write_fields(messages[i]);
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++)
        write_method(aluno_method_of((aluno_method_id)i));
}

void write_roles(void)
{
    for (int role = ALUNO_ROLE_none + 1; role < ALUNO_ROLE_COUNT; role++)
        printf("%s: %s\n", aluno_role_name((aluno_role)role), role_words((aluno_role)role, ALUNO_EN));
}
