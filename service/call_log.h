/* A call's line in the log. */
#ifndef ALUNOD_CALL_LOG_H
#define ALUNOD_CALL_LOG_H

#include "call.h"

/* Logs a call that has ended: a refusal, a change or a listing; other reads are not logged. */
void call_log(const struct call *call);

#endif
