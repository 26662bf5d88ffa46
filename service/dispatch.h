/* From the bytes of a request to the bytes of its reply: no socket, no thread. A call goes through
 *
 *     dispatch_open → (where the method's effect says) dispatch_run → dispatch_close
 *
 * and has its reply in call->reply as soon as dispatch_open returns false or dispatch_run returns. */
#ifndef ALUNOD_DISPATCH_H
#define ALUNOD_DISPATCH_H

#include "call.h"

/* Envelope, method, role, deadline, message, rules. True: the call may run. False: it was refused, and the
 * reply says why. `call` is zeroed but for reply, whose memory is used again; `bytes` must outlive it. */
bool dispatch_open(struct call *call, struct service *service, const struct caller *caller,
                   const uint8_t *bytes, size_t size);

/* Runs the handler on a session (of the writer, inside its transaction, when the method mutates) and writes
 * the reply. A change whose request id was seen before is answered with its stored reply. Returns ALUNO_OK
 * when what it did is to be kept; anything else when it is to be undone: why it failed, or ABORTED where it
 * was only to be judged (validate_only). */
aluno_code dispatch_run(struct call *call, store_session *session);

/* Replaces the reply by an error: a change that could not be committed, or not even be queued. */
void dispatch_fail(struct call *call, const aluno_error *error);

/* Gives back what the call owns but its reply's memory, and writes its line to the log. */
void dispatch_close(struct call *call);

#endif
