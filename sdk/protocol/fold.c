/* Folds names with utf8proc. A change here needs a migration that folds the stored names anew. */
#include <aluno/values.h>

#include <utf8proc.h>

char *aluno_fold(const char *text)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
                 UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
                     UTF8PROC_STRIPMARK | UTF8PROC_IGNORE | UTF8PROC_CASEFOLD);
    return (char *)folded;
}
