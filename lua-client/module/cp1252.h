/* Windows-1252, the encoding in which Brazilian Excel saves CSV by default. */
#ifndef ALUNO_CP1252_H
#define ALUNO_CP1252_H

#include <stddef.h>

enum { CP1252_WORST = 3 }; /* bytes of UTF-8 for one of Windows-1252 */

/* Writes the text as UTF-8 to `out`, which holds CP1252_WORST * length bytes; returns how many it wrote. */
size_t cp1252_to_utf8(const char *text, size_t length, char *out);

#endif
