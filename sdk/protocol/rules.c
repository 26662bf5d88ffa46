/* The contract's ranges and rules, by field. Rules with more to them are in name.c, cpf.c, email.c and
 * identifiers.c. */
#include "rules.h"

#include "base/utf8.h"

#include <aluno/masking.h>

#include <inttypes.h>
#include <stdio.h>

bool aluno__rule_any(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field, (void)text, (void)violation;
    return true;
}

/* An age is a number: the range of its row is all. */
bool aluno__rule_age(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    return aluno__rule_any(field, text, violation);
}

bool aluno__rules_check_text(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    static bool (*const rules[])(const aluno_field_desc *, char *, aluno__rule_violation *) = {
#define ALUNO_RULE(name, ...) aluno__rule_##name,
#include <aluno/contract.def>
    };
    if (aluno_is_masked(field->mask, text))
        return aluno__rule_refuse(violation, ALUNO_REASON_VALUE_MASKED);
    return rules[field->rule](field, text, violation);
}

bool aluno__rules_check_int(const aluno_field_desc *field, int64_t value, aluno__rule_violation *violation)
{
    if (value >= field->min && value <= field->max)
        return true;
    if (field->rule == ALUNO_RULE_age)
        return aluno__rule_refuse(violation, ALUNO_REASON_AGE_RANGE);
    aluno__rule_refuse(violation, ALUNO_REASON_NUMBER_RANGE);
    if (field->max == INT64_MAX)
        snprintf(violation->detail, sizeof violation->detail, ">= %" PRId64, field->min);
    else
        snprintf(violation->detail, sizeof violation->detail, "%" PRId64 "–%" PRId64, field->min, field->max);
    return false;
}

bool aluno__rules_check_bytes(const aluno_field_desc *field, const char *bytes, size_t length,
                              aluno_reason *reason)
{
    if (length > (size_t)field->max)
        *reason = ALUNO_REASON_TEXT_TOO_LONG;
    else if (aluno__utf8_is_plain(bytes, length))
        return true;
    else if (memchr(bytes, '\0', length) != NULL)
        *reason = ALUNO_REASON_TEXT_NUL;
    else if (!aluno_utf8_valid(bytes, length))
        *reason = ALUNO_REASON_TEXT_NOT_UTF8;
    else
        return true;
    return false;
}
