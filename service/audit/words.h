/* Texts of words divided by commas, in an event. */
#ifndef ALUNOD_AUDIT_WORDS_H
#define ALUNOD_AUDIT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Adds a word to a text that is there if *has; one that does not fit is left out. */
static inline void audit_add_word(char *text, size_t size, bool *has, const char *word)
{
    const size_t more = strlen(word);
    size_t length = *has ? strlen(text) : 0;
    if (length + 1 + more >= size)
        return;
    if (length > 0)
        text[length++] = ',';
    memcpy(text + length, word, more + 1);
    *has = true;
}

#define ADD_WORD(event, field, word)                                                                         \
    audit_add_word((event)->field, sizeof(event)->field, &(event)->has.field, word)

#endif
