/* Whether and when a failed attempt is repeated. */
#ifndef ALUNO_CLIENT_RETRY_H
#define ALUNO_CLIENT_RETRY_H

#include "call.h"

/* Milliseconds until the next attempt; -1 when there is none: it would not help, or the deadline comes first.
 * The next pause is twice as long. */
int64_t aluno__retry_pause(aluno__call *call, aluno_code code);

/* Whether the service refused the attempt because of its own state. Another one may serve it. */
bool aluno__retry_is_refusal(const aluno__call *call, aluno_code code);

#endif
