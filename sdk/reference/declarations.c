/* The declarations that the headers make of contract.def, as C text in which every row is expanded and
 * explained. man/header.awk reads it after the headers; a line `#line 1 "FILE"` names the header that
 * declares what follows. A line in capitals within a comment begins a section of the page, and a line `word:
 * …` an item. */
#include "reference.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

/* ---- messages ---- */

static void write_member(const aluno_field_desc *field)
{
    switch (field->kind) {
    case ALUNO_KIND_INT:
        printf("    int64_t %s;\n", field->name);
        break;
    case ALUNO_KIND_BOOL:
        printf("    bool %s;\n", field->name);
        break;
    case ALUNO_KIND_TEXT:
        printf("    char %s[%" PRId64 "];\n", field->name, field->max + 1);
        break;
    case ALUNO_KIND_ONE:
        printf("    aluno_%s %s;\n", field->type->id, field->name);
        break;
    case ALUNO_KIND_LIST:
        printf("    struct { size_t count; aluno_%s items[%" PRId64 "]; } %s;\n", field->type->id, field->max,
               field->name);
        break;
    }
}

static void write_member_comment(const aluno_field_desc *field)
{
    char nested[80];
    snprintf(nested, sizeof nested, "aluno_%s", field->type == NULL ? "" : field->type->id);
    printf(" * %s: %s: ", field->name, field->label[ALUNO_EN]);
    write_value_words(field, nested);
    printf("; %s.\n", presence_words(field->presence));
}

static void write_message(const aluno_message_desc *type)
{
    printf("/* %c%s.\n *\n * A message of the contract.\n", toupper((unsigned char)type->doc[0]),
           type->doc + 1);
    if (type->field_count > 0)
        puts(" *\n * FIELDS");
    for (size_t i = 0; i < type->field_count; i++)
        write_member_comment(&type->fields[i]);
    printf(" */\ntypedef struct aluno_%s {\n    aluno_%s_has has;\n", type->id, type->id);
    for (size_t i = 0; i < type->field_count; i++)
        write_member(&type->fields[i]);
    printf("} aluno_%s;\n\n", type->id);
}

/* ---- enumerations ---- */

typedef struct enumeration {
    const char *name, *prefix;
    size_t count;
    const char *(*member)(size_t);
    void (*explain)(size_t);
} enumeration;

static const char *role_member(size_t i)
{
    return aluno_role_name((aluno_role)i);
}

static void explain_role(size_t i)
{
    fputs(role_words((aluno_role)i, ALUNO_EN), stdout);
}

static const char *rule_member(size_t i)
{
    static const char *const names[] = {
#define ALUNO_RULE(name, ...) #name,
#include <aluno/contract.def>
    };
    return names[i];
}

static void explain_rule(size_t i)
{
    fputs(aluno_rule_text((aluno_rule)i, ALUNO_EN), stdout);
}

static const char *reason_member(size_t i)
{
    return aluno_reason_of((aluno_reason)i)->name;
}

static void explain_reason(size_t i)
{
    const aluno_reason_desc *reason = aluno_reason_of((aluno_reason)i);
    printf("%s: %s. Remedy: %s", aluno_code_name(reason->code), reason->text[ALUNO_EN],
           reason->remedy[ALUNO_EN]);
}

static const char *method_member(size_t i)
{
    static const char *const names[] = {
#define ALUNO_METHOD(id, ...) #id,
#include <aluno/contract.def>
    };
    return names[i];
}

static void explain_method(size_t i)
{
    const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
    printf("%s: %s; %s; role %s", method->name, method->doc[ALUNO_EN], effect_words(method->effect),
           aluno_role_name(method->role));
}

static void write_enumeration(const enumeration *type)
{
    puts("/* VALUES");
    for (size_t i = 0; i < type->count; i++) {
        printf(" * %s%s: ", type->prefix, type->member(i));
        type->explain(i);
        puts(".");
    }
    printf(" */\ntypedef enum %s {\n", type->name);
    for (size_t i = 0; i < type->count; i++)
        printf("    %s%s,\n", type->prefix, type->member(i));
    printf("    %sCOUNT\n} %s;\n\n", type->prefix, type->name);
}

static void write_codes(void)
{
    size_t count;
    const code_row *codes = code_rows(&count);
    puts("typedef enum aluno_code {");
    for (size_t i = 0; i < count; i++)
        printf("    ALUNO_%s = %d,\n", codes[i].name, codes[i].number);
    puts("} aluno_code;\n");
}

/* ---- descriptors and async.h's typed functions: declared here again, so that the compiler compares ---- */

#define DESCRIPTOR(id) extern const aluno_message_desc aluno_##id##_type;
#define START(id, in)                                                                                        \
    aluno_code aluno_start_##id(aluno_client *client, const aluno_##in *request,                             \
                                const aluno_call_options *options, aluno_completion *done, void *user,       \
                                aluno_pending **call, aluno_error *error);
#define WORDS(...)    WORDS_OF(__VA_ARGS__)
#define WORDS_OF(...) #__VA_ARGS__

#define ALUNO_MESSAGE(id, ...)                  DESCRIPTOR(id)
#define ALUNO_METHOD(id, number, wire, in, ...) START(id, in)
#include <aluno/contract.def>

static const char *const descriptors[] = {
#define ALUNO_MESSAGE(id, ...) "ALUNO_API " WORDS(DESCRIPTOR(id)),
#include <aluno/contract.def>
};

static const char *const starts[] = {
#define ALUNO_METHOD(id, number, wire, in, ...) "ALUNO_API " WORDS(START(id, in)),
#include <aluno/contract.def>
};

static void write_lines(const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        puts(lines[i]);
}

void write_declarations(void)
{
    static const enumeration enumerations[] = {
        {"aluno_role", "ALUNO_ROLE_", ALUNO_ROLE_COUNT, role_member, explain_role},
        {"aluno_rule", "ALUNO_RULE_", ALUNO_RULE_COUNT, rule_member, explain_rule},
        {"aluno_reason", "ALUNO_REASON_", ALUNO_REASON_COUNT, reason_member, explain_reason},
        {"aluno_method_id", "ALUNO_METHOD_", ALUNO_METHOD_COUNT, method_member, explain_method},
    };
    size_t count;
    const aluno_message_desc *const *types = aluno_messages(&count);
    puts("#line 1 \"aluno/messages.h\"");
    for (size_t i = 0; i < count; i++)
        write_message(types[i]);
    puts("#line 1 \"aluno/schema.h\"");
    write_lines(descriptors, sizeof descriptors / sizeof *descriptors);
    write_codes();
    for (size_t i = 0; i < sizeof enumerations / sizeof *enumerations; i++)
        write_enumeration(&enumerations[i]);
    puts("#line 1 \"aluno/async.h\"");
    write_lines(starts, sizeof starts / sizeof *starts);
}
