/* The formats of msgpack (github.com/msgpack/msgpack/blob/master/spec.md), read byte by byte. */
#include "reader.h"

static size_t left(const aluno__reader *in)
{
    return in->size - in->at;
}

static bool read_big_endian(aluno__reader *in, size_t bytes, uint64_t *value)
{
    if (left(in) < bytes)
        return false;
    *value = 0;
    for (size_t i = 0; i < bytes; i++)
        *value = *value << 8 | in->data[in->at++];
    return true;
}

static bool read_unsigned(aluno__reader *in, size_t bytes, aluno__token *out)
{
    if (!read_big_endian(in, bytes, &out->big))
        return false;
    out->kind = out->big > INT64_MAX ? ALUNO_TOKEN_BIG : ALUNO_TOKEN_INT;
    out->number = out->big > INT64_MAX ? 0 : (int64_t)out->big;
    return true;
}

static bool read_signed(aluno__reader *in, size_t bytes, aluno__token *out)
{
    uint64_t raw;
    if (!read_big_endian(in, bytes, &raw))
        return false;
    const uint64_t sign = (uint64_t)1 << (8 * bytes - 1);
    out->kind = ALUNO_TOKEN_INT;
    out->number = raw & sign ? -(int64_t)(~raw & (sign - 1)) - 1 : (int64_t)raw;
    out->big = raw;
    return true;
}

/* Text, binary and extensions: checks that `length` bytes are left, and skips them. */
static bool take_bytes(aluno__reader *in, aluno__token_kind kind, size_t length, aluno__token *out)
{
    if (left(in) < length)
        return false;
    out->kind = kind;
    out->text = (const char *)in->data + in->at;
    out->length = length;
    in->at += length;
    return true;
}

static bool read_bytes(aluno__reader *in, aluno__token_kind kind, size_t width, size_t extra,
                       aluno__token *out)
{
    uint64_t length;
    return read_big_endian(in, width, &length) && take_bytes(in, kind, (size_t)length + extra, out);
}

/* Every element takes at least one byte: refuses more elements than bytes. */
static bool take_container(const aluno__reader *in, aluno__token_kind kind, uint64_t count, aluno__token *out)
{
    out->kind = kind;
    out->length = (size_t)count;
    return (kind == ALUNO_TOKEN_MAP ? 2 * count : count) <= left(in);
}

static bool read_container(aluno__reader *in, aluno__token_kind kind, size_t width, aluno__token *out)
{
    uint64_t count;
    return read_big_endian(in, width, &count) && take_container(in, kind, count, out);
}

/* The formats 0xC0 to 0xDF, in the order of msgpack's specification. */
static bool read_marked(aluno__reader *in, uint8_t mark, aluno__token *out)
{
    switch (mark) {
    case 0xC0:
        out->kind = ALUNO_TOKEN_NIL;
        return true;
    case 0xC2:
    case 0xC3:
        out->kind = ALUNO_TOKEN_BOOL;
        out->number = mark & 1;
        return true;
    case 0xC4:
    case 0xC5:
    case 0xC6:
        return read_bytes(in, ALUNO_TOKEN_BYTES, (size_t)1 << (mark - 0xC4), 0, out);
    case 0xC7:
    case 0xC8:
    case 0xC9: /* an extension has a type byte before its data */
        return read_bytes(in, ALUNO_TOKEN_BYTES, (size_t)1 << (mark - 0xC7), 1, out);
    case 0xCA:
    case 0xCB:
        return take_bytes(in, ALUNO_TOKEN_FLOAT, (size_t)4 << (mark - 0xCA), out);
    case 0xCC:
    case 0xCD:
    case 0xCE:
    case 0xCF:
        return read_unsigned(in, (size_t)1 << (mark - 0xCC), out);
    case 0xD0:
    case 0xD1:
    case 0xD2:
    case 0xD3:
        return read_signed(in, (size_t)1 << (mark - 0xD0), out);
    case 0xD4:
    case 0xD5:
    case 0xD6:
    case 0xD7:
    case 0xD8:
        return take_bytes(in, ALUNO_TOKEN_BYTES, ((size_t)1 << (mark - 0xD4)) + 1, out);
    case 0xD9:
    case 0xDA:
    case 0xDB:
        return read_bytes(in, ALUNO_TOKEN_TEXT, (size_t)1 << (mark - 0xD9), 0, out);
    case 0xDC:
    case 0xDD:
        return read_container(in, ALUNO_TOKEN_ARRAY, (size_t)2 << (mark - 0xDC), out);
    case 0xDE:
    case 0xDF:
        return read_container(in, ALUNO_TOKEN_MAP, (size_t)2 << (mark - 0xDE), out);
    default: /* 0xC1 is never used */
        return false;
    }
}

/* As aluno__reader_token, but leaves the reader's position undefined when it fails. */
static bool read_token(aluno__reader *in, aluno__token *out)
{
    if (left(in) == 0)
        return false;
    const uint8_t mark = in->data[in->at++];
    if (mark <= 0x7F) {
        *out = (aluno__token){.kind = ALUNO_TOKEN_INT, .number = mark, .big = mark};
        return true;
    }
    if (mark <= 0x8F)
        return take_container(in, ALUNO_TOKEN_MAP, mark & 0x0F, out);
    if (mark <= 0x9F)
        return take_container(in, ALUNO_TOKEN_ARRAY, mark & 0x0F, out);
    if (mark <= 0xBF)
        return take_bytes(in, ALUNO_TOKEN_TEXT, mark & 0x1F, out);
    if (mark >= 0xE0) {
        *out = (aluno__token){.kind = ALUNO_TOKEN_INT, .number = (int64_t)mark - 0x100};
        return true;
    }
    return read_marked(in, mark, out);
}

bool aluno__reader_token(aluno__reader *in, aluno__token *out)
{
    const size_t start = in->at;
    if (read_token(in, out))
        return true;
    in->at = start;
    return false;
}

/* Reads a token of that kind, or does not move the reader. */
static bool read_kind(aluno__reader *in, aluno__token_kind kind, aluno__token *out)
{
    const size_t start = in->at;
    if (aluno__reader_token(in, out) && out->kind == kind)
        return true;
    in->at = start;
    return false;
}

bool aluno__reader_array(aluno__reader *in, uint32_t *count)
{
    aluno__token head;
    if (!read_kind(in, ALUNO_TOKEN_ARRAY, &head))
        return false;
    *count = (uint32_t)head.length;
    return true;
}

bool aluno__reader_map(aluno__reader *in, uint32_t *pairs)
{
    aluno__token head;
    if (!read_kind(in, ALUNO_TOKEN_MAP, &head))
        return false;
    *pairs = (uint32_t)head.length;
    return true;
}

bool aluno__reader_uint(aluno__reader *in, uint64_t *value)
{
    const size_t start = in->at;
    aluno__token number;
    if (aluno__reader_token(in, &number) &&
        (number.kind == ALUNO_TOKEN_BIG || (number.kind == ALUNO_TOKEN_INT && number.number >= 0))) {
        *value = number.big;
        return true;
    }
    in->at = start;
    return false;
}

bool aluno__reader_text(aluno__reader *in, const char **text, size_t *length)
{
    aluno__token value;
    if (!read_kind(in, ALUNO_TOKEN_TEXT, &value))
        return false;
    *text = value.text;
    *length = value.length;
    return true;
}

bool aluno__reader_nil(aluno__reader *in)
{
    aluno__token value;
    return read_kind(in, ALUNO_TOKEN_NIL, &value);
}

bool aluno__reader_skip(aluno__reader *in)
{
    return aluno__reader_skip_within(in, ALUNO_DEPTH_MAX);
}

bool aluno__reader_skip_within(aluno__reader *in, size_t levels)
{
    size_t waiting[ALUNO_DEPTH_MAX]; /* elements still to come, by depth */
    size_t depth = 0;
    do {
        const size_t start = in->at;
        aluno__token next;
        if (!aluno__reader_token(in, &next))
            return false;
        if (next.kind == ALUNO_TOKEN_ARRAY || next.kind == ALUNO_TOKEN_MAP) {
            if (depth == levels) {
                in->at = start;
                return false;
            }
            waiting[depth++] = next.kind == ALUNO_TOKEN_MAP ? 2 * next.length : next.length;
        }
        while (depth > 0 && waiting[depth - 1] == 0)
            depth--;
        if (depth > 0)
            waiting[depth - 1]--;
        else
            return true;
    } while (true);
}
