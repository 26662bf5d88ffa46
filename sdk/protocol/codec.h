/* Messages to msgpack and back, by their descriptors. codec.c writes, decode.c reads. */
#ifndef ALUNO_PROTOCOL_CODEC_H
#define ALUNO_PROTOCOL_CODEC_H

#include "base/buffer.h"
#include "reader.h"

#include <aluno/error.h>

/* The largest message body that either side sends or accepts, in bytes (PROTOCOL.md). */
#define ALUNO_MESSAGE_MAX ((size_t)1 << 18)

/* The most fields that a message may have. */
#define ALUNO_FIELDS_MAX 32

/* The keys of maps: the names of fields or their numbers. Written as asked for; both are read. */
typedef enum aluno__codec_keys { ALUNO_KEYS_NAMED, ALUNO_KEYS_NUMBERED } aluno__codec_keys;

/* Unknown keys: a violation in a request; ignored in metadata and replies, which may come from a newer peer.
 */
typedef enum aluno__codec_unknown { ALUNO_UNKNOWN_REFUSED, ALUNO_UNKNOWN_IGNORED } aluno__codec_unknown;

/* Append one value, for the envelope. */
void aluno__codec_pack_array(aluno__buffer *out, uint32_t count);
void aluno__codec_pack_uint(aluno__buffer *out, uint64_t value);
void aluno__codec_pack_nil(aluno__buffer *out);
void aluno__codec_pack_text(aluno__buffer *out, const char *text, size_t length);

/* Appends a message as a map of its set fields. */
void aluno__codec_encode(const aluno_message_desc *type, const void *message, aluno__codec_keys keys,
                         aluno__buffer *out);

/* As aluno__codec_encode, but takes the elements of the message's list from `items`, where they are encoded
 * one after another, unless that is empty. Of the list in *message only the count is used. */
void aluno__codec_encode_list(const aluno_message_desc *type, const void *message, aluno__codec_keys keys,
                              const aluno__buffer *items, aluno__buffer *out);

/* Reads a map as a message of that type into *message, which is cleared first. Touches only what is set.
 *
 * INVALID_ARGUMENT: MESSAGE_MALFORMED with the byte's offset when the bytes are not a msgpack map whose keys
 * are text or integers; FIELDS_INVALID with a violation of each key that is unknown or doubled and each value
 * that is of another kind, too long, not UTF-8 or has a NUL. Reading goes on after a violation, so *error
 * lists all. *error must be clear at first. */
aluno_code aluno__codec_decode(const aluno_message_desc *type, void *message, aluno__reader *in,
                               aluno__codec_unknown unknown, aluno_error *error);

#endif
