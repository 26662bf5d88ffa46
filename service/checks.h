/* Checks of the whole database, on a schedule, on a thread of their own that gives way to calls. */
#ifndef ALUNOD_CHECKS_H
#define ALUNOD_CHECKS_H

#include "store/store.h"

struct checks;

/* Starts the thread. The first check begins `first_ms` from now, the others `every_ms` after the last one's
 * end. The store must outlive it. OUT_OF_MEMORY. */
aluno_code checks_start(struct checks **out, struct store *store, int64_t first_ms, int64_t every_ms,
                        aluno_error *error);

/* Interrupts the check that runs and ends the thread. NULL is allowed. */
void checks_stop(struct checks *checks);

struct checks_facts {
    int64_t sound, damaged, failed; /* how many found nothing, found damage, could not be made */
    int64_t end_ms;                 /* of the last that was made, Unix milliseconds; 0: there was none yet */
    struct store_verified found;    /* by that one */
};

/* Any thread. All zero for NULL. */
void checks_measure(struct checks *checks, struct checks_facts *out);

#endif
