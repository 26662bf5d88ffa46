/* Reads strictly: one form for each token. */
#include "page_token.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 16 }; /* of 64 bits */

static const char digits[] = "0123456789abcdef";

void page_token_write(uint64_t hash, const int64_t *numbers, size_t count, char *token, size_t size)
{
    size_t length = (size_t)snprintf(token, size, "%0*" PRIx64, DIGITS, hash);
    for (size_t i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(token + length, size - length, "-%" PRIx64, (uint64_t)numbers[i]);
}

/* "-1f": without a leading zero. Returns what follows; NULL when there is none. */
static const char *read_number(const char *at, int64_t *number)
{
    if (*at++ != '-')
        return NULL;
    const size_t length = strspn(at, digits);
    if (length == 0 || length > DIGITS || (*at == '0' && length > 1))
        return NULL;
    *number = (int64_t)strtoull(at, NULL, 16);
    return at + length;
}

bool page_token_read(const char *token, int64_t *numbers, size_t count)
{
    if (strspn(token, digits) != DIGITS)
        return false;
    const char *at = token + DIGITS;
    for (size_t i = 0; i < count && at != NULL; i++)
        at = read_number(at, &numbers[i]);
    return at != NULL && *at == '\0';
}
