/* A byte buffer that grows. Start from {0}; aluno_buffer_free gives its memory back. */
#ifndef ALUNO_PROTOCOL_BUFFER_H
#define ALUNO_PROTOCOL_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct aluno_buffer {
    uint8_t *data;
    size_t size, capacity;
    bool failed; /* memory ran out: what was appended since is lost */
} aluno_buffer;

/* Appends bytes; false, and `failed` set, when memory ran out. */
bool aluno_buffer_append(aluno_buffer *buffer, const void *bytes, size_t size);

/* Empties the buffer and keeps its memory for the next use. */
void aluno_buffer_reset(aluno_buffer *buffer);

void aluno_buffer_free(aluno_buffer *buffer);

#endif
