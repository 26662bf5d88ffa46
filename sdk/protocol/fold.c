/* Folds names with utf8proc. A change here needs a migration that folds the stored names anew. */
#include "base/utf8.h"

#include <aluno/values.h>

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

char *aluno_fold(const char *text)
{
    if (aluno__utf8_is_plain(text, strlen(text)))
        return fold_ascii(text);
    utf8proc_uint8_t *folded = NULL;
    utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
                 UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
                     UTF8PROC_STRIPMARK | UTF8PROC_IGNORE | UTF8PROC_CASEFOLD);
    return (char *)folded;
}
