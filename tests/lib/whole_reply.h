/* A reply's bytes in one step, as a client reads them in two. */
#ifndef ALUNO_TEST_WHOLE_REPLY_H
#define ALUNO_TEST_WHOLE_REPLY_H

#include "protocol/envelope.h"

/* Reads a reply to `msgid`: a success into *message and *metadata, a failure into *error. */
static inline aluno_code whole_reply_read(const uint8_t *bytes, size_t size, uint64_t msgid,
                                          const aluno_message_desc *type, void *message,
                                          aluno_reply_metadata *metadata, aluno_error *error)
{
    aluno__reader success;
    const aluno_code code = aluno__envelope_open_reply(bytes, size, msgid, &success, error);
    return code == ALUNO_OK ? aluno__envelope_read_success(&success, type, message, metadata, error) : code;
}

#endif
