/* Reading msgpack, one token at a time, straight from the bytes: nothing is allocated, whatever they claim.
 */
#ifndef ALUNO_PROTOCOL_READER_H
#define ALUNO_PROTOCOL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The deepest nesting of maps and arrays that is read. */
#define ALUNO_DEPTH_MAX 8

/* Bytes being read. `at` ≤ `size`; every read checks what is left. */
typedef struct aluno_reader {
    const uint8_t *data;
    size_t size, at;
} aluno_reader;

typedef enum aluno_token_kind {
    ALUNO_TOKEN_NIL,
    ALUNO_TOKEN_BOOL,
    ALUNO_TOKEN_INT, /* fits int64_t */
    ALUNO_TOKEN_BIG, /* an unsigned integer above INT64_MAX */
    ALUNO_TOKEN_FLOAT,
    ALUNO_TOKEN_TEXT,
    ALUNO_TOKEN_BYTES, /* bin and ext */
    ALUNO_TOKEN_ARRAY,
    ALUNO_TOKEN_MAP
} aluno_token_kind;

typedef struct aluno_token {
    aluno_token_kind kind;
    int64_t number;   /* INT, BOOL */
    uint64_t big;     /* INT that is not negative, BIG */
    const char *text; /* TEXT: borrowed */
    size_t length;    /* TEXT: bytes; ARRAY: elements; MAP: pairs */
} aluno_token;

/* Reads the next token; of an array or map only its head. False, staying before it, when it is cut short or
 * no msgpack. */
bool aluno_read_token(aluno_reader *in, aluno_token *out);

/* Read a value of one kind; false, staying before it, when the next value is of another kind or cut short.
 * Text is borrowed from the reader's bytes and not NUL-terminated. */
bool aluno_read_array(aluno_reader *in, uint32_t *count);
bool aluno_read_map(aluno_reader *in, uint32_t *pairs);
bool aluno_read_uint(aluno_reader *in, uint64_t *value);
bool aluno_read_text(aluno_reader *in, const char **text, size_t *length);
bool aluno_read_nil(aluno_reader *in);

/* Steps over one value of any kind and checks that it is whole, not nested deeper than ALUNO_DEPTH_MAX and
 * has no more elements than bytes. False otherwise, staying before the token that is wrong. Does not recurse.
 */
bool aluno_skip(aluno_reader *in);

#endif
