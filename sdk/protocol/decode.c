/* msgpack to messages.
 *
 * Decodes the bytes into the message by its descriptor, without a tree of objects: nothing that a peer sends
 * allocates memory (five hostile bytes make msgpack-c's unpacker reserve 96 GB, its issue 1013), and each
 * refusal names its field or byte. */
#include "codec.h"
#include "error.h"
#include "path.h"
#include "rules.h"

#include "base/utf8.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>

/* Shared by the functions that decode one message. */
typedef struct decoding {
    aluno__reader *in;
    aluno__codec_unknown unknown;
    aluno_error *error;
    aluno_code code;
    size_t depth; /* maps and arrays around what is read next, the envelope's included */
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

/* Skips a value whose content does not matter. */
static bool skip(decoding *job)
{
    return aluno__reader_skip_within(job->in, ALUNO_DEPTH_MAX - job->depth) || malformed(job);
}

/* The functions below return false only when the bytes are not msgpack, so that reading cannot go on. */
static bool decode_message(decoding *job, const aluno_message_desc *type, void *message,
                           const aluno__path *path);
static bool decode_entries(decoding *job, const aluno_message_desc *type, void *message,
                           const aluno__path *path, size_t pairs);

static void decode_text(decoding *job, const aluno_field_desc *field, void *message, const aluno__path *path,
                        const aluno__token *value)
{
    char *text = aluno_value(field, message);
    aluno_reason reason;
    if (!aluno__rules_check_bytes(field, value->text, value->length, &reason)) {
        violate(job, path, reason, NULL);
        return;
    }
    memcpy(text, value->text, value->length);
    text[value->length] = '\0';
    *aluno_has(field, message) = true;
}

static bool decode_element(decoding *job, const aluno_field_desc *field, void *message,
                           const aluno__path *path, size_t i)
{
    const aluno__path element = aluno__path_item(path, i);
    return decode_message(job, field->type, aluno_item(field, message, i), &element);
}

static bool decode_list(decoding *job, const aluno_field_desc *field, void *message, const aluno__path *path,
                        size_t length)
{
    const size_t capacity = (size_t)field->max;
    if (length > capacity)
        violate(job, path, ALUNO_REASON_LIST_TOO_LONG, NULL);
    size_t *count = aluno_count(field, message);
    *aluno_has(field, message) = true;
    *count = 0;
    job->depth++;
    bool readable = true;
    for (size_t i = 0; i < length && readable; i++) {
        readable = i < capacity ? decode_element(job, field, message, path, i) : skip(job);
        if (readable && i < capacity)
            *count = i + 1;
    }
    job->depth--;
    return readable;
}

/* Whether the field takes a value of that kind. */
static bool kind_fits(const aluno_field_desc *field, aluno__token_kind kind)
{
    static const aluno__token_kind kinds[] = {[ALUNO_KIND_INT] = ALUNO_TOKEN_INT,
                                              [ALUNO_KIND_BOOL] = ALUNO_TOKEN_BOOL,
                                              [ALUNO_KIND_TEXT] = ALUNO_TOKEN_TEXT,
                                              [ALUNO_KIND_ONE] = ALUNO_TOKEN_MAP,
                                              [ALUNO_KIND_LIST] = ALUNO_TOKEN_ARRAY};
    return kind == kinds[field->kind];
}

/* The reader is before the value. */
static bool refuse_kind(decoding *job, const aluno_field_desc *field, const aluno__path *path,
                        aluno__token_kind kind)
{
    const bool too_big = field->kind == ALUNO_KIND_INT && kind == ALUNO_TOKEN_BIG;
    violate(job, path, too_big ? ALUNO_REASON_NUMBER_RANGE : ALUNO_REASON_FIELD_KIND,
            aluno_kind_name(field->kind));
    return skip(job);
}

static bool decode_value(decoding *job, const aluno_field_desc *field, void *message, const aluno__path *path)
{
    const size_t start = job->in->at;
    aluno__token value;
    if (!aluno__reader_token(job->in, &value))
        return malformed(job);
    if (value.kind == ALUNO_TOKEN_NIL) /* not set */
        return true;
    if (!kind_fits(field, value.kind)) {
        job->in->at = start;
        return refuse_kind(job, field, path, value.kind);
    }
    switch (field->kind) {
    case ALUNO_KIND_INT:
        *(int64_t *)aluno_value(field, message) = value.number;
        break;
    case ALUNO_KIND_BOOL:
        *(bool *)aluno_value(field, message) = value.number != 0;
        break;
    case ALUNO_KIND_TEXT:
        decode_text(job, field, message, path, &value);
        return true;
    case ALUNO_KIND_LIST:
        return decode_list(job, field, message, path, value.length);
    case ALUNO_KIND_ONE:
        *aluno_has(field, message) = true;
        return decode_entries(job, field->type, aluno_value(field, message), path, value.length);
    }
    *aluno_has(field, message) = true;
    return true;
}

/* ---- keys ---- */

/* An unknown number is named by its digits. */
static bool decode_unknown(decoding *job, const aluno__path *path, const aluno__token *key)
{
    char digits[24];
    const char *name = key->text;
    size_t length = key->length;
    if (job->unknown == ALUNO_UNKNOWN_IGNORED)
        return skip(job);
    if (key->kind != ALUNO_TOKEN_TEXT) {
        const int written = key->kind == ALUNO_TOKEN_BIG
                                ? snprintf(digits, sizeof digits, "%" PRIu64, key->big)
                                : snprintf(digits, sizeof digits, "%" PRId64, key->number);
        name = digits;
        length = (size_t)written;
    }
    const aluno__path at = aluno__path_unknown(path, name, length);
    violate(job, &at, ALUNO_REASON_FIELD_UNKNOWN, NULL);
    return skip(job);
}

/* The field that a key names or numbers; NULL when there is none. */
static const aluno_field_desc *field_of(const aluno_message_desc *type, const aluno__token *key)
{
    switch (key->kind) {
    case ALUNO_TOKEN_TEXT:
        return aluno_field_named(type, key->text, key->length);
    case ALUNO_TOKEN_INT:
        return aluno_field_numbered(type, key->number);
    default:
        return NULL;
    }
}

static bool read_key(decoding *job, aluno__token *key)
{
    const size_t start = job->in->at;
    if (aluno__reader_token(job->in, key) &&
        (key->kind == ALUNO_TOKEN_TEXT || key->kind == ALUNO_TOKEN_INT || key->kind == ALUNO_TOKEN_BIG))
        return true;
    job->in->at = start;
    return malformed(job);
}

static bool decode_entry(decoding *job, const aluno_message_desc *type, void *message,
                         const aluno__path *path, uint32_t *seen)
{
    aluno__token key;
    if (!read_key(job, &key))
        return false;
    const aluno_field_desc *field = field_of(type, &key);
    if (field == NULL)
        return decode_unknown(job, path, &key);
    const aluno__path at = aluno__path_field(path, field->name);
    const uint32_t bit = UINT32_C(1) << (field - type->fields);
    if ((*seen & bit) != 0) {
        violate(job, &at, ALUNO_REASON_FIELD_DUPLICATE, NULL);
        return skip(job);
    }
    *seen |= bit;
    return decode_value(job, field, message, &at);
}

/* ---- plain entries ---- */

/* A number from 0 to 127, or of nine bytes, as times are. Returns how many bytes it takes; 0 for another
 * value. */
static size_t decode_plain_int(const uint8_t *bytes, size_t size, int64_t *value)
{
    if (bytes[0] <= 0x7F) {
        *value = bytes[0];
        return 1;
    }
    if (bytes[0] != 0xCF || size < 9 || bytes[1] > 0x7F)
        return 0;
    uint64_t number;
    memcpy(&number, bytes + 1, sizeof number);
    *value = (int64_t)be64toh(number);
    return 9;
}

/* ASCII text of at most 31 bytes. Returns how many bytes it takes; 0 for another value. */
static size_t decode_plain_text(const uint8_t *bytes, size_t size, char *value, size_t max)
{
    const size_t length = bytes[0] & 0x1F;
    const char *text = (const char *)bytes + 1;
    if ((bytes[0] & 0xE0) != 0xA0 || length >= size || length > max || !aluno__utf8_is_plain(text, length))
        return 0;
    memcpy(value, text, length);
    value[length] = '\0';
    return 1 + length;
}

/* Most of a page are short texts and numbers under numbered keys, without anything to refuse. Decodes such an
 * entry as decode_entry would, in a third of the time; false, with nothing done, for any other. */
static bool decode_plain(aluno__reader *in, const aluno_message_desc *type, void *message, uint32_t *seen)
{
    const uint8_t *bytes = in->data + in->at;
    const size_t size = in->size - in->at;
    if (size < 2 || bytes[0] == 0 || bytes[0] > type->field_count)
        return false;
    const aluno_field_desc *field = &type->fields[bytes[0] - 1];
    const uint32_t bit = UINT32_C(1) << (bytes[0] - 1);
    size_t taken = 0;
    if (field->number != bytes[0] || (*seen & bit) != 0)
        return false;
    if (field->kind == ALUNO_KIND_INT)
        taken = decode_plain_int(bytes + 1, size - 1, aluno_value(field, message));
    else if (field->kind == ALUNO_KIND_TEXT)
        taken = decode_plain_text(bytes + 1, size - 1, aluno_value(field, message), (size_t)field->max);
    if (taken == 0)
        return false;
    *aluno_has(field, message) = true;
    *seen |= bit;
    in->at += 1 + taken;
    return true;
}

/* Decodes the pairs of a map whose head is read. */
static bool decode_entries(decoding *job, const aluno_message_desc *type, void *message,
                           const aluno__path *path, size_t pairs)
{
    uint32_t seen = 0; /* a bit for each of ALUNO_FIELDS_MAX fields */
    bool readable = true;
    aluno_clear(type, message);
    job->depth++;
    for (size_t i = 0; i < pairs && readable; i++)
        readable =
            decode_plain(job->in, type, message, &seen) || decode_entry(job, type, message, path, &seen);
    job->depth--;
    return readable;
}

static bool decode_message(decoding *job, const aluno_message_desc *type, void *message,
                           const aluno__path *path)
{
    uint32_t pairs;
    if (aluno__reader_map(job->in, &pairs))
        return decode_entries(job, type, message, path, pairs);
    aluno_clear(type, message);
    if (path->outer == NULL)
        return malformed(job);
    violate(job, path, ALUNO_REASON_FIELD_KIND, aluno_kind_name(ALUNO_KIND_ONE));
    return skip(job);
}

aluno_code aluno__codec_decode(const aluno_message_desc *type, void *message, aluno__reader *in,
                               aluno__codec_unknown unknown, aluno_error *error)
{
    enum { ENVELOPE_DEPTH = 2 };
    decoding job = {in, unknown, error, ALUNO_OK, ENVELOPE_DEPTH};
    const aluno__path root = {.outer = NULL};
    decode_message(&job, type, message, &root);
    return job.code;
}
