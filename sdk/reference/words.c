/* The contract's rows in English words, said once for REFERENCE.md and the man pages. */
#include "reference.h"

#include <inttypes.h>
#include <stdio.h>

const code_row *code_rows(size_t *count)
{
    static const code_row rows[] = {
#define ALUNO_CODE(name, number) {#name, number},
#include <aluno/contract.def>
    };
    *count = sizeof rows / sizeof *rows;
    return rows;
}

const char *role_words(aluno_role role, aluno_language language)
{
    static const char *const words[][2] = {
#define ALUNO_ROLE(name, en, pt) {en, pt},
#include <aluno/contract.def>
    };
    return words[role][language];
}

const char *effect_words(aluno_effect effect)
{
    static const char *const words[] = {"reads", "reads, may take long", "changes data"};
    return words[effect];
}

const char *presence_words(aluno_presence presence)
{
    static const char *const words[] = {
        [ALUNO_OPTIONAL] = "optional",
        [ALUNO_REQUIRED] = "required",
        [ALUNO_OUTPUT] = "set by the service, ignored in a request",
        [ALUNO_KEY] = "key: exactly one of the message's keys is set",
        [ALUNO_PARTIAL] = "required, but nothing inside it is",
        [ALUNO_EITHER] = "at least one of those marked so is set",
        [ALUNO_EXPECTED] = "required by the service's policy",
    };
    return words[presence];
}

static void write_number_words(int64_t min, int64_t max)
{
    if (min == INT64_MIN)
        fputs("any number", stdout);
    else if (max == INT64_MAX)
        printf("a number of at least %" PRId64, min);
    else
        printf("a number from %" PRId64 " to %" PRId64, min, max);
}

void write_value_words(const aluno_field_desc *field, const char *nested)
{
    const bool has_rule = field->rule != ALUNO_RULE_any;
    switch (field->kind) {
    case ALUNO_KIND_INT:
        if (!has_rule)
            write_number_words(field->min, field->max);
        break;
    case ALUNO_KIND_BOOL:
        fputs("true or false", stdout);
        break;
    case ALUNO_KIND_TEXT:
        printf("text of at most %" PRId64 " bytes", field->max);
        break;
    case ALUNO_KIND_ONE:
        fputs(nested, stdout);
        break;
    case ALUNO_KIND_LIST:
        printf("a list of at most %" PRId64 " %s", field->max, nested);
        break;
    }
    if (has_rule)
        printf("%s%s", field->kind == ALUNO_KIND_INT ? "" : "; ", aluno_rule_text(field->rule, ALUNO_EN));
    if (field->mask != ALUNO_MASK_none)
        fputs("; personal", stdout);
    if (field->role != ALUNO_ROLE_none)
        printf("; needs the role %s", aluno_role_name(field->role));
}
