/* The envelope around messages: msgpack-rpc's shape with gRPC's manners. PROTOCOL.md shows the bytes. */
#ifndef ALUNO_PROTOCOL_ENVELOPE_H
#define ALUNO_PROTOCOL_ENVELOPE_H

#include "codec.h"

/* A request's envelope, opened. `method` and `message` are borrowed from the bytes that were read. */
typedef struct aluno_request {
    uint64_t msgid;
    const char *method;
    size_t method_length;
    aluno_reader message; /* its map, not decoded yet */
    aluno_request_metadata metadata;
} aluno_request;

/* A request is written in three steps: begin, append its message (aluno_encode, or bytes encoded before), end
 * with what travels beside it. */
void aluno_begin_request(aluno_buffer *out, uint64_t msgid, const aluno_method *method);
void aluno_end_request(aluno_buffer *out, const aluno_request_metadata *metadata);

/* And so is a success. */
void aluno_begin_success(aluno_buffer *out, uint64_t msgid);
void aluno_end_success(aluno_buffer *out, const aluno_reply_metadata *metadata);

void aluno_write_failure(aluno_buffer *out, uint64_t msgid, const aluno_error *error);

/* Opens a request. On failure request->msgid is the id when it could be read, else 0: the answer needs one.
 */
aluno_code aluno_read_request(const uint8_t *bytes, size_t size, aluno_request *request, aluno_error *error);

/* Reads a reply to `msgid`: into *message and *metadata, returning ALUNO_OK; or the service's own error into
 * *error, returning its code; or INTERNAL / REPLY_MALFORMED when the bytes are no reply to it. *message and
 * *metadata are unspecified on failure. */
aluno_code aluno_read_reply(const uint8_t *bytes, size_t size, uint64_t msgid, const aluno_message *type,
                            void *message, aluno_reply_metadata *metadata, aluno_error *error);

#endif
