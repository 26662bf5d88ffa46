/* A byte buffer that grows by doubling. */
#include "buffer.h"

#include "memory.h"

static bool grow(aluno__buffer *buffer, size_t more)
{
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

bool aluno__buffer_reserve(aluno__buffer *buffer, size_t more)
{
    const bool has_room = more <= buffer->capacity - buffer->size;
    if (!buffer->failed && (has_room || grow(buffer, more)))
        return true;
    buffer->failed = true;
    return false;
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
