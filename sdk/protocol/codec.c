/* msgpack ⇄ messages.
 *
 * msgpack-c's packer writes. Reading decodes the bytes into the message by its descriptor, without a tree of
 * objects: nothing that a peer sends allocates memory (five hostile bytes make msgpack-c's unpacker reserve
 * 96 GB, its issue 1013), and each refusal names its field or byte. */
#include "codec.h"

#include "error.h"
#include "path.h"
#include "rules.h"

#include <msgpack/pack.h>

/* ---- writing ---- */

static int append(void *buffer, const char *bytes, size_t size)
{
    return aluno__buffer_append(buffer, bytes, size) ? 0 : -1;
}

/* Made where it is used, so that the compiler sees `append` behind msgpack-c's pointer and inlines it. */
static msgpack_packer packer(aluno__buffer *out)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, out, append);
    return pk;
}

static void pack_map(aluno__buffer *out, size_t pairs)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_map(&pk, pairs);
}

static void pack_int(aluno__buffer *out, int64_t value)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_int64(&pk, value);
}

static void pack_bool(aluno__buffer *out, bool value)
{
    msgpack_packer pk = packer(out);
    value ? msgpack_pack_true(&pk) : msgpack_pack_false(&pk);
}

void aluno__codec_pack_array(aluno__buffer *out, uint32_t count)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_array(&pk, count);
}

void aluno__codec_pack_uint(aluno__buffer *out, uint64_t value)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_uint64(&pk, value);
}

void aluno__codec_pack_nil(aluno__buffer *out)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_nil(&pk);
}

void aluno__codec_pack_text(aluno__buffer *out, const char *text, size_t length)
{
    msgpack_packer pk = packer(out);
    msgpack_pack_str(&pk, length);
    msgpack_pack_str_body(&pk, text, length);
}

/* `items`: the encoded elements of the message's list; NULL or empty: they are in the message. */
static void pack_message(const aluno_message_desc *type, const void *message, const aluno__buffer *items,
                         aluno__buffer *out);

static void pack_list(const aluno_field_desc *field, const void *message, const aluno__buffer *items,
                      aluno__buffer *out)
{
    const size_t count = *aluno_count(field, message);
    aluno__codec_pack_array(out, (uint32_t)count);
    if (items != NULL && items->size > 0) {
        aluno__buffer_append(out, items->data, items->size);
        return;
    }
    for (size_t i = 0; i < count; i++)
        pack_message(field->type, aluno_item(field, message, i), NULL, out);
}

static void pack_value(const aluno_field_desc *field, const void *message, const aluno__buffer *items,
                       aluno__buffer *out)
{
    const void *value = aluno_value(field, message);
    switch (field->kind) {
    case ALUNO_KIND_INT:
        pack_int(out, *(const int64_t *)value);
        break;
    case ALUNO_KIND_BOOL:
        pack_bool(out, *(const bool *)value);
        break;
    case ALUNO_KIND_TEXT:
        aluno__codec_pack_text(out, value, strlen(value));
        break;
    case ALUNO_KIND_ONE:
        pack_message(field->type, value, NULL, out);
        break;
    case ALUNO_KIND_LIST:
        pack_list(field, message, items, out);
        break;
    }
}

static void pack_message(const aluno_message_desc *type, const void *message, const aluno__buffer *items,
                         aluno__buffer *out)
{
    size_t set = 0;
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++)
        set += *aluno_has(field, message);
    pack_map(out, set);
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        if (!*aluno_has(field, message))
            continue;
        aluno__codec_pack_text(out, field->name, strlen(field->name));
        pack_value(field, message, items, out);
    }
}

void aluno__codec_encode(const aluno_message_desc *type, const void *message, aluno__buffer *out)
{
    pack_message(type, message, NULL, out);
}

void aluno__codec_encode_list(const aluno_message_desc *type, const void *message, const aluno__buffer *items,
                              aluno__buffer *out)
{
    pack_message(type, message, items, out);
    out->failed = out->failed || items->failed;
}

/* ---- reading: messages ---- */

/* Shared by the functions that decode one message. */
typedef struct decoding {
    aluno__reader *in;
    aluno__codec_unknown unknown;
    aluno_error *error;
    aluno_code code;
} decoding;

static bool malformed(decoding *job)
{
    job->code = aluno__error_set(job->error, ALUNO_REASON_MESSAGE_MALFORMED, "byte %zu", job->in->at);
    return false;
}

static void violate(decoding *job, const aluno__path *path, aluno_reason reason, const char *detail)
{
    job->code = aluno__path_violate(path, job->error, reason, detail);
}

/* The functions below return false only when the bytes are not msgpack, so that reading cannot go on. */
static bool decode_message(decoding *job, const aluno_message_desc *type, void *message,
                           const aluno__path *path);

static bool decode_text(decoding *job, const aluno_field_desc *field, void *message, const aluno__path *path,
                        const aluno__token *value)
{
    char *text = aluno_value(field, message);
    aluno_reason reason;
    if (!aluno__rules_check_bytes(field, value->text, value->length, &reason)) {
        violate(job, path, reason, NULL);
        return true;
    }
    memcpy(text, value->text, value->length);
    text[value->length] = '\0';
    *aluno_has(field, message) = true;
    return true;
}

static bool decode_list(decoding *job, const aluno_field_desc *field, void *message, const aluno__path *path)
{
    uint32_t length;
    if (!aluno__reader_array(job->in, &length))
        return malformed(job);
    if (length > (size_t)field->max)
        violate(job, path, ALUNO_REASON_LIST_TOO_LONG, NULL);
    size_t *count = aluno_count(field, message);
    *aluno_has(field, message) = true;
    *count = 0;
    for (size_t i = 0; i < length; i++) {
        if (i >= (size_t)field->max) {
            if (!aluno__reader_skip(job->in))
                return malformed(job);
            continue;
        }
        const aluno__path item = aluno__path_item(path, i);
        if (!decode_message(job, field->type, aluno_item(field, message, i), &item))
            return false;
        *count = i + 1;
    }
    return true;
}

static bool wrong_kind(decoding *job, const aluno_field_desc *field, const aluno__path *path,
                       aluno__token_kind kind)
{
    const bool too_big = field->kind == ALUNO_KIND_INT && kind == ALUNO_TOKEN_BIG;
    violate(job, path, too_big ? ALUNO_REASON_NUMBER_RANGE : ALUNO_REASON_FIELD_KIND,
            aluno_kind_name(field->kind));
    return aluno__reader_skip(job->in) || malformed(job);
}

/* Whether the field takes a value of that kind. */
static bool kind_fits(const aluno_field_desc *field, aluno__token_kind kind)
{
    switch (field->kind) {
    case ALUNO_KIND_INT:
        return kind == ALUNO_TOKEN_INT;
    case ALUNO_KIND_BOOL:
        return kind == ALUNO_TOKEN_BOOL;
    case ALUNO_KIND_TEXT:
        return kind == ALUNO_TOKEN_TEXT;
    case ALUNO_KIND_ONE:
        return kind == ALUNO_TOKEN_MAP;
    case ALUNO_KIND_LIST:
        return kind == ALUNO_TOKEN_ARRAY;
    }
    return false;
}

static bool decode_value(decoding *job, const aluno_field_desc *field, void *message, const aluno__path *path)
{
    aluno__reader ahead = *job->in;
    aluno__token value;
    if (!aluno__reader_token(&ahead, &value))
        return malformed(job);
    if (value.kind == ALUNO_TOKEN_NIL) { /* nil: not set */
        *job->in = ahead;
        return true;
    }
    if (!kind_fits(field, value.kind))
        return wrong_kind(job, field, path, value.kind);
    if (field->kind == ALUNO_KIND_ONE) {
        *aluno_has(field, message) = true;
        return decode_message(job, field->type, aluno_value(field, message), path);
    }
    if (field->kind == ALUNO_KIND_LIST)
        return decode_list(job, field, message, path);
    *job->in = ahead;
    if (field->kind == ALUNO_KIND_TEXT)
        return decode_text(job, field, message, path, &value);
    if (field->kind == ALUNO_KIND_INT)
        *(int64_t *)aluno_value(field, message) = value.number;
    else
        *(bool *)aluno_value(field, message) = value.number != 0;
    *aluno_has(field, message) = true;
    return true;
}

static bool decode_unknown(decoding *job, const aluno__path *path, const char *key, size_t length)
{
    if (job->unknown == ALUNO_UNKNOWN_REFUSED) {
        const aluno__path at = aluno__path_unknown(path, key, length);
        violate(job, &at, ALUNO_REASON_FIELD_UNKNOWN, NULL);
    }
    return aluno__reader_skip(job->in) || malformed(job);
}

static bool decode_entry(decoding *job, const aluno_message_desc *type, void *message,
                         const aluno__path *path, bool *seen)
{
    const char *key;
    size_t length;
    if (!aluno__reader_text(job->in, &key, &length))
        return malformed(job);
    const aluno_field_desc *field = aluno_field_named(type, key, length);
    if (field == NULL)
        return decode_unknown(job, path, key, length);
    const aluno__path at = aluno__path_part(path, key, length);
    bool *again = &seen[field - type->fields];
    if (*again) {
        violate(job, &at, ALUNO_REASON_FIELD_DUPLICATE, NULL);
        return aluno__reader_skip(job->in) || malformed(job);
    }
    *again = true;
    return decode_value(job, field, message, &at);
}

static bool decode_message(decoding *job, const aluno_message_desc *type, void *message,
                           const aluno__path *path)
{
    bool seen[ALUNO_FIELDS_MAX] = {false};
    aluno_clear(type, message);
    uint32_t pairs;
    if (!aluno__reader_map(job->in, &pairs)) {
        if (path->outer == NULL)
            return malformed(job);
        violate(job, path, ALUNO_REASON_FIELD_KIND, aluno_kind_name(ALUNO_KIND_ONE));
        return aluno__reader_skip(job->in) || malformed(job);
    }
    for (uint32_t i = 0; i < pairs; i++)
        if (!decode_entry(job, type, message, path, seen))
            return false;
    return true;
}

aluno_code aluno__codec_decode(const aluno_message_desc *type, void *message, aluno__reader *in,
                               aluno__codec_unknown unknown, aluno_error *error)
{
    decoding job = {in, unknown, error, ALUNO_OK};
    const aluno__path root = {.outer = NULL};
    decode_message(&job, type, message, &root);
    return job.code;
}
