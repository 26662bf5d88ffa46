/* Reads msgpack one token at a time from the bytes. Allocates nothing, whatever lengths they claim. */
#ifndef ALUNO_PROTOCOL_READER_H
#define ALUNO_PROTOCOL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The deepest nesting of maps and arrays that is read. */
#define ALUNO_DEPTH_MAX 8

/* Bytes being read. `at` ≤ `size`; every read checks the bytes that are left. */
typedef struct aluno__reader {
    const uint8_t *data;
    size_t size, at;
} aluno__reader;

typedef enum aluno__token_kind {
    ALUNO_TOKEN_NIL,
    ALUNO_TOKEN_BOOL,
    ALUNO_TOKEN_INT, /* fits int64_t */
    ALUNO_TOKEN_BIG, /* an unsigned integer above INT64_MAX */
    ALUNO_TOKEN_FLOAT,
    ALUNO_TOKEN_TEXT,
    ALUNO_TOKEN_BYTES, /* bin and ext */
    ALUNO_TOKEN_ARRAY,
    ALUNO_TOKEN_MAP
} aluno__token_kind;

typedef struct aluno__token {
    aluno__token_kind kind;
    int64_t number;   /* INT, BOOL */
    uint64_t big;     /* INT that is not negative, BIG */
    const char *text; /* TEXT: points into the bytes */
    size_t length;    /* TEXT: bytes; ARRAY: elements; MAP: pairs */
} aluno__token;

/* Reads the next token; of an array or map only its head. Returns false, and does not move the reader, when
 * the token is truncated or not msgpack. */
bool aluno__reader_token(aluno__reader *in, aluno__token *out);

/* Read a value of one kind. Return false, and do not move the reader, when the next value is of another kind
 * or truncated. Text points into the reader's bytes and is not NUL-terminated. */
bool aluno__reader_array(aluno__reader *in, uint32_t *count);
bool aluno__reader_map(aluno__reader *in, uint32_t *pairs);
bool aluno__reader_uint(aluno__reader *in, uint64_t *value);
bool aluno__reader_text(aluno__reader *in, const char **text, size_t *length);
bool aluno__reader_nil(aluno__reader *in);

/* Skips one value of any kind and checks that it is whole, not nested deeper than `levels`, at most
 * ALUNO_DEPTH_MAX, and has no more elements than bytes. Otherwise returns false, with the reader before the
 * wrong token. Not recursive. */
bool aluno__reader_skip_within(aluno__reader *in, size_t levels);

/* The same within ALUNO_DEPTH_MAX. */
bool aluno__reader_skip(aluno__reader *in);

#endif
