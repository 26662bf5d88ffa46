/* Computes and compares the digests of pages. */
#include "page_digest.h"

#include <endian.h>
#include <string.h>

enum { SEED = 0x616c756e };

static void compute(const uint8_t *page, int size, int64_t number, uint8_t digest[PAGE_DIGEST])
{
    uint32_t first = (uint32_t)number, second = SEED, words[2];
    for (int at = 0; at < size - PAGE_RESERVE; at += (int)sizeof words) {
        memcpy(words, page + at, sizeof words);
        first = (first + le32toh(words[0])) + second; /* so that the CPU waits for one addition, not two */
        second = (second + le32toh(words[1])) + first;
    }
    words[0] = htole32(first);
    words[1] = htole32(second);
    memcpy(digest, words, PAGE_DIGEST);
}

int page_size_with_digests(const uint8_t *header)
{
    if (memcmp(header, "SQLite format 3", 16) != 0 || header[20] != PAGE_RESERVE)
        return 0;
    const int written = header[16] << 8 | header[17], size = written == 1 ? PAGE_LARGEST : written;
    return size >= PAGE_LEAST && (size & (size - 1)) == 0 ? size : 0;
}

bool page_is_sound(const uint8_t *page, int size, int64_t number)
{
    uint8_t digest[PAGE_DIGEST];
    compute(page, size, number, digest);
    return memcmp(page + size - PAGE_DIGEST, digest, PAGE_DIGEST) == 0;
}

void page_seal(uint8_t *page, int size, int64_t number)
{
    compute(page, size, number, page + size - PAGE_DIGEST);
}
