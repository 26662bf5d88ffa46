/* Small pictures as SVG, for the page. Their colours are its style's. */
#ifndef ALUNOD_STATUS_PICTURE_H
#define ALUNOD_STATUS_PICTURE_H

#include "base/buffer.h"

/* Draws a line of `points` values from left to right, of which the last `count` are known. `title`: read out
 * in place of the picture. */
void picture_line(aluno__buffer *out, const char *title, const double *values, size_t points, size_t count);

/* Draws a column for each count, by its logarithm: one call among thousands is seen. */
void picture_columns(aluno__buffer *out, const char *title, const uint64_t *counts, size_t count);

/* Draws a bar that is full at `most`. `kind`: the class of its colour. */
void picture_bar(aluno__buffer *out, const char *kind, double value, double most);

#endif
