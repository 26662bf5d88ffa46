/* One attempt of a call: its request as bytes, what its reply or failure means, and the interceptor's hooks.
 */
#ifndef ALUNO_CLIENT_ATTEMPT_H
#define ALUNO_CLIENT_ATTEMPT_H

#include "call.h"

/* Writes the request as a message of nng's. */
aluno_code aluno__attempt_write(aluno__call *call, nng_msg **out);

/* Reads whether the service answered with a success, which the call keeps the message of, or why not. Takes
 * the message over. */
aluno_code aluno__attempt_read(aluno__call *call, nng_msg *reply);

/* Stores why the attempt failed, from nng's error number. */
aluno_code aluno__attempt_fail(aluno__call *call, int failure);

/* Stores why the deadline passed before the request was sent: for want of a connection, unless that is
 * ready. Caller holds the lock. */
aluno_code aluno__attempt_fail_unsent(aluno__call *call);

/* Call the interceptor. `before` may change the trace context. */
void aluno__attempt_before(aluno__call *call);
void aluno__attempt_after(const aluno__call *call, aluno_code code, int64_t retry_in_ms);

#endif
