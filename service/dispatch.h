/* From the bytes of a request to the bytes of its reply: no socket, no thread. A call goes through
 *
 *     dispatch_open → dispatch_run → dispatch_close
 *
 * and has its reply in its outcome as soon as dispatch_open returns false or dispatch_run returns. */
#ifndef ALUNOD_DISPATCH_H
#define ALUNOD_DISPATCH_H

#include "call.h"

/* Parses and validates a request: envelope, method, role, deadline, message. True: the call may run. False:
 * it was refused, and the outcome holds the reply. `bytes` and `outcome` must outlive the call. */
bool dispatch_open(struct call *call, struct outcome *outcome, struct service *service,
                   const struct caller *caller, const uint8_t *bytes, size_t size);

/* Runs the handler on a session, in a transaction when the method mutates, and writes the reply. True: keep
 * what it did; false: undo it, because it failed, was a dry run or was made before. It may be called again,
 * with the same result in place of the former one. */
bool dispatch_run(struct call *call, struct store_session *session);

/* Replaces the reply by an error: the change could not be committed or queued. */
void dispatch_fail(struct call *call, const aluno_error *error);

/* Counts and logs the call, and frees what it owns. The outcome stays. */
void dispatch_close(struct call *call);

#endif
