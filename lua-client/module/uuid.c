/* A UUID of version 5 is the first 16 bytes of SHA-1 over the namespace and the name (RFC 9562, RFC 3174).
 *
 * The hash only has to keep different names apart by chance, and 122 bits do. That SHA-1's collisions can be
 * made on purpose matters little here: request ids are bound to their caller, and the service compares what
 * came under an id with what came before, so whoever made two names collide would have his own second change
 * refused. */
#include "uuid.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64, ROUNDS = 80, WORDS = 5, UUID_BYTES = 16, UUID_TEXT = 36 };

/* What the request ids of this client's own names are made in: a random UUID, once and for all. */
#define ALUNO_NAMESPACE "9d1f0f5e-6c0b-4b52-8a5e-3c1f7a52d6e4"

typedef struct sha1 {
    uint32_t state[WORDS];
    uint8_t block[BLOCK]; /* what is not hashed yet: the last `size` % BLOCK bytes */
    uint64_t size;        /* bytes so far */
} sha1;

static const sha1 sha1_start = {.state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0}};

static uint32_t rotate(uint32_t value, int bits)
{
    return value << bits | value >> (32 - bits);
}

static uint32_t mix(int round, uint32_t b, uint32_t c, uint32_t d)
{
    if (round < 20)
        return ((b & c) | (~b & d)) + 0x5A827999;
    if (round < 40)
        return (b ^ c ^ d) + 0x6ED9EBA1;
    if (round < 60)
        return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
    return (b ^ c ^ d) + 0xCA62C1D6;
}

static void hash_block(sha1 *hash)
{
    uint32_t words[ROUNDS], s[WORDS];
    for (int i = 0; i < 16; i++)
        words[i] = (uint32_t)hash->block[4 * i] << 24 | (uint32_t)hash->block[4 * i + 1] << 16 |
                   (uint32_t)hash->block[4 * i + 2] << 8 | hash->block[4 * i + 3];
    for (int i = 16; i < ROUNDS; i++)
        words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    memcpy(s, hash->state, sizeof s);
    for (int i = 0; i < ROUNDS; i++) {
        const uint32_t next = rotate(s[0], 5) + mix(i, s[1], s[2], s[3]) + s[4] + words[i];
        s[4] = s[3];
        s[3] = s[2];
        s[2] = rotate(s[1], 30);
        s[1] = s[0];
        s[0] = next;
    }
    for (int i = 0; i < WORDS; i++)
        hash->state[i] += s[i];
}

static void add(sha1 *hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        hash->block[hash->size++ % BLOCK] = at[i];
        if (hash->size % BLOCK == 0)
            hash_block(hash);
    }
}

static void add_ending(sha1 *hash)
{
    static const uint8_t mark = 0x80, zero = 0;
    const uint64_t bits = hash->size * 8;
    uint8_t length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    add(hash, &mark, 1);
    while (hash->size % BLOCK != BLOCK - sizeof length)
        add(hash, &zero, 1);
    add(hash, length, sizeof length);
}

static void write_bytes(const sha1 *hash, uint8_t out[UUID_BYTES])
{
    for (int i = 0; i < UUID_BYTES; i++)
        out[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

/* ---- UUIDs ---- */

static bool has_dash_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/* False where the text is no UUID. */
static bool parse(const char *text, uint8_t out[UUID_BYTES])
{
    for (int i = 0; i < UUID_BYTES; i++) {
        if (has_dash_before(i) && *text++ != '-')
            return false;
        if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]))
            return false;
        const char digits[] = {text[0], text[1], '\0'};
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
        text += 2;
    }
    return *text == '\0';
}

static void format(const uint8_t bytes[UUID_BYTES], char out[UUID_TEXT + 1])
{
    char *to = out;
    for (int i = 0; i < UUID_BYTES; i++)
        to += sprintf(to, has_dash_before(i) ? "-%02x" : "%02x", bytes[i]);
}

/* uuid(name[, namespace]) -> the UUID of that name in a namespace, itself a UUID; aluno's own without one. */
static int new_uuid(lua_State *L)
{
    size_t length;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *name = lua_tolstring(L, 1, &length);
    uint8_t bytes[UUID_BYTES];
    luaL_argcheck(L, parse(luaL_optstring(L, 2, ALUNO_NAMESPACE), bytes), 2, "a namespace is a UUID");

    sha1 hash = sha1_start;
    add(&hash, bytes, sizeof bytes);
    add(&hash, name, length);
    add_ending(&hash);
    write_bytes(&hash, bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x50); /* the version */
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80); /* the variant */

    char text[UUID_TEXT + 1];
    format(bytes, text);
    lua_pushlstring(L, text, UUID_TEXT);
    return 1;
}

void uuid_set_functions(lua_State *L)
{
    lua_pushcfunction(L, new_uuid);
    lua_setfield(L, -2, "uuid");
}
