/* The envelope around messages: msgpack-rpc's arrays with a status and metadata. PROTOCOL.md shows the bytes.
 */
#ifndef ALUNO_PROTOCOL_ENVELOPE_H
#define ALUNO_PROTOCOL_ENVELOPE_H

#include "codec.h"

/* A request that was read. `message` points into the bytes that were read. */
typedef struct aluno__request {
    uint64_t msgid;
    aluno__codec_keys keys;          /* of the reply: numbered when the method was given by its number */
    const aluno_method_desc *method; /* NULL: one that the contract does not have */
    aluno__reader message;           /* a map, not decoded yet */
    aluno_request_metadata metadata;
} aluno__request;

/* A request is written in three steps: begin, append the message (aluno__codec_encode, or bytes encoded
 * before), end with the metadata. */
void aluno__envelope_begin_request(aluno__buffer *out, uint64_t msgid, const aluno_method_desc *method,
                                   aluno__codec_keys keys);
void aluno__envelope_end_request(aluno__buffer *out, const aluno_request_metadata *metadata,
                                 aluno__codec_keys keys);

/* A success is written in the same steps. */
void aluno__envelope_begin_success(aluno__buffer *out, uint64_t msgid);
void aluno__envelope_end_success(aluno__buffer *out, const aluno_reply_metadata *metadata,
                                 aluno__codec_keys keys);

void aluno__envelope_write_failure(aluno__buffer *out, uint64_t msgid, const aluno_error *error,
                                   aluno__codec_keys keys);

/* Reads the envelope of a request. On failure request->msgid is the id for the reply and request->keys its
 * kind of keys: 0 and names when they cannot be read. */
aluno_code aluno__envelope_read_request(const uint8_t *bytes, size_t size, aluno__request *request,
                                        aluno_error *error);

/* Reads whose reply it is and whether it is a success. A success: *success is where its message and metadata
 * are, which read_success decodes, and points into the bytes. A failure: stores the service's error in *error
 * and returns its code. Bytes that are no reply to `msgid`: INTERNAL / REPLY_MALFORMED. */
aluno_code aluno__envelope_open_reply(const uint8_t *bytes, size_t size, uint64_t msgid,
                                      aluno__reader *success, aluno_error *error);

/* Stores the message and the metadata of a success. REPLY_MALFORMED, with both unspecified. */
aluno_code aluno__envelope_read_success(aluno__reader *success, const aluno_message_desc *type, void *message,
                                        aluno_reply_metadata *metadata, aluno_error *error);

/* Stores the metadata alone, and leaves *success as it is. REPLY_MALFORMED. */
aluno_code aluno__envelope_read_metadata(const aluno__reader *success, aluno_reply_metadata *metadata,
                                         aluno_error *error);

#endif
