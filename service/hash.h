/* FNV-1a, 64 bits: tells values that ought to be the same from others. It finds mistakes; it proves nothing
 * against an attacker. */
#ifndef ALUNOD_HASH_H
#define ALUNOD_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Goes on with a hash, of which HASH_START is the first. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
