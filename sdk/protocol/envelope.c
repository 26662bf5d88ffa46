/* Requests and replies as bytes: [0, msgid, method, [message, metadata]] and
 * [1, msgid, status | nil, [message, metadata] | nil]. The method is a name or a number. */
#include "envelope.h"

#include "error.h"

enum { KIND_REQUEST = 0, KIND_REPLY = 1 };

/* ---- writing ---- */

void aluno__envelope_begin_request(aluno__buffer *out, uint64_t msgid, const aluno_method_desc *method,
                                   aluno__codec_keys keys)
{
    aluno__codec_pack_array(out, 4);
    aluno__codec_pack_uint(out, KIND_REQUEST);
    aluno__codec_pack_uint(out, msgid);
    if (keys == ALUNO_KEYS_NUMBERED)
        aluno__codec_pack_uint(out, (uint64_t)method->number);
    else
        aluno__codec_pack_text(out, method->name, strlen(method->name));
    aluno__codec_pack_array(out, 2);
}

void aluno__envelope_end_request(aluno__buffer *out, const aluno_request_metadata *metadata,
                                 aluno__codec_keys keys)
{
    aluno__codec_encode(&aluno_request_metadata_type, metadata, keys, out);
}

void aluno__envelope_begin_success(aluno__buffer *out, uint64_t msgid)
{
    aluno__codec_pack_array(out, 4);
    aluno__codec_pack_uint(out, KIND_REPLY);
    aluno__codec_pack_uint(out, msgid);
    aluno__codec_pack_nil(out);
    aluno__codec_pack_array(out, 2);
}

void aluno__envelope_end_success(aluno__buffer *out, const aluno_reply_metadata *metadata,
                                 aluno__codec_keys keys)
{
    aluno__codec_encode(&aluno_reply_metadata_type, metadata, keys, out);
}

void aluno__envelope_write_failure(aluno__buffer *out, uint64_t msgid, const aluno_error *error,
                                   aluno__codec_keys keys)
{
    aluno__codec_pack_array(out, 4);
    aluno__codec_pack_uint(out, KIND_REPLY);
    aluno__codec_pack_uint(out, msgid);
    aluno__codec_encode(&aluno_error_type, error, keys, out);
    aluno__codec_pack_nil(out);
}

/* ---- reading ---- */

static aluno_code malformed(aluno_error *error, size_t at, const char *what)
{
    return aluno__error_set(error, ALUNO_REASON_MESSAGE_MALFORMED, "byte %zu: %s", at, what);
}

/* Checks all bytes before any is used: one whole value, not too deep, with nothing after it. */
static aluno_code scan(const uint8_t *bytes, size_t size, aluno_error *error)
{
    if (size > ALUNO_MESSAGE_MAX)
        return aluno__error_set(error, ALUNO_REASON_MESSAGE_TOO_LARGE, "%zu > %zu bytes", size,
                                ALUNO_MESSAGE_MAX);
    aluno__reader in = {bytes, size, 0};
    if (!aluno__reader_skip(&in))
        return malformed(error, in.at, "not one whole msgpack value of at most 8 levels");
    if (in.at != size)
        return malformed(error, in.at, "bytes after the message");
    return ALUNO_OK;
}

/* Reads the head [kind, msgid, …]. Returns false when it is of another kind. */
static bool read_head(aluno__reader *in, uint64_t kind, uint64_t *msgid)
{
    uint32_t count;
    uint64_t found;
    return aluno__reader_array(in, &count) && count == 4 && aluno__reader_uint(in, &found) && found == kind &&
           aluno__reader_uint(in, msgid);
}

/* Reads the method's name or number, which decides on the kind of the reply's keys. */
static bool read_method(aluno__reader *in, aluno__request *request)
{
    const char *name;
    size_t length;
    uint64_t number;
    if (aluno__reader_text(in, &name, &length)) {
        request->method = aluno_method_named(name, length);
        return true;
    }
    if (!aluno__reader_uint(in, &number))
        return false;
    request->keys = ALUNO_KEYS_NUMBERED;
    request->method = number <= INT64_MAX ? aluno_method_numbered((int64_t)number) : NULL;
    return true;
}

/* Enters [message, metadata]. */
static bool read_pair(aluno__reader *in)
{
    uint32_t count;
    return aluno__reader_array(in, &count) && count == 2;
}

aluno_code aluno__envelope_read_request(const uint8_t *bytes, size_t size, aluno__request *request,
                                        aluno_error *error)
{
    aluno__reader in = {bytes, size, 0};
    request->msgid = 0;
    request->keys = ALUNO_KEYS_NAMED;
    const bool has_head = read_head(&in, KIND_REQUEST, &request->msgid);
    const aluno_code whole = scan(bytes, size, error);
    if (whole != ALUNO_OK)
        return whole;
    if (!has_head)
        return malformed(error, in.at, "expected [0, msgid, method, [message, metadata]]");
    if (!read_method(&in, request))
        return malformed(error, in.at, "expected the method's name or number");
    if (!read_pair(&in))
        return malformed(error, in.at, "expected [message, metadata]");
    request->message = (aluno__reader){bytes, size, in.at};
    if (!aluno__reader_skip(&in))
        return malformed(error, in.at, "expected a message");
    request->message.size = in.at;
    return aluno__codec_decode(&aluno_request_metadata_type, &request->metadata, &in, ALUNO_UNKNOWN_IGNORED,
                               error);
}

/* A reply is checked as it is read, byte by byte: what was stored from one that is malformed is not used. */
static aluno_code broken_reply(aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_REPLY_MALFORMED, NULL);
}

/* Reads the service's error. A status without a code, or with OK, is malformed. */
static aluno_code read_failure(aluno__reader *in, aluno_error *error)
{
    aluno_error found;
    if (aluno__codec_decode(&aluno_error_type, &found, in, ALUNO_UNKNOWN_IGNORED, NULL) != ALUNO_OK ||
        !aluno__reader_nil(in) || in->at != in->size)
        return broken_reply(error);
    if (!found.has.code || found.code <= ALUNO_OK || found.code > ALUNO_UNAUTHENTICATED)
        return broken_reply(error);
    if (error != NULL)
        aluno_copy(&aluno_error_type, error, &found);
    return (aluno_code)found.code;
}

aluno_code aluno__envelope_open_reply(const uint8_t *bytes, size_t size, uint64_t msgid,
                                      aluno__reader *success, aluno_error *error)
{
    aluno__reader in = {bytes, size, 0};
    uint64_t answered;
    if (size > ALUNO_MESSAGE_MAX || !read_head(&in, KIND_REPLY, &answered) || answered != msgid)
        return broken_reply(error);
    if (!aluno__reader_nil(&in))
        return read_failure(&in, error);
    if (!read_pair(&in))
        return broken_reply(error);
    *success = in;
    return ALUNO_OK;
}

/* Reads what follows the message. */
static aluno_code read_reply_metadata(aluno__reader *in, aluno_reply_metadata *metadata, aluno_error *error)
{
    const aluno_code code =
        aluno__codec_decode(&aluno_reply_metadata_type, metadata, in, ALUNO_UNKNOWN_IGNORED, NULL);
    return code == ALUNO_OK && in->at == in->size ? ALUNO_OK : broken_reply(error);
}

aluno_code aluno__envelope_read_success(aluno__reader *success, const aluno_message_desc *type, void *message,
                                        aluno_reply_metadata *metadata, aluno_error *error)
{
    if (aluno__codec_decode(type, message, success, ALUNO_UNKNOWN_IGNORED, NULL) != ALUNO_OK)
        return broken_reply(error);
    return read_reply_metadata(success, metadata, error);
}

aluno_code aluno__envelope_read_metadata(const aluno__reader *success, aluno_reply_metadata *metadata,
                                         aluno_error *error)
{
    aluno__reader in = *success;
    return aluno__reader_skip(&in) ? read_reply_metadata(&in, metadata, error) : broken_reply(error);
}
