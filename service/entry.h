/* The ledger's entry of a change: what is kept of its reply, and the reply again.
 *
 * Students are not kept, since they can be read: an entry names them and has a hash of what was replied. A
 * reply without students is kept whole. */
#ifndef ALUNOD_ENTRY_H
#define ALUNOD_ENTRY_H

#include "call.h"

/* Encodes the entry of call->reply, to which *entry then refers: until the outcome's buffer changes. The
 * reply's message, with numbered keys, is at its start, `message_size` bytes; or its students are in
 * call->items. OUT_OF_MEMORY. */
aluno_code entry_write(struct call *call, struct store_reply *entry, size_t *message_size,
                       aluno_error *error);

/* Reads a recorded reply of the type `type` into *reply, its warnings into *metadata. Students are read as
 * they are now; REPLY_SUPERSEDED warns when that is not what was replied, and STUDENT_ERASED of a student of
 * whom only the id is left. STORE_CORRUPT. */
aluno_code entry_read(struct store_session *session, const struct store_record *record,
                      const aluno_message_desc *type, void *reply, aluno_reply_metadata *metadata,
                      aluno_error *error);

#endif
