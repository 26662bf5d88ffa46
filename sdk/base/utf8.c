/* UTF-8 checks, on utf8proc, with a short cut for ASCII. */
#include "utf8.h"

#include <utf8proc.h>

bool aluno_utf8_valid(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        if ((unsigned char)text[at] < 0x80) {
            at++;
            continue;
        }
        utf8proc_int32_t point;
        const utf8proc_ssize_t step =
            utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(length - at), &point);
        if (step <= 0)
            return false;
        at += (size_t)step;
    }
    return true;
}

size_t aluno__utf8_count(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}
