/* Writes REFERENCE.md from the contract, to stdout. A test fails while the file in the tree differs; to renew
 * it:
 *
 *     build/sdk/aluno-reference > sdk/REFERENCE.md */
#include <aluno/aluno.h>

#include <inttypes.h>
#include <stdio.h>

static const char *effect_name(aluno_effect effect)
{
    static const char *const names[] = {"reads", "reads, may take long", "changes data"};
    return names[effect];
}

static void write_methods(void)
{
    puts("## Methods\n");
    puts("| Method | Request | Reply | Effect | Role | Command | |");
    puts("| --- | --- | --- | --- | --- | --- | --- |");
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
        printf("| `%s` | %s | %s | %s | %s | `%s`, `%s` | %s |\n", method->name, method->request->name,
               method->reply->name, effect_name(method->effect), aluno_role_name(method->role),
               method->verb[ALUNO_PT], method->verb[ALUNO_EN], method->doc[ALUNO_EN]);
    }
}

/* What a value may be: a number's range, a text's or list's size, a nested message. */
static void write_range(const aluno_field_desc *field)
{
    if (field->kind == ALUNO_KIND_INT && field->min == INT64_MIN)
        fputs("any", stdout);
    else if (field->kind == ALUNO_KIND_INT && field->max == INT64_MAX)
        printf("≥ %" PRId64, field->min);
    else if (field->kind == ALUNO_KIND_INT)
        printf("%" PRId64 " to %" PRId64, field->min, field->max);
    else if (field->kind == ALUNO_KIND_TEXT)
        printf("≤ %" PRId64 " bytes", field->max);
    else if (field->kind == ALUNO_KIND_ONE)
        fputs(field->type->name, stdout);
    else if (field->kind == ALUNO_KIND_LIST)
        printf("≤ %" PRId64 " %s", field->max, field->type->name);
}

static void write_message(const aluno_message_desc *type)
{
    printf("\n### %s\n\nIn C `aluno_%s`: %s.\n", type->name, type->id, type->doc);
    if (type->field_count == 0) {
        puts("\nNo fields.");
        return;
    }
    puts("\n| Field | Flag | Kind | Range | Presence | Rule | |");
    puts("| --- | --- | --- | --- | --- | --- | --- |");
    for (size_t i = 0; i < type->field_count; i++) {
        const aluno_field_desc *field = &type->fields[i];
        printf("| `%s` | `--%s` | %s | ", field->name, field->name_pt, aluno_kind_name(field->kind));
        write_range(field);
        printf(" | %s | %s | %s |\n", aluno_presence_name(field->presence),
               field->rule == ALUNO_RULE_any ? "" : aluno_rule_text(field->rule, ALUNO_EN),
               field->label[ALUNO_EN]);
    }
}

static void write_reasons(void)
{
    puts("\n## Reasons\n");
    puts("Why something was refused or failed: the `reason` of an error, a violation, a warning and a");
    puts("line of the service's log. The code is gRPC's; after UNAVAILABLE the same call may succeed");
    puts("if it is made again. A `TLS_` reason tells of a handshake, whichever side refused it;");
    puts("`aluno diagnostico` tells which side, and the command that mends it.\n");
    puts("| Reason | Code | What | Remedy | O que houve | O que fazer |");
    puts("| --- | --- | --- | --- | --- | --- |");
    for (size_t i = 0; i < ALUNO_REASON_COUNT; i++) {
        const aluno_reason_desc *reason = aluno_reason_of((aluno_reason)i);
        printf("| `%s` | %d %s | %s | %s | %s | %s |\n", reason->name, (int)reason->code,
               aluno_code_name(reason->code), reason->text[ALUNO_EN], reason->remedy[ALUNO_EN],
               reason->text[ALUNO_PT], reason->remedy[ALUNO_PT]);
    }
}

int main(void)
{
    size_t count;
    const aluno_message_desc *const *types = aluno_messages(&count);
    puts("# Reference\n");
    puts("The contract in tables: methods, messages and reasons. Made from `include/aluno/contract.def`; do "
         "not edit.\n");
    write_methods();
    puts("\n## Messages");
    for (size_t i = 0; i < count; i++)
        write_message(types[i]);
    write_reasons();
    return 0;
}
