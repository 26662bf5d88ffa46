/* Writes replies into call->outcome. */
#ifndef ALUNOD_REPLY_H
#define ALUNOD_REPLY_H

#include "call.h"

/* Clears an outcome and keeps its buffers' memory. */
void outcome_clear(struct outcome *outcome);
void outcome_free(struct outcome *outcome);

/* Encodes an element of the reply's list into call->items; masks it first if the caller sees it so. */
void reply_add(struct call *call, const aluno_message_desc *type, void *item);

/* Write a success: the message call->reply, which is masked first if the caller sees it so; or one that is
 * encoded already, as it is. */
void reply_write(struct call *call);
void reply_write_encoded(struct call *call, const uint8_t *message, size_t size);

/* Ends the call with `code` and the error in the outcome. */
void reply_write_error(struct call *call, aluno_code code);

#endif
