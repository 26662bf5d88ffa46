/* UTF-8 text; values.h has the check of its validity. */
#ifndef ALUNO_BASE_UTF8_H
#define ALUNO_BASE_UTF8_H

#include <aluno/values.h>

/* Whether the text is ASCII without a NUL. */
bool aluno__utf8_is_plain(const char *text, size_t length);

/* Code points in valid, NUL-terminated UTF-8. */
size_t aluno__utf8_count(const char *text);

#endif
