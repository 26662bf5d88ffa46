/* Text that grows in a buffer. */
#ifndef ALUNOD_STATUS_TEXT_H
#define ALUNOD_STATUS_TEXT_H

#include "base/buffer.h"
#include "protocol/error.h"

/* Appends as printf writes; at most 1 KiB at once. */
void text_print(aluno__buffer *to, const char *format, ...) ALUNO_PRINTF(2, 3);

#endif
