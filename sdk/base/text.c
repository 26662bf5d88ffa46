/* Text in buffers of fixed size. */
#include "text.h"

#include <stdarg.h>
#include <string.h>

void aluno__text_append(aluno__text *out, const char *bytes, size_t length)
{
    if (out->length < out->size) {
        const size_t room = out->size - out->length;
        memcpy(out->at + out->length, bytes, length < room ? length : room);
    }
    out->length += length;
}

void aluno__text_append_all(aluno__text *out, ...)
{
    va_list texts;
    va_start(texts, out);
    for (const char *text; (text = va_arg(texts, const char *)) != NULL;)
        aluno__text_append(out, text, strlen(text));
    va_end(texts);
}

size_t aluno__text_end(aluno__text *out)
{
    if (out->length < out->size) {
        out->at[out->length] = '\0';
    } else if (out->size > 0) {
        size_t end = out->size - 1;
        while (end > 0 && ((unsigned char)out->at[end] & 0xC0) == 0x80) /* inside a UTF-8 character */
            end--;
        out->at[end] = '\0';
    }
    return out->length;
}
