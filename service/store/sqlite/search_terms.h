/* The terms under which the search index knows a student. See migrations/0006_search_index.sql. */
#ifndef ALUNOD_SQLITE_SEARCH_TERMS_H
#define ALUNOD_SQLITE_SEARCH_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first byte of a term. */
enum term_kind { TERM_EMAIL, TERM_WORD };

enum {
    WORD_MAX = 32,  /* a longer word is indexed by its first bytes */
    PREFIX_MAX = 3, /* words of up to so many bytes have a term; of a longer one, each beginning up to here */
    EMAIL_MAX = 254, /* as in the contract */
    TERM_MAX = 1 + EMAIL_MAX,
};

struct term {
    uint8_t bytes[TERM_MAX + 1]; /* its kind, and its text; room for the byte that ends a range of terms */
    size_t size;
};

/* Text beyond TERM_MAX is cut. */
void term_set(struct term *term, enum term_kind kind, const char *text, size_t length);

/* Case of ASCII letters is ignored, as NOCASE does. */
void term_set_email(struct term *term, const char *email);

/* Finds the next beginning of a word at or after name[*at] of a folded name. The word goes up to the next
 * space: "d'avila" has the words "d'avila" and "avila". False when there is none. */
bool name_next_word(const char *name, size_t *at, const char **word, size_t *length);

/* The beginning of a folded name as a number. The numbers of two names are in the order of the names, or
 * equal. */
uint32_t name_code(const char *name);

enum { NAME_CODE_TEXT = 24 };

/* A text before the names with that code, or the first of them: few others are between. */
void name_code_floor(uint32_t code, char text[NAME_CODE_TEXT]);

/* A text after the names with that code: few others are between. */
void name_code_ceiling(uint32_t code, char text[NAME_CODE_TEXT]);

#endif
