/* printf into a buffer. */
#include "status/text.h"

#include <stdarg.h>
#include <stdio.h>

void text_print(aluno__buffer *to, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    aluno__buffer_append(to, text, (size_t)size < sizeof text ? (size_t)size : sizeof text - 1);
}
