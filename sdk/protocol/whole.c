/* Whole numbers as people type and spreadsheets write them. */
#include "characters.h"

#include <aluno/values.h>

#include <errno.h>
#include <stdlib.h>

static bool permits(int32_t point)
{
    return point < 0x80;
}

bool aluno_whole_number(const char *text, int64_t *number)
{
    char digits[64];
    if (strlen(text) >= sizeof digits || !aluno_utf8_valid(text, strlen(text)))
        return false;
    memcpy(digits, text, strlen(text) + 1);
    if (aluno__characters_normalise(digits, permits).point != 0)
        return false;
    const char *first = digits + strspn(digits, "+-");
    const size_t length = strspn(first, "0123456789");
    const char *rest = first + length;
    if (first > digits + 1 || length == 0)
        return false;
    if (*rest == '.' || *rest == ',')
        rest += 1 + strspn(rest + 1, "0");
    if (*rest != '\0' || rest[-1] == '.' || rest[-1] == ',')
        return false;
    errno = 0;
    const long long value = strtoll(digits, NULL, 10);
    if (errno != 0)
        return false;
    *number = value;
    return true;
}
