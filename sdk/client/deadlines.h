/* The deadlines of the attempts in progress. nng has time-outs of its own, but nng 1.5 counts them by the
 * calendar clock: when that is set, they end late or at once. */
#ifndef ALUNO_CLIENT_DEADLINES_H
#define ALUNO_CLIENT_DEADLINES_H

#include "exchange.h"
#include "scheduler.h"

/* That of one attempt. */
typedef struct aluno__deadline aluno__deadline;
struct aluno__deadline {
    aluno__deadline *next, **link; /* without a link it is in no list */
    aluno__exchange *exchange;
    int64_t until_ms; /* on the monotonic clock */
};

/* Guarded by the scheduler's lock. */
typedef struct aluno__deadlines {
    aluno__scheduler *scheduler;
    aluno__task task;
    aluno__deadline *first;
    int64_t next_ms; /* no deadline in the list is earlier */
} aluno__deadlines;

/* ---- the caller holds the lock ---- */

/* Begins: from now on the scheduler cancels the exchanges that are late. */
void aluno__deadlines_start(aluno__deadlines *deadlines, aluno__scheduler *scheduler);

/* Adds that of an exchange which can be cancelled. */
void aluno__deadlines_add(aluno__deadlines *deadlines, aluno__deadline *deadline, aluno__exchange *exchange,
                          int64_t until_ms);

/* Takes it out, if it is in a list. */
void aluno__deadlines_remove(aluno__deadline *deadline);

#endif
