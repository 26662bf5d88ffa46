/* Folds names with utf8proc. A change here needs a migration that folds the stored names anew. */
#include "base/utf8.h"

#include <aluno/values.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* As utf8proc folds ASCII, without its buffers. */
static char *fold_ascii(const char *text)
{
    char *folded = strdup(text);
    for (char *c = folded; c != NULL && *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return folded;
}

/* utf8proc folds character by character and drops marks, so that a letter with a mark must be one character:
 * the Greek iota below a letter folds to a letter, and alone it is a mark. Stored names are composed. */
char *aluno_fold(const char *text)
{
    if (aluno__utf8_is_plain(text, strlen(text)))
        return fold_ascii(text);
    utf8proc_uint8_t *composed = NULL, *folded = NULL;
    utf8proc_map((const utf8proc_uint8_t *)text, 0, &composed,
                 (utf8proc_option_t)(UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (composed == NULL)
        return NULL;
    utf8proc_map(composed, 0, &folded,
                 UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
                     UTF8PROC_STRIPMARK | UTF8PROC_IGNORE | UTF8PROC_CASEFOLD);
    free(composed);
    return (char *)folded;
}
