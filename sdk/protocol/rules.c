/* What names, ages, CPFs, e-mail addresses, UUIDs and trace contexts must be. contract.def's RULE rows say it
 * in words; a row without its function here does not compile. */
#include "rules.h"

#include "base/utf8.h"

#include <aluno/values.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

static bool refuse(aluno__rule_violation *violation, aluno_reason reason)
{
    violation->reason = reason;
    violation->detail[0] = '\0';
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Removes ASCII white space from both ends. */
static void trim(char *text)
{
    static const char space[] = " \t\r\n\v\f";
    const size_t lead = strspn(text, space);
    size_t length = strlen(text + lead);
    memmove(text, text + lead, length + 1);
    while (length > 0 && strchr(space, text[length - 1]) != NULL)
        text[--length] = '\0';
}

static bool check_any(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field, (void)text, (void)violation;
    return true;
}

/* ---- names ---- */

enum { NAME_CHARACTERS_MAX = 120 };

/* Composes the text (NFC) in place; false where the result does not fit: some characters come apart. */
static bool compose(char *text, size_t size)
{
    utf8proc_uint8_t *composed = NULL;
    const utf8proc_ssize_t length =
        utf8proc_map((const utf8proc_uint8_t *)text, 0, &composed,
                     (utf8proc_option_t)(UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    const bool fits = length < (utf8proc_ssize_t)size;
    if (length >= 0 && fits)
        memcpy(text, composed, (size_t)length + 1);
    free(composed);
    return fits;
}

/* Runs of white space, of any script, become one space; none stays at the ends. */
static void fold_space(char *text)
{
    const char *from = text;
    char *to = text;
    bool pending = false;
    while (*from != '\0') {
        utf8proc_int32_t point;
        const utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)from, -1, &point);
        if (step <= 0)
            break;
        if (utf8proc_category(point) == UTF8PROC_CATEGORY_ZS) {
            pending = to != text;
        } else {
            if (pending)
                *to++ = ' ';
            pending = false;
            memmove(to, from, (size_t)step);
            to += step;
        }
        from += step;
    }
    *to = '\0';
}

typedef struct name_facts {
    bool control, digit, letter, visible;
} name_facts;

/* Besides control characters proper, line separators and invisible format characters (which can reorder or
 * hide text) count as such; the two joiners that some scripts need do not. */
static bool is_control(utf8proc_int32_t point, utf8proc_category_t category)
{
    const utf8proc_int32_t joiner = 0x200D, non_joiner = 0x200C;
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP ||
           (category == UTF8PROC_CATEGORY_CF && point != joiner && point != non_joiner);
}

/* What shows nothing without a character before it: combining marks and joiners. */
static bool is_mark(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
           category == UTF8PROC_CATEGORY_CF;
}

static name_facts look_at_name(const char *text)
{
    name_facts facts = {false, false, false, false};
    for (utf8proc_int32_t point; *text != '\0';) {
        const utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &point);
        if (step <= 0)
            break;
        const utf8proc_category_t category = utf8proc_category(point);
        facts.control = facts.control || is_control(point, category);
        facts.digit = facts.digit || category == UTF8PROC_CATEGORY_ND;
        facts.letter = facts.letter || (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO);
        facts.visible = facts.visible || !is_mark(category);
        text += step;
    }
    return facts;
}

static bool check_name(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    trim(text);
    if (!compose(text, (size_t)field->max + 1))
        return refuse(violation, ALUNO_REASON_NAME_TOO_LONG);
    fold_space(text);
    const name_facts facts = look_at_name(text);
    if (facts.control)
        return refuse(violation, ALUNO_REASON_NAME_CONTROL_CHARACTER);
    if (!facts.visible)
        return refuse(violation, ALUNO_REASON_NAME_EMPTY);
    if (facts.digit && !facts.letter)
        return refuse(violation, ALUNO_REASON_NAME_NUMBER);
    if (aluno__utf8_count(text) > NAME_CHARACTERS_MAX)
        return refuse(violation, ALUNO_REASON_NAME_TOO_LONG);
    return true;
}

static bool check_age(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    return check_any(field, text, violation); /* a number: its row's range is all */
}

/* ---- CPF (Instrução Normativa RFB 1.548/2015; the check digits are modulo 11) ---- */

enum { CPF_DIGITS = 11 };

static bool check_cpf(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    char digits[CPF_DIGITS];
    size_t count = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr(" .-/\t", *c) != NULL)
            continue;
        if (!is_digit(*c))
            return refuse(violation, ALUNO_REASON_CPF_NOT_ASCII_DIGIT);
        if (count < CPF_DIGITS)
            digits[count] = *c;
        count++;
    }
    if (count != CPF_DIGITS) {
        refuse(violation, ALUNO_REASON_CPF_LENGTH);
        snprintf(violation->detail, sizeof violation->detail, "%zu", count);
        return false;
    }
    memcpy(text, digits, CPF_DIGITS);
    text[CPF_DIGITS] = '\0';
    if (strspn(text, (char[]){text[0], '\0'}) == CPF_DIGITS)
        return refuse(violation, ALUNO_REASON_CPF_REPEATED_DIGITS);
    return true;
}

static bool is_eleven_digits(const char *text)
{
    return strlen(text) == CPF_DIGITS && strspn(text, "0123456789") == CPF_DIGITS;
}

/* The check digit of the first `count` digits: weights count + 1 down to 2, modulo 11. */
static char cpf_check_digit(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (unsigned)(digits[i] - '0') * (unsigned)(count + 1 - i);
    const unsigned rest = sum * 10 % 11;
    return (char)('0' + (rest == 10 ? 0 : rest));
}

bool aluno_cpf_check(const char *digits, char expected[3])
{
    if (!is_eleven_digits(digits))
        return false;
    char right[CPF_DIGITS + 1];
    memcpy(right, digits, sizeof right);
    right[9] = cpf_check_digit(right, 9);
    right[10] = cpf_check_digit(right, 10);
    if (expected != NULL)
        memcpy(expected, right + 9, 3);
    return memcmp(right, digits, CPF_DIGITS) == 0;
}

void aluno_cpf_format(const char *digits, char out[15])
{
    if (strlen(digits) == CPF_DIGITS)
        snprintf(out, 15, "%.3s.%.3s.%.3s-%.2s", digits, digits + 3, digits + 6, digits + 9);
    else
        snprintf(out, 15, "%s", digits);
}

void aluno_cpf_mask(const char *digits, char out[15])
{
    if (is_eleven_digits(digits))
        snprintf(out, 15, "***.%.3s.%.3s-**", digits + 3, digits + 6);
    else
        snprintf(out, 15, "***");
}

/* ---- e-mail (the grammar of an HTML input of type email, html.spec.whatwg.org) ---- */

static bool is_local(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!is_letter(text[i]) && !is_digit(text[i]) && strchr(".!#$%&'*+/=?^_`{|}~-", text[i]) == NULL)
            return false;
    return length > 0;
}

/* 1 to 63 letters, digits and hyphens, no hyphen at the ends. */
static bool is_label(const char *text, size_t length)
{
    if (length == 0 || length > 63 || text[0] == '-' || text[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '-')
            return false;
    return true;
}

static bool is_domain(const char *text)
{
    for (;;) {
        const size_t length = strcspn(text, ".");
        if (!is_label(text, length))
            return false;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

static bool check_email(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    trim(text);
    const char *at = strchr(text, '@');
    if (at == NULL || !is_local(text, (size_t)(at - text)) || !is_domain(at + 1))
        return refuse(violation, ALUNO_REASON_EMAIL_SYNTAX);
    return true;
}

/* ---- UUIDs (RFC 9562), in lower case ---- */

/* Whether the text begins as the shape is written: an x stands for a lower-case hexadecimal digit. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *shape != '\0'; text++, shape++) {
        const bool fits = *shape == 'x' ? is_digit(*text) || (*text >= 'a' && *text <= 'f') : *text == *shape;
        if (!fits)
            return false;
    }
    return true;
}

bool aluno__uuid_is_valid(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return strlen(text) == sizeof shape - 1 && has_shape(text, shape);
}

static bool check_uuid(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    for (char *c = text; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'F')
            *c = (char)(*c - 'A' + 'a');
    return aluno__uuid_is_valid(text) || refuse(violation, ALUNO_REASON_UUID_SYNTAX);
}

/* ---- trace contexts (w3.org/TR/trace-context-1: version, trace id, span id, flags) ---- */

/* A later version may go on behind the flags, after a dash; version ff is none. */
static bool is_traceparent(const char *text)
{
    static const char shape[] = "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
    enum { TRACE_AT = 3, SPAN_AT = 36, SPAN_DIGITS = 16, END = sizeof shape - 1 };
    if (!has_shape(text, shape) || strncmp(text, "ff", 2) == 0)
        return false;
    const bool ends_well = text[END] == '\0' || (text[END] == '-' && strncmp(text, "00", 2) != 0);
    return ends_well && strspn(text + TRACE_AT, "0") < ALUNO_TRACE_ID_DIGITS &&
           strspn(text + SPAN_AT, "0") < SPAN_DIGITS;
}

bool aluno__trace_id(const char *traceparent, char out[ALUNO_TRACE_ID_DIGITS + 1])
{
    if (!is_traceparent(traceparent))
        return false;
    memcpy(out, traceparent + strlen("00-"), ALUNO_TRACE_ID_DIGITS);
    out[ALUNO_TRACE_ID_DIGITS] = '\0';
    return true;
}

static bool check_traceparent(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    return is_traceparent(text) || refuse(violation, ALUNO_REASON_TRACEPARENT_SYNTAX);
}

/* ---- by the contract's table ---- */

bool aluno__rule_check_text(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    static bool (*const checks[])(const aluno_field_desc *, char *, aluno__rule_violation *) = {
#define ALUNO_RULE(name, ...) check_##name,
#include <aluno/contract.def>
    };
    return checks[field->rule](field, text, violation);
}

bool aluno__rule_check_int(const aluno_field_desc *field, int64_t value, aluno__rule_violation *violation)
{
    if (value >= field->min && value <= field->max)
        return true;
    if (field->rule == ALUNO_RULE_age)
        return refuse(violation, ALUNO_REASON_AGE_RANGE);
    refuse(violation, ALUNO_REASON_NUMBER_RANGE);
    if (field->max == INT64_MAX)
        snprintf(violation->detail, sizeof violation->detail, ">= %" PRId64, field->min);
    else
        snprintf(violation->detail, sizeof violation->detail, "%" PRId64 "–%" PRId64, field->min, field->max);
    return false;
}
