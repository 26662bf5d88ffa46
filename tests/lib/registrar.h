/* A registrar: load in the background of a test. A thread registers one student after another, reads each
 * back, and records the outcomes. */
#ifndef ALUNO_TESTS_REGISTRAR_H
#define ALUNO_TESTS_REGISTRAR_H

#include "school.h"

#include <pthread.h>
#include <stdatomic.h>

struct registrar {
    /* Set before registrar_start: */
    aluno_client *client; /* may be shared with others */
    uint32_t first;       /* the number of its first student */
    int64_t timeout_ms;   /* of each call; 0: the client's default */
    bool is_patient;      /* pauses between students */

    /* Results. Only `created` may be read before registrar_stop. */
    atomic_uint created;      /* students registered by calls that succeeded */
    unsigned failures;        /* calls that failed */
    unsigned other_than_down; /* of these, not with UNAVAILABLE or DEADLINE_EXCEEDED */
    unsigned wrong;           /* students read back that differ from those registered */
    int64_t slowest_ms;       /* the slowest call */
    aluno_error failure;      /* the last one */

    /* Private: */
    pthread_t thread;
    atomic_bool stopping;
};

/* Runs until it is stopped. Repeats a create that failed under the same request id, so that the student is
 * registered once, whatever the outcome of the first call. */
void registrar_start(struct registrar *registrar);

/* Stops it after the present call. */
void registrar_stop(struct registrar *registrar);

/* Fails the test unless every call succeeded. */
void registrar_check_no_failures(const struct registrar *registrar);

/* Fails the test unless every registered student is stored exactly once. Lists all students through the
 * client. */
void registrar_check_students(const struct registrar *registrars, size_t count, aluno_client *client);

#endif
