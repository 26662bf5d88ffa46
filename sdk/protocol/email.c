/* The rule of e-mail addresses: the grammar of an HTML input of type email, html.spec.whatwg.org. */
#include "characters.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Characters permitted before the @; fewer are permitted after it. */
static bool is_local(char c)
{
    return is_letter(c) || is_digit(c) || (c != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL);
}

static bool permits(int32_t point)
{
    return point == '@' || (point < 0x80 && is_local((char)point));
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

bool aluno__rule_email(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    const aluno__character refused = aluno__characters_normalise(text, permits);
    if (refused.point != 0)
        return aluno__characters_refuse(violation, ALUNO_REASON_EMAIL_SYNTAX, refused);
    const char *at = strchr(text, '@');
    if (at == NULL || at == text || !is_domain(at + 1))
        return aluno__rule_refuse(violation, ALUNO_REASON_EMAIL_SYNTAX);
    return true;
}
