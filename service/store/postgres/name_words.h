/* Names and words as a search by LIKE compares them: with a mark before each byte where a word may begin. */
#ifndef ALUNOD_POSTGRES_NAME_WORDS_H
#define ALUNOD_POSTGRES_NAME_WORDS_H

#include <stddef.h>

enum { NAME_MARK = '\x01' }; /* in no name; no letter, so trigrams treat it as the end of a word */

/* Marks a folded text: for free(); NULL without memory. */
char *name_words(const char *folded);

/* The pattern of LIKE for the names that have a word which begins with `length` bytes of a folded word; or
 * that have them anywhere, when they begin with STORE_WITHIN. For free(). */
char *name_words_pattern(const char *word, size_t length);

#endif
