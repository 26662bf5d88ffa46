/* A registrar at work beside what a test does: a thread that registers one student after another, reads each
 * back, and remembers what it was answered. */
#ifndef ALUNO_TESTS_REGISTRAR_H
#define ALUNO_TESTS_REGISTRAR_H

#include "school.h"

#include <pthread.h>
#include <stdatomic.h>

struct registrar {
    /* Set before registrar_start: */
    aluno_client *client; /* may be shared with others */
    uint32_t first;       /* its students are numbered from here */
    int64_t timeout_ms;   /* of each call; 0: the client's */
    bool is_patient;      /* waits a moment between students, as a person would; else it floods */

    /* To be read after registrar_stop, but for `created`: */
    atomic_uint created;      /* so many students were registered, by answered calls */
    unsigned failures;        /* calls that failed, in whatever way */
    unsigned other_than_down; /* of them, not with UNAVAILABLE or DEADLINE_EXCEEDED */
    unsigned wrong;           /* students read back that were not those registered */
    int64_t slowest_ms;       /* call */
    aluno_error failure;      /* the last */

    /* Its own: */
    pthread_t thread;
    atomic_bool stopping;
};

/* Starts to work until it is stopped. After a create that failed it repeats the call with the same request
 * id, so that the student is registered once, whatever became of the first attempt. */
void registrar_start(struct registrar *registrar);

/* Stops it, after the call in progress. */
void registrar_stop(struct registrar *registrar);

/* Fails the test unless every call succeeded. */
void registrar_check_unharmed(const struct registrar *registrar);

/* Fails the test unless every registered student is there exactly once, and nobody twice. All of them are
 * read through the client. */
void registrar_check_students(const struct registrar *registrars, size_t count, aluno_client *client);

#endif
