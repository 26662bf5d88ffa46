/* Normalises texts, and names the characters that a rule does not permit. */
#include "characters.h"

#include <inttypes.h>
#include <stdio.h>
#include <utf8proc.h>

/* Most characters are ASCII. The functions below decide about these without utf8proc's tables. */
enum {
    ASCII_END = 0x80,
    DELETE = 0x7F,
    NON_JOINER = 0x200C,
    JOINER = 0x200D,
    FIRST_JOINED = 0x0590,
    PUNCTUATION = 0x2000,
    PUNCTUATION_END = 0x206F
};

/* Format characters that show nothing and join, reorder or separate nothing that matters in a value: soft
 * hyphen, Arabic letter mark, zero-width space, direction marks, word joiner, byte order mark. */
static bool is_invisible(int32_t point)
{
    if (point < ASCII_END)
        return false;
    static const int32_t points[] = {0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        if (points[i] == point)
            return true;
    return false;
}

/* Scripts that join their letters lie beyond Hebrew's first; between other letters a joiner only hides. */
static bool is_useless_joiner(int32_t point, int32_t previous)
{
    return (point == JOINER || point == NON_JOINER) &&
           (previous < FIRST_JOINED || (previous >= PUNCTUATION && previous <= PUNCTUATION_END));
}

/* A space of any width. */
static bool is_separator(int32_t point)
{
    if (point < ASCII_END)
        return point == ' ';
    return utf8proc_category(point) == UTF8PROC_CATEGORY_ZS;
}

static bool is_space(int32_t point)
{
    if (point < ASCII_END)
        return point == ' ' || (point >= '\t' && point <= '\r');
    const utf8proc_category_t category = utf8proc_category(point);
    return category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP;
}

bool aluno__character_is_control(int32_t point)
{
    if (point < ASCII_END)
        return point < ' ' || point == DELETE;
    const utf8proc_category_t category = utf8proc_category(point);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP ||
           (category == UTF8PROC_CATEGORY_CF && point != JOINER && point != NON_JOINER);
}

/* As utf8proc_iterate. */
static utf8proc_ssize_t read_character(const char *text, utf8proc_int32_t *point)
{
    *point = (unsigned char)*text;
    return *point < ASCII_END ? 1 : utf8proc_iterate((const utf8proc_uint8_t *)text, -1, point);
}

static void note(aluno__character *first, aluno__character found)
{
    if (first->point == 0)
        *first = found;
}

aluno__character aluno__characters_normalise(char *text, aluno__permits *permits)
{
    aluno__character refused = {0}, refused_space = {0};
    const char *from = text;
    char *to = text;
    bool pending = false; /* white space, which counts when something follows */
    int32_t previous = 0;
    for (size_t position = 1; *from != '\0'; position++) {
        utf8proc_int32_t point;
        const utf8proc_ssize_t step = read_character(from, &point);
        if (step <= 0)
            break;
        const aluno__character here = {point, position};
        if (is_space(point)) {
            pending = to != text;
            if (pending && !permits(is_separator(point) ? ' ' : point))
                note(&refused_space, here);
        } else if (!is_invisible(point) && !is_useless_joiner(point, previous)) {
            note(&refused, refused_space);
            if (!permits(point))
                note(&refused, here);
            if (pending)
                *to++ = ' ';
            pending = false;
            memmove(to, from, (size_t)step);
            to += step;
            previous = point;
        }
        from += step;
    }
    *to = '\0';
    return refused;
}

bool aluno__characters_refuse(aluno__rule_violation *violation, aluno_reason reason,
                              aluno__character character)
{
    aluno__rule_refuse(violation, reason);
    snprintf(violation->detail, sizeof violation->detail, "U+%04" PRIX32 " %zu", (uint32_t)character.point,
             character.position);
    return false;
}

/* Whether the character shows something of its own, and may be shown. */
static bool is_graphic(int32_t point)
{
    const utf8proc_category_t category = utf8proc_category(point);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_SO &&
           category != UTF8PROC_CATEGORY_MN && category != UTF8PROC_CATEGORY_ME;
}

bool aluno__characters_append(aluno__text *out, const char *detail, aluno_language language)
{
    uint32_t point;
    size_t position;
    char beyond, words[64];
    if (sscanf(detail, "U+%6" SCNx32 " %zu%c", &point, &position, &beyond) != 2 || point > 0x10FFFF)
        return false;
    utf8proc_uint8_t shown[5] = "";
    if (is_graphic((int32_t)point))
        utf8proc_encode_char((int32_t)point, shown);
    const char *const open = *shown != '\0' ? " (" : "", *const close = *shown != '\0' ? ")" : "";
    snprintf(words, sizeof words, "%s %zu", language == ALUNO_PT ? "na posição" : "at position", position);
    char code[16];
    snprintf(code, sizeof code, ": U+%04" PRIX32, point);
    aluno__text_append_all(out, code, open, (const char *)shown, close, " ", words, (char *)NULL);
    return true;
}
