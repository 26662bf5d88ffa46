/* REFERENCE.md: the contract in tables. */
#include "reference.h"

#include <ctype.h>
#include <stdio.h>

/* Writes the head of a table of `columns`, divided by " | ". */
static void write_head(const char *columns)
{
    printf("\n| %s |\n|", columns);
    for (const char *at = columns; at != NULL; at = strstr(at + 1, " | "))
        fputs(" --- |", stdout);
    puts("");
}

/* ---- methods ---- */

static void write_methods(void)
{
    puts("\n## Methods\n\nThe number stands for the name on the wire. The client's command of a method has "
         "its verb in Portuguese or English.");
    write_head("Number | Method | Request | Reply | Effect | Role | Command | What | O que faz");
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
        printf("| %d | `%s` | %s | %s | %s | %s | `%s`, `%s` | %s | %s |\n", (int)method->number,
               method->name, method->request->name, method->reply->name, effect_words(method->effect),
               aluno_role_name(method->role), method->verb[ALUNO_PT], method->verb[ALUNO_EN],
               method->doc[ALUNO_EN], method->doc[ALUNO_PT]);
    }
}

/* ---- roles, codes, rules ---- */

static void write_role_table(void)
{
    puts("\n## Roles\n\nA role is the OU of the caller's certificate. Each role may also do what those above "
         "it may, but for the auditor, who stands beside them: it may also call GetServerInfo and Describe.");
    write_head("Role | May | Pode");
    for (int role = 0; role < ALUNO_ROLE_COUNT; role++)
        printf("| `%s` | %s | %s |\n", aluno_role_name((aluno_role)role),
               role_words((aluno_role)role, ALUNO_EN), role_words((aluno_role)role, ALUNO_PT));
}

static void write_reasons_of(int code)
{
    const char *separator = "";
    for (int i = 0; i < ALUNO_REASON_COUNT; i++) {
        const aluno_reason_desc *reason = aluno_reason_of((aluno_reason)i);
        if ((int)reason->code != code)
            continue;
        printf("%s`%s`", separator, reason->name);
        separator = ", ";
    }
}

static void write_codes(void)
{
    size_t count;
    const code_row *codes = code_rows(&count);
    puts("\n## Codes\n\ngRPC's numbers and names. After UNAVAILABLE the same call may succeed if it is made "
         "again.");
    write_head("Code | Name | Reasons");
    for (size_t i = 0; i < count; i++) {
        printf("| %d | `%s` | ", codes[i].number, codes[i].name);
        write_reasons_of(codes[i].number);
        puts(" |");
    }
}

static bool has_rule(const aluno_field_desc *field, int rule)
{
    return (int)field->rule == rule;
}

static bool has_mask(const aluno_field_desc *field, int mask)
{
    return (int)field->mask == mask;
}

/* The fields that have what `has` looks for. */
static void write_fields_with(bool (*has)(const aluno_field_desc *, int), int value)
{
    size_t count;
    const char *separator = "";
    const aluno_message_desc *const *types = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < types[i]->field_count; j++) {
            if (!has(&types[i]->fields[j], value))
                continue;
            printf("%s`%s.%s`", separator, types[i]->name, types[i]->fields[j].name);
            separator = ", ";
        }
}

static void write_rules(void)
{
    puts("\n## Rules\n\nWhat the values of some fields must be, beyond their kind and range. A value is "
         "normalised by its"
         "\nrule: a CPF to 11 digits, a name to NFC with single spaces.");
    write_head("What | O que | Fields");
    for (int rule = ALUNO_RULE_any + 1; rule < ALUNO_RULE_COUNT; rule++) {
        printf("| %s | %s | ", aluno_rule_text((aluno_rule)rule, ALUNO_EN),
               aluno_rule_text((aluno_rule)rule, ALUNO_PT));
        write_fields_with(has_rule, rule);
        puts(" |");
    }
}

/* ---- personal values ---- */

/* A form of asterisks is code, so that Markdown shows them. */
static void write_form(const char *form)
{
    const char *quote = strchr(form, '*') != NULL ? "`" : "";
    printf("%s%s%s | ", quote, form, quote);
}

static void write_masks(void)
{
    puts("\n## Personal values\n\nHow the values of some fields are shown where they are not the answer "
         "itself: "
         "to the role"
         "\n`reader`, in logs, traces and recordings. A masked value in a request is refused: "
         "`VALUE_MASKED`.");
    write_head("Mask | Shown as | Mostrado como | Fields");
    for (int mask = ALUNO_MASK_none + 1; mask < ALUNO_MASK_COUNT; mask++) {
        printf("| `%s` | ", aluno_mask_name((aluno_mask)mask));
        write_form(aluno_mask_form((aluno_mask)mask, ALUNO_EN));
        write_form(aluno_mask_form((aluno_mask)mask, ALUNO_PT));
        write_fields_with(has_mask, mask);
        puts(" |");
    }
}

/* ---- messages ---- */

static bool holds(const aluno_message_desc *type, const aluno_message_desc *wanted)
{
    if (type == wanted)
        return true;
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].kind == ALUNO_KIND_ONE && holds(type->fields[i].type, wanted))
            return true;
    return false;
}

/* Whether the client's flags fill this message: it is a method's request, or a nested message of one. */
static bool is_asked(const aluno_message_desc *type)
{
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++)
        if (holds(aluno_method_of((aluno_method_id)i)->request, type))
            return true;
    return false;
}

/* A name as the client shows it: `--apenas-validar`. */
static void write_flag(const char *name)
{
    fputs("`--", stdout);
    for (; *name != '\0'; name++)
        putchar(*name == '_' ? '-' : *name);
    putchar('`');
}

static void write_flags(const aluno_field_desc *field)
{
    if (field->presence == ALUNO_OUTPUT || field->kind == ALUNO_KIND_ONE || field->kind == ALUNO_KIND_LIST)
        return;
    write_flag(field->name_pt);
    if (strcmp(field->name, field->name_pt) != 0) {
        fputs(", ", stdout);
        write_flag(field->name);
    }
}

static void write_field(const aluno_field_desc *field, bool asked)
{
    printf("| %d | `%s` | ", (int)field->number, field->name);
    if (asked) {
        write_flags(field);
        fputs(" | ", stdout);
    }
    write_value_words(field, field->type == NULL ? "" : field->type->name);
    printf(" | %s | %s | %s |\n", presence_words(field->presence), field->label[ALUNO_EN],
           field->label[ALUNO_PT]);
}

static void write_message(const aluno_message_desc *type)
{
    const bool asked = is_asked(type);
    printf("\n### %s\n\n%c%s. In C: `aluno_%s`.\n", type->name, toupper((unsigned char)type->doc[0]),
           type->doc + 1, type->id);
    if (type->field_count == 0) {
        puts("\nNo fields.");
        return;
    }
    write_head(asked ? "Number | Field | Flags | Value | Presence | Label | Rótulo"
                     : "Number | Field | Value | Presence | Label | Rótulo");
    for (size_t i = 0; i < type->field_count; i++)
        write_field(&type->fields[i], asked);
}

static void write_messages(void)
{
    size_t count;
    const aluno_message_desc *const *types = aluno_messages(&count);
    puts("\n## Messages\n\nThe flags are those of the client's commands, in Portuguese and in English; a "
         "message that no"
         "\ncommand asks for has none.");
    for (size_t i = 0; i < count; i++)
        write_message(types[i]);
}

/* ---- reasons ---- */

static void write_reasons(void)
{
    puts("\n## Reasons\n\nWhy something was refused or failed: the `reason` of an error, a violation, a "
         "warning and a line"
         "\nof the service's log. A `TLS_` reason is of a handshake, whichever side refused it; `aluno "
         "diagnostico`"
         "\nshows which side did, and the command that fixes it.");
    write_head("Reason | Code | What | Remedy | O que houve | O que fazer");
    for (size_t i = 0; i < ALUNO_REASON_COUNT; i++) {
        const aluno_reason_desc *reason = aluno_reason_of((aluno_reason)i);
        printf("| `%s` | %d %s | %s | %s | %s | %s |\n", reason->name, (int)reason->code,
               aluno_code_name(reason->code), reason->text[ALUNO_EN], reason->remedy[ALUNO_EN],
               reason->text[ALUNO_PT], reason->remedy[ALUNO_PT]);
    }
}

void write_markdown(void)
{
    puts("# Reference\n\nThe contract in tables: methods, roles, codes, rules, personal values, messages and "
         "reasons. "
         "Generated from"
         "\n[`contract.def`](include/aluno/contract.def) by `aluno-reference`; do not edit.");
    write_methods();
    write_role_table();
    write_codes();
    write_rules();
    write_masks();
    write_messages();
    write_reasons();
}
