/* State that all calls share: the store, the threads of readers, the changes in progress. */
#ifndef ALUNOD_SERVICE_H
#define ALUNOD_SERVICE_H

#include "audit/audit.h"
#include "backups.h"
#include "checks.h"
#include "disk_encryption.h"
#include "handlers/watch_pages.h"
#include "limit.h"
#include "metrics/counters.h"
#include "pending.h"
#include "readers.h"
#include "store/store.h"
#include "watches.h"

#include <stdatomic.h>

/* Which calls on students must have a purpose. */
enum purpose_policy { PURPOSE_OF_NONE, PURPOSE_OF_READS, PURPOSE_OF_ALL };

struct service {
    struct store *store;
    struct readers *readers;
    struct readers *lookups; /* threads that run lookups by id together; NULL: the store is not remote */
    struct watches *watches;
    struct watch_pages *watch_pages;
    struct backups *backups; /* NULL: no folder for them */
    struct checks *checks;   /* NULL: none are made */
    struct audit *audit;     /* NULL, in tests: calls are not recorded */
    enum purpose_policy purpose;
    struct pending pending;
    struct limits limits;
    struct counters counters;
    aluno_student_has required;     /* the EXPECTED fields of Student that the policy requires */
    aluno_role reveal;              /* the least role whose RevealStudent is answered */
    int64_t erase_removed_after_ms; /* removed students are erased then; 0: never */
    int64_t keep_changes_ms;        /* how long the feed has a change */
    bool is_remote;                 /* the store: store_is_remote */
    bool cpf_strict;                /* refuse a CPF with wrong check digits; otherwise only warn */
    enum disk_encryption disk;      /* of the database */
    int64_t start_ms;               /* Unix milliseconds */
    atomic_bool draining;           /* refuse new calls: the service stops */
};

/* Opens the store of that database and starts the readers. `callers`: how many threads may start calls
 * (execute.h) at once. On failure, as store_open's, nothing is left open. */
aluno_code service_open(struct service *out, const char *database, bool cpf_strict, size_t callers,
                        aluno_error *error);

/* Whether the service makes changes: ALUNO_OK, or DRAINING, or why the store does not (store_health). Any
 * thread; waits for nothing. */
aluno_code service_health(struct service *service, aluno_error *error);

/* Carries out what is queued and closes. No call may be in progress. */
void service_close(struct service *service);

#endif
