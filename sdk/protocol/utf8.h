/* UTF-8: is it valid, how many characters. */
#ifndef ALUNO_PROTOCOL_UTF8_H
#define ALUNO_PROTOCOL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
bool aluno_utf8_valid(const char *text, size_t length);

/* Code points in valid, NUL-terminated UTF-8. */
size_t aluno_utf8_count(const char *text);

#endif
