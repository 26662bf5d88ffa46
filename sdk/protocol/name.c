/* The rule of names: NFC, white space folded, 1 to 120 characters, none of them a control character. */
#include "rule.h"

#include "base/text.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <utf8proc.h>

enum { NAME_CHARACTERS_MAX = 120 };

/* Composes the text (NFC) in place; ASCII is composed. Returns false when the result does not fit: NFC
 * decomposes some characters. */
static bool compose(char *text, size_t size)
{
    if (aluno__utf8_is_plain(text, strlen(text)))
        return true;
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

/* Replaces each run of white space, of any script, by one space, and removes it at the ends. */
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

/* Control characters, line separators, and invisible format characters, which can reorder or hide text. Not
 * the two joiners that some scripts need. */
static bool is_control(utf8proc_int32_t point, utf8proc_category_t category)
{
    const utf8proc_int32_t joiner = 0x200D, non_joiner = 0x200C;
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP ||
           (category == UTF8PROC_CATEGORY_CF && point != joiner && point != non_joiner);
}

/* Combining marks and joiners, which show nothing without a character before them. */
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

bool aluno__rule_name(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    aluno__text_trim(text);
    if (!compose(text, (size_t)field->max + 1))
        return aluno__rule_refuse(violation, ALUNO_REASON_NAME_TOO_LONG);
    fold_space(text);
    const name_facts facts = look_at_name(text);
    if (facts.control)
        return aluno__rule_refuse(violation, ALUNO_REASON_NAME_CONTROL_CHARACTER);
    if (!facts.visible)
        return aluno__rule_refuse(violation, ALUNO_REASON_NAME_EMPTY);
    if (facts.digit && !facts.letter)
        return aluno__rule_refuse(violation, ALUNO_REASON_NAME_NUMBER);
    if (aluno__utf8_count(text) > NAME_CHARACTERS_MAX)
        return aluno__rule_refuse(violation, ALUNO_REASON_NAME_TOO_LONG);
    return true;
}
