/* A word begins at the start, and after each byte that is no letter or digit, as in ../sqlite/name_matches.c.
 */
#include "name_words.h"

#include "store/store.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static char *put(char *to, char c, bool in_pattern)
{
    if (in_pattern && (c == '%' || c == '_' || c == '\\'))
        *to++ = '\\';
    *to++ = c;
    return to;
}

static char *mark(char *to, const char *text, size_t length, bool in_pattern)
{
    bool at_start = true;
    for (size_t i = 0; i < length; i++) {
        if (at_start)
            *to++ = NAME_MARK;
        to = put(to, text[i], in_pattern);
        at_start = !is_word_byte((unsigned char)text[i]);
    }
    return to;
}

char *name_words(const char *folded)
{
    const size_t length = strlen(folded);
    char *out = malloc(2 * length + 1);
    if (out != NULL)
        *mark(out, folded, length, false) = '\0';
    return out;
}

/* A part of a name is compared with the names as they are: search.c. */
static char *copy_within(char *to, const char *part, size_t length)
{
    for (size_t i = 0; i < length; i++)
        to = put(to, part[i], true);
    return to;
}

char *name_words_pattern(const char *word, size_t length)
{
    char *out = malloc(3 * length + 4), *to = out;
    if (out == NULL)
        return NULL;
    *to++ = '%';
    to = *word == STORE_WITHIN ? copy_within(to, word + 1, length - 1) : mark(to, word, length, true);
    *to++ = '%';
    *to = '\0';
    return out;
}
