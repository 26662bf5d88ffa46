/* The rule of purposes: words for the audit, which keeps them for years and must hold no personal data. A
 * number that may be a CPF and whatever has an @ are refused; names cannot be recognised. */
#include "characters.h"

enum { CPF_DIGITS = 11 };

static bool permits(int32_t point)
{
    return !aluno__character_is_control(point) && point != '@';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The next character of UTF-8. */
static const char *next_of(const char *text)
{
    do
        text++;
    while (((unsigned char)*text & 0xC0) == 0x80);
    return text;
}

/* Eleven digits or more, with at most one other character between two of them, such as a long dash. */
static bool has_cpf(const char *text)
{
    size_t digits = 0;
    for (; *text != '\0'; text = next_of(text)) {
        if (is_digit(*text))
            digits++;
        else if (!is_digit(*next_of(text)))
            digits = 0;
        if (digits == CPF_DIGITS)
            return true;
    }
    return false;
}

static bool has_letter(const char *text)
{
    for (; *text != '\0'; text++)
        if ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (unsigned char)*text >= 0x80)
            return true;
    return false;
}

bool aluno__rule_purpose(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    const aluno__character refused = aluno__characters_normalise(text, permits);
    if (refused.point != 0)
        return aluno__characters_refuse(violation, ALUNO_REASON_PURPOSE_INVALID, refused);
    return (has_letter(text) && !has_cpf(text)) ||
           aluno__rule_refuse(violation, ALUNO_REASON_PURPOSE_INVALID);
}
