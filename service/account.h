/* The service's state for the holder of one certificate. An account exists while its certificate has
 * connections, calls in progress or misses. */
#ifndef ALUNOD_ACCOUNT_H
#define ALUNOD_ACCOUNT_H

#include "limit.h"
#include "readers.h"

#include <aluno/error.h>

struct account {
    struct account *next; /* in its table */
    char certificate[65]; /* its fingerprint */
    bool is_roleless;
    size_t connections;        /* open ones */
    size_t references;         /* connections that are open, or have calls in progress */
    atomic_size_t calls;       /* in progress: from the request to the reply that is sent; without watches */
    atomic_size_t watch_calls; /* the same of watches */
    atomic_size_t bytes;       /* of their requests */
    struct reader_line searches;
    struct reader_line lookups; /* by id, over a store of another machine */
    /* Misses: lookups by a personal value that found nobody. Each adds its part of an hour to this time, by
     * the monotonic clock, at which all are forgotten (GCRA, the generic cell rate algorithm). */
    atomic_int_least64_t missed_until_ms;
    size_t watches;              /* in progress; watches.c guards it */
    struct reader_line watching; /* those that run */
};

/* The accounts by certificate. The caller guards the table; the counts of calls need no guard. */
enum { ACCOUNT_BUCKETS = 256 };
struct accounts {
    struct account *buckets[ACCOUNT_BUCKETS];
};

/* Finds or makes the account of a certificate, which has a role or none, and counts a reference. NULL when
 * memory ran out. */
struct account *accounts_join(struct accounts *all, const char *certificate, bool is_roleless);

/* Takes back one reference. An account without any is freed; one that has missed later, so that another
 * connection does not begin anew. */
void accounts_leave(struct accounts *all, struct account *account);

/* Frees accounts without references. */
void accounts_free(struct accounts *all);

/* Count a call that begins, with so many bytes, and that ends. */
void account_begin_call(struct account *account, size_t bytes);
void account_end_call(struct account *account, size_t bytes, bool is_watch);

/* From now on the call is a watch, and none of those that account_check_calls limits: its reply comes when
 * others make changes. Or it is none, after all. */
void account_begin_watch(struct account *account);
void account_refuse_watch(struct account *account);

/* BUSY, with when to retry, when the account has more calls or bytes in progress than it may. */
aluno_code account_check_calls(const struct account *account, struct limits *limits, aluno_error *error);

/* Counts a miss; and BUSY, with when to retry, when there were too many in the last hour. */
void account_miss(struct account *account, const struct limits *limits);
aluno_code account_check_misses(const struct account *account, struct limits *limits, aluno_error *error);

/* Fails with BUSY for a limit that is reached, and counts it. */
aluno_code account_refuse(struct limits *limits, enum limit which, aluno_error *error);

/* Whether the account has so many calls in progress, though each beyond the limit was refused at once, that
 * their replies cannot be read: the connection should be closed. When the service's contexts are scarce,
 * those beyond the limit are too many; of watches, whose replies come at once, never less than twice theirs.
 */
bool account_is_flooded(const struct account *account, const struct limits *limits, bool scarce);

#endif
