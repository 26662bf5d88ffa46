/* A call's way from state to state: WAITING and TRYING until it has ENDED. */
#ifndef ALUNO_CLIENT_CALL_STATE_H
#define ALUNO_CLIENT_CALL_STATE_H

#include "call.h"

/* Begins the call: makes the first attempt, or waits for the connection. call->ended must be set. The call
 * may have ended, and be freed, when this returns. */
void aluno__call_begin(aluno__call *call);

#endif
