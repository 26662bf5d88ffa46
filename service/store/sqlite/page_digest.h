/* The last bytes of each page, which SQLite reserves: PAGE_RESERVE of them, byte 20 of the file's header.
 *
 *     size - 24   on page 1: the salts of the write-ahead log that began last (wal_match.h)
 *     size - 16   on page 1: the salts of the log before it
 *     size -  8   the digest of the page
 *
 * The digest is the checksum of SQLite's write-ahead log (sqlite.org/fileformat2.html#checksum_algorithm)
 * over what comes before these bytes. It begins with the page's number, so that a page of zeros has none, and
 * neither has a page that was written to another page's place. */
#ifndef ALUNOD_SQLITE_PAGE_DIGEST_H
#define ALUNOD_SQLITE_PAGE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAGE_RESERVE = 24,
    PAGE_DIGEST = 8,
    PAGE_HEADER = 100, /* bytes of the database's header, on page 1 */
    PAGE_LEAST = 512,
    PAGE_LARGEST = 65536,
};

/* The salts of a log, as they are in its header. */
struct log_salts {
    uint8_t bytes[8];
};

/* The salts of logs that page 1 has. */
struct page_stamp {
    struct log_salts log, log_before;
};

/* Returns the page size of a database with digests, by its header's PAGE_HEADER bytes: a power of two from
 * PAGE_LEAST to PAGE_LARGEST. 0: it has none, or the header is damaged. */
int page_size_with_digests(const uint8_t *header);

/* Whether the page has its digest. */
bool page_is_sound(const uint8_t *page, int size, int64_t number);

/* Writes the digest into the page. */
void page_seal(uint8_t *page, int size, int64_t number);

#endif
