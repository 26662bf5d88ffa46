/* How wide a text is on the terminal. */
#ifndef ALUNO_TEXT_WIDTH_H
#define ALUNO_TEXT_WIDTH_H

#include <stddef.h>

/* The columns that the text takes; characters that the locale does not know take none. */
int text_width(const char *text, size_t length);

/* How many bytes of the text are no wider than so many columns: whole characters. */
size_t text_fitting(const char *text, int columns);

#endif
