/* The rule of CPFs: 11 digits, with separators only where a CPF has them. A digit from behind a decimal point
 * is never one of them. Other content that occurs in a column of CPFs, such as a phone number, is refused
 * with a reason of its own. */
#include "characters.h"

#include <stdio.h>

enum { CPF_DIGITS = 11, CNPJ_DIGITS = 14, PHONE_DIGITS_MIN = 12, AREA_MAX = 5, GROUPS = 4 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool permits(int32_t point)
{
    return point < 0x80 && (is_digit((char)point) || strchr(" .-/\t\n\v\f\r", (char)point) != NULL);
}

static size_t count_digits(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += is_digit(*text);
    return count;
}

/* ---- what else stands in the column of CPFs ---- */

/* "6,10941705E+10": digits are lost. */
static bool is_scientific(const char *text)
{
    text += strspn(text, "0123456789");
    if (*text == '.' || *text == ',')
        text += 1 + strspn(text + 1, "0123456789");
    if (*text != 'e' && *text != 'E')
        return false;
    text += 1 + (text[1] == '+' || text[1] == '-');
    return is_digit(*text) && text[strspn(text, "0123456789")] == '\0';
}

static size_t count(const char *text, char wanted)
{
    size_t found = 0;
    for (; *text != '\0'; text++)
        found += *text == wanted;
    return found;
}

/* Whether the text has one `point` and, if any, `thousands` before it only. */
static bool has_point(const char *text, char point, char thousands)
{
    const char *last = strrchr(text, thousands);
    return count(text, point) == 1 && (last == NULL || last < strchr(text, point));
}

/* "3338904851.0", "33.389.048.510,00". */
static bool is_decimal(const char *text)
{
    return is_digit(*text) && is_digit(text[strlen(text) - 1]) &&
           text[strspn(text, "0123456789.,")] == '\0' &&
           (has_point(text, '.', ',') || has_point(text, ',', '.'));
}

/* "3/5/2010", "2010-05-03 00:00": three groups of a date's lengths with the same separator. */
static bool is_date(const char *text)
{
    size_t lengths[3];
    char separator = '\0';
    for (size_t i = 0; i < 3; i++) {
        lengths[i] = strspn(text, "0123456789");
        text += lengths[i];
        if (i == 2)
            break;
        if (strchr("/-.", *text) == NULL || *text == '\0' || (i > 0 && *text != separator))
            return false;
        separator = *text++;
    }
    const bool day_first = lengths[0] - 1 < 2 && (lengths[2] == 4 || lengths[2] == 2);
    const bool year_first = lengths[0] == 4 && lengths[2] - 1 < 2;
    return lengths[1] - 1 < 2 && (day_first || year_first) && (*text == '\0' || *text == ' ' || *text == 'T');
}

static bool is_cnpj(const char *text)
{
    return count_digits(text) == CNPJ_DIGITS && text[strspn(text, "0123456789./- ")] == '\0';
}

/* The lengths of the groups of digits, and what stands between them: "2 5-4". Cut at the buffer's end. */
static void write_shape(const char *text, char *shape, size_t size)
{
    aluno__text out = {shape, size, 0};
    while (*text != '\0') {
        const size_t length = strspn(text, "0123456789");
        char group[24];
        snprintf(group, sizeof group, "%zu", length);
        if (length > 0)
            aluno__text_append(&out, group, strlen(group));
        else
            aluno__text_append(&out, text, 1);
        text += length > 0 ? length : 1;
    }
    aluno__text_end(&out);
}

/* "(11) 98765-4321", "+55 11 98765-4321", "98765-4321". */
static bool is_phone(const char *text)
{
    static const char *const shapes[] = {"5-4",   "4-4",   "2 5-4",   "2 4-4", "2-5-4", "2-4-4",
                                         "2 5 4", "2 4 4", "2 1 4-4", "2-9",   "2-8",   "2 9",
                                         "2 8",   "3 5-4", "3 4-4",   "2.5.4", "2.5-4"};
    if (text[strspn(text, "0123456789+() .-")] != '\0')
        return false;
    if (*text == '(')
        return strcspn(text, ")") <= AREA_MAX && count_digits(text) > 0;
    if (*text == '+' && count_digits(text) >= PHONE_DIGITS_MIN)
        return true;
    char shape[32];
    write_shape(text, shape, sizeof shape);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(shape, shapes[i]) == 0)
            return true;
    return false;
}

static const struct {
    bool (*is)(const char *text);
    aluno_reason reason;
} others[] = {
    {is_scientific, ALUNO_REASON_CPF_SCIENTIFIC}, {is_decimal, ALUNO_REASON_CPF_DECIMAL},
    {is_date, ALUNO_REASON_CPF_IS_DATE},          {is_cnpj, ALUNO_REASON_CPF_IS_CNPJ},
    {is_phone, ALUNO_REASON_CPF_IS_PHONE},
};

/* ---- its own form ---- */

/* The separator at `text`, spaces around it left out; ' ' for spaces alone, '\0' for none, '?' for several.
 */
static char take_separator(const char **text)
{
    const size_t length = strspn(*text, " .-/");
    char found = length > 0 ? ' ' : '\0';
    for (size_t i = 0; i < length; i++)
        if ((*text)[i] != ' ')
            found = found == ' ' ? (*text)[i] : '?';
    *text += length;
    return found;
}

/* ddd.ddd.ddd-dd: the first two separators are alike; the third may be a dot only after dots. */
static bool has_form(const char *text)
{
    static const size_t lengths[GROUPS] = {3, 3, 3, 2};
    char separators[GROUPS];
    for (size_t i = 0; i < GROUPS; i++) {
        for (size_t k = 0; k < lengths[i]; k++)
            if (!is_digit(*text++))
                return false;
        separators[i] = take_separator(&text);
    }
    return separators[0] == separators[1] && strchr(" .", separators[0]) != NULL &&
           (strchr(" -/", separators[2]) != NULL || (separators[2] == '.' && separators[0] == '.')) &&
           separators[3] == '\0' && *text == '\0';
}

/* Why a text without the form is no CPF. `refused`: the character that aluno__characters_normalise found. */
static bool refuse_other(const char *text, aluno__character refused, aluno__rule_violation *violation)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].is(text))
            return aluno__rule_refuse(violation, others[i].reason);
    if (refused.point != 0)
        return aluno__characters_refuse(violation, ALUNO_REASON_CPF_NOT_ASCII_DIGIT, refused);
    const size_t count = count_digits(text);
    if (count == CPF_DIGITS)
        return aluno__rule_refuse(violation, ALUNO_REASON_CPF_SEPARATORS);
    aluno__rule_refuse(violation, ALUNO_REASON_CPF_LENGTH);
    snprintf(violation->detail, sizeof violation->detail, "%zu", count);
    return false;
}

bool aluno__rule_cpf(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    const aluno__character refused = aluno__characters_normalise(text, permits);
    if (refused.point != 0 || !has_form(text))
        return refuse_other(text, refused, violation);
    char *to = text;
    for (const char *from = text; *from != '\0'; from++)
        if (is_digit(*from))
            *to++ = *from;
    *to = '\0';
    if (strspn(text, (char[]){text[0], '\0'}) == CPF_DIGITS)
        return aluno__rule_refuse(violation, ALUNO_REASON_CPF_REPEATED_DIGITS);
    return true;
}
