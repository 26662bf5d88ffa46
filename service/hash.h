/* FNV-1a, 64 bits: detects that two values differ. Not collision-resistant: it finds mistakes, not attacks.
 */
#ifndef ALUNOD_HASH_H
#define ALUNOD_HASH_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Continues a hash; the first is HASH_START. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The same by words of 8 bytes, the last of which is filled up with zeros: a fraction of the time, other
 * values. */
static inline uint64_t hash_words(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint64_t word;
    for (; size > 0; at += sizeof word) {
        const size_t taken = size < sizeof word ? size : sizeof word;
        word = 0;
        memcpy(&word, at, taken);
        size -= taken;
        hash = (hash ^ le64toh(word)) * UINT64_C(0x100000001b3);
        hash ^= hash >> 29;
    }
    return hash;
}

#endif
