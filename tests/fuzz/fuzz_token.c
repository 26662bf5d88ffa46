/* Fuzzes page tokens: what is read is written as the same token, so a position has one token. */
#include "fuzz.h"

#include "handlers/page_token.h"

#include <string.h>

enum { NUMBERS_MOST = 3, TOKEN_SIZE = 80 };

static void read_as(const char *token, size_t count)
{
    int64_t numbers[NUMBERS_MOST];
    char again[TOKEN_SIZE];
    if (!page_token_read(token, numbers, count))
        return;
    page_token_write(strtoull(token, NULL, 16), numbers, count, again, sizeof again);
    fuzz_check(strcmp(token, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char token[TOKEN_SIZE];
    fuzz_text(data, size, token, sizeof token);
    for (size_t count = 1; count <= NUMBERS_MOST; count++)
        read_as(token, count);
    return 0;
}
