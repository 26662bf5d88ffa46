/* The envelope around messages: msgpack-rpc's shape with gRPC's manners. PROTOCOL.md shows the bytes. */
#ifndef ALUNO_PROTOCOL_ENVELOPE_H
#define ALUNO_PROTOCOL_ENVELOPE_H

#include "codec.h"

/* A request's envelope, opened. `method` and `message` are borrowed from the bytes that were read. */
typedef struct aluno__request {
    uint64_t msgid;
    const char *method;
    size_t method_length;
    aluno__reader message; /* its map, not decoded yet */
    aluno_request_metadata metadata;
} aluno__request;

/* A request is written in three steps: begin, append its message (aluno__codec_encode, or bytes encoded
 * before), end with what travels beside it. */
void aluno__envelope_begin_request(aluno__buffer *out, uint64_t msgid, const aluno_method_desc *method);
void aluno__envelope_end_request(aluno__buffer *out, const aluno_request_metadata *metadata);

/* And so is a success. */
void aluno__envelope_begin_success(aluno__buffer *out, uint64_t msgid);
void aluno__envelope_end_success(aluno__buffer *out, const aluno_reply_metadata *metadata);

void aluno__envelope_write_failure(aluno__buffer *out, uint64_t msgid, const aluno_error *error);

/* Opens a request. On failure request->msgid is the id when it could be read, else 0: the answer needs one.
 */
aluno_code aluno__envelope_read_request(const uint8_t *bytes, size_t size, aluno__request *request,
                                        aluno_error *error);

/* Reads a reply to `msgid`: into *message and *metadata, returning ALUNO_OK; or the service's own error into
 * *error, returning its code; or INTERNAL / REPLY_MALFORMED when the bytes are no reply to it. *message and
 * *metadata are unspecified on failure. */
aluno_code aluno__envelope_read_reply(const uint8_t *bytes, size_t size, uint64_t msgid,
                                      const aluno_message_desc *type, void *message,
                                      aluno_reply_metadata *metadata, aluno_error *error);

#endif
