/* UTF-8 checks, on utf8proc, with a short cut for ASCII. */
#include "utf8.h"

#include <stdint.h>
#include <string.h>

#include <utf8proc.h>

/* Eight bytes, each of 1 to 0x7F. Of a word without high bits, a subtraction of 1 from each byte sets one
 * only where a byte is 0. */
static bool is_plain_word(const char *text)
{
    uint64_t eight;
    memcpy(&eight, text, sizeof eight);
    return ((eight | (eight - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080)) == 0;
}

bool aluno__utf8_is_plain(const char *text, size_t length)
{
    size_t at = 0;
    for (; at + sizeof(uint64_t) <= length; at += sizeof(uint64_t))
        if (!is_plain_word(text + at))
            return false;
    for (; at < length; at++)
        if (text[at] == '\0' || (unsigned char)text[at] > 0x7F)
            return false;
    return true;
}

/* Skips ASCII, eight bytes at a time as long as they are whole. */
static size_t skip_ascii(const char *text, size_t at, size_t length)
{
    uint64_t eight;
    for (; at + sizeof eight <= length; at += sizeof eight) {
        memcpy(&eight, text + at, sizeof eight);
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (at < length && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

bool aluno_utf8_valid(const char *text, size_t length)
{
    size_t at = 0;
    while ((at = skip_ascii(text, at, length)) < length) {
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
