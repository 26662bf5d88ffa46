/* Page tokens: where a list goes on, as "HASH-NUMBER-…" in hexadecimal. The hash binds a token to its list;
 * it detects mistakes and need not resist attacks: another position only returns another page of the list. */
#ifndef ALUNOD_HANDLERS_PAGE_TOKEN_H
#define ALUNOD_HANDLERS_PAGE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes a token of those numbers, whose hash is that of the list and of the numbers. */
void page_token_write(uint64_t hash, const int64_t *numbers, size_t count, char *token, size_t size);

/* Reads the numbers of a token that has so many. False for what page_token_write would not write. The caller
 * compares the hash, by writing the token again. */
bool page_token_read(const char *token, int64_t *numbers, size_t count);

#endif
