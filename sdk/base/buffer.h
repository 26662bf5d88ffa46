/* A byte buffer that grows. Start from {0}; aluno__buffer_free frees its memory. */
#ifndef ALUNO_BASE_BUFFER_H
#define ALUNO_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct aluno__buffer {
    uint8_t *data;
    size_t size, capacity;
    bool failed; /* memory ran out: bytes appended since are lost */
} aluno__buffer;

/* Makes room for so many more bytes; false, and `failed` set, when memory ran out. */
bool aluno__buffer_reserve(aluno__buffer *buffer, size_t more);

/* Appends bytes; false, and `failed` set, when memory ran out. */
static inline bool aluno__buffer_append(aluno__buffer *buffer, const void *bytes, size_t size)
{
    if (size > buffer->capacity - buffer->size && !aluno__buffer_reserve(buffer, size))
        return false;
    if (size > 0)
        memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    return !buffer->failed;
}

/* Empties the buffer and keeps its memory for the next use. */
void aluno__buffer_reset(aluno__buffer *buffer);

void aluno__buffer_free(aluno__buffer *buffer);

#endif
