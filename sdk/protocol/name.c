/* The rule of names: normalised, NFC, 1 to 120 characters, each one that a text may hold. */
#include "characters.h"

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

/* Not letters of any text: the sign for what could not be read, private and unassigned characters, and
 * letters that are blank by definition (fillers of Hangul, the empty Braille cell). */
static bool is_none(utf8proc_int32_t point, utf8proc_category_t category)
{
    static const utf8proc_int32_t blank[] = {0xFFFD, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800};
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
        if (blank[i] == point)
            return true;
    return category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CO ||
           category == UTF8PROC_CATEGORY_CS;
}

static bool permits(int32_t point)
{
    return !aluno__character_is_control(point) && (point < 0x80 || !is_none(point, utf8proc_category(point)));
}

typedef struct name_facts {
    bool digit, letter, visible;
} name_facts;

/* Combining marks and joiners, which show nothing without a character before them. */
static bool is_mark(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
           category == UTF8PROC_CATEGORY_CF;
}

static name_facts look_at_name(const char *text)
{
    name_facts facts = {false, false, false};
    for (utf8proc_int32_t point; *text != '\0';) {
        const utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &point);
        if (step <= 0)
            break;
        const utf8proc_category_t category = utf8proc_category(point);
        facts.digit = facts.digit || category == UTF8PROC_CATEGORY_ND;
        facts.letter = facts.letter || (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO);
        facts.visible = facts.visible || !is_mark(category);
        text += step;
    }
    return facts;
}

bool aluno__rule_name(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    const aluno__character refused = aluno__characters_normalise(text, permits);
    if (refused.point != 0)
        return aluno__characters_refuse(violation,
                                        aluno__character_is_control(refused.point)
                                            ? ALUNO_REASON_NAME_CONTROL_CHARACTER
                                            : ALUNO_REASON_NAME_CHARACTER,
                                        refused);
    if (!compose(text, (size_t)field->max + 1))
        return aluno__rule_refuse(violation, ALUNO_REASON_NAME_TOO_LONG);
    const name_facts facts = look_at_name(text);
    if (!facts.visible)
        return aluno__rule_refuse(violation, ALUNO_REASON_NAME_EMPTY);
    if (facts.digit && !facts.letter)
        return aluno__rule_refuse(violation, ALUNO_REASON_NAME_NUMBER);
    if (aluno__utf8_count(text) > NAME_CHARACTERS_MAX)
        return aluno__rule_refuse(violation, ALUNO_REASON_NAME_TOO_LONG);
    return true;
}
