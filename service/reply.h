/* Writes replies into call->outcome. */
#ifndef ALUNOD_REPLY_H
#define ALUNOD_REPLY_H

#include "call.h"

/* Clears an outcome and keeps its buffers' memory. */
void outcome_clear(struct outcome *outcome);
void outcome_free(struct outcome *outcome);

/* Write a success: the message call->reply, or one that is encoded already. */
void reply_write(struct call *call);
void reply_write_encoded(struct call *call, const uint8_t *message, size_t size);

/* Ends the call with `code` and the error in the outcome. */
void reply_write_error(struct call *call, aluno_code code);

#endif
