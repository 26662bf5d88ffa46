/* FNV-1a, 64 bits: detects that two values differ. Not collision-resistant: it finds mistakes, not attacks.
 */
#ifndef ALUNOD_HASH_H
#define ALUNOD_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Continues a hash; the first is HASH_START. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
