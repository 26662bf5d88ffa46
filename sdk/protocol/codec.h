/* Messages to msgpack and back, by their descriptors.  */
#ifndef ALUNO_PROTOCOL_CODEC_H
#define ALUNO_PROTOCOL_CODEC_H

#include "base/buffer.h"
#include "reader.h"

#include <aluno/error.h>

/* The largest message body either side sends or takes, bytes (PROTOCOL.md). */
#define ALUNO_MESSAGE_MAX ((size_t)1 << 20)

/* The most fields that a message may have. */
#define ALUNO_FIELDS_MAX 32

/* What an unknown key means: a request's is a violation; metadata's and a reply's may come from a newer peer.
 */
typedef enum aluno__codec_unknown { ALUNO_UNKNOWN_REFUSED, ALUNO_UNKNOWN_IGNORED } aluno__codec_unknown;

/* Primitives for the envelope. */
void aluno__codec_pack_array(aluno__buffer *out, uint32_t count);
void aluno__codec_pack_uint(aluno__buffer *out, uint64_t value);
void aluno__codec_pack_nil(aluno__buffer *out);
void aluno__codec_pack_text(aluno__buffer *out, const char *text, size_t length);

/* Appends a message as a map of its set fields. */
void aluno__codec_encode(const aluno_message_desc *type, const void *message, aluno__buffer *out);

/* Reads a map, which must be a message of that type, into *message (cleared first).
 *
 * INVALID_ARGUMENT: MESSAGE_MALFORMED with the byte's offset when the bytes are no msgpack map;
 * FIELDS_INVALID with a violation for each key that is unknown or doubled and each value of the wrong kind,
 * too long, not UTF-8 or holding a NUL. Reading goes on after a violation, so all are told. *error must be
 * clear at first. */
aluno_code aluno__codec_decode(const aluno_message_desc *type, void *message, aluno__reader *in,
                               aluno__codec_unknown unknown, aluno_error *error);

#endif
