/* One normalisation for every text that people type, paste or import: the rules of names, CPFs and e-mail
 * addresses begin with it. */
#ifndef ALUNO_PROTOCOL_CHARACTERS_H
#define ALUNO_PROTOCOL_CHARACTERS_H

#include "base/text.h"
#include "rule.h"

#include <stdint.h>

/* The first character that a rule does not permit; point 0: none. */
typedef struct aluno__character {
    int32_t point;
    size_t position; /* in code points, the first being 1 */
} aluno__character;

/* Whether a rule permits a character, white space included. */
typedef bool aluno__permits(int32_t point);

/* Normalises valid UTF-8 in place; it never grows. White space of any script becomes one space, and is
 * removed at the ends; so are characters that are invisible and change nothing: zero-width spaces, byte order
 * marks, soft hyphens. Joiners stay where scripts need them. Returns the first other character that `permits`
 * does not permit, by its position in the text as it was. */
aluno__character aluno__characters_normalise(char *text, aluno__permits *permits);

/* Refuses with the character in the detail, "U+2013 12": code point and position need no translation. */
bool aluno__characters_refuse(aluno__rule_violation *violation, aluno_reason reason,
                              aluno__character character);

/* Appends such a detail for people: ": U+2013 (–) na posição 12". False when the detail is not one. */
bool aluno__characters_append(aluno__text *out, const char *detail, aluno_language language);

/* Whether the character is a control character, a line separator, or an invisible format character, which can
 * reorder or hide text; not the two joiners that some scripts need. */
bool aluno__character_is_control(int32_t point);

#endif
