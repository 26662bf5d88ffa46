/* A byte buffer that grows by doubling. */
#include "buffer.h"

#include "memory.h"

#include <string.h>

static bool reserve(aluno__buffer *buffer, size_t more)
{
    if (more <= buffer->capacity - buffer->size)
        return true;
    size_t capacity = buffer->capacity ? buffer->capacity : 512;
    while (capacity - buffer->size < more) {
        if (capacity > SIZE_MAX / 2)
            return false;
        capacity *= 2;
    }
    uint8_t *data = aluno__realloc(buffer->data, capacity);
    if (data == NULL)
        return false;
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

bool aluno__buffer_append(aluno__buffer *buffer, const void *bytes, size_t size)
{
    if (buffer->failed || !reserve(buffer, size)) {
        buffer->failed = true;
        return false;
    }
    if (size > 0)
        memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    return true;
}

void aluno__buffer_reset(aluno__buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
}

void aluno__buffer_free(aluno__buffer *buffer)
{
    aluno__free(buffer->data);
    *buffer = (aluno__buffer){0};
}
