/* Windows-1252 is Latin-1 but for 0x80 to 0x9F. */
#include "cp1252.h"

/* The five bytes that have no character keep the control character of their number, as browsers do it. */
static const unsigned short from_80[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                           0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                           0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                           0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

size_t cp1252_to_utf8(const char *text, size_t length, char *out)
{
    char *to = out;
    for (size_t i = 0; i < length; i++) {
        const unsigned char byte = (unsigned char)text[i];
        const unsigned point = byte >= 0x80 && byte < 0xA0 ? from_80[byte - 0x80] : byte;
        if (point < 0x80) {
            *to++ = (char)point;
        } else if (point < 0x800) {
            *to++ = (char)(0xC0 | point >> 6);
            *to++ = (char)(0x80 | (point & 0x3F));
        } else {
            *to++ = (char)(0xE0 | point >> 12);
            *to++ = (char)(0x80 | (point >> 6 & 0x3F));
            *to++ = (char)(0x80 | (point & 0x3F));
        }
    }
    return (size_t)(to - out);
}
