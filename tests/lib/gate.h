/* A gate stops the writer thread until the test opens it: all changes that are submitted meanwhile become one
 * batch. */
#ifndef ALUNO_TESTS_GATE_H
#define ALUNO_TESTS_GATE_H

#include "store_bed.h"

/* A change whose work blocks while the gate is closed. */
typedef struct gate {
    job job;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_reached, is_open;
} gate;

static inline aluno_code gate_hold(job *at, struct store_session *session)
{
    (void)session;
    gate *held = (gate *)(void *)at;
    pthread_mutex_lock(&held->lock);
    held->is_reached = true;
    pthread_cond_broadcast(&held->changed);
    while (!held->is_open)
        pthread_cond_wait(&held->changed, &held->lock);
    pthread_mutex_unlock(&held->lock);
    return ALUNO_OK;
}

/* Returns when the writer thread has reached the gate, in the change `work`, which calls gate_hold. */
static inline void gate_close_in(gate *held, store_bed *bed,
                                 aluno_code (*work)(job *, struct store_session *))
{
    held->is_reached = held->is_open = false;
    pthread_mutex_init(&held->lock, NULL);
    pthread_cond_init(&held->changed, NULL);
    job_submit(bed, &held->job, work);
    pthread_mutex_lock(&held->lock);
    while (!held->is_reached)
        pthread_cond_wait(&held->changed, &held->lock);
    pthread_mutex_unlock(&held->lock);
}

static inline void gate_close(gate *held, store_bed *bed)
{
    gate_close_in(held, bed, gate_hold);
}

static inline void gate_open(gate *held)
{
    pthread_mutex_lock(&held->lock);
    held->is_open = true;
    pthread_cond_broadcast(&held->changed);
    pthread_mutex_unlock(&held->lock);
    assert_int_equal(job_wait(&held->job), ALUNO_OK);
    pthread_cond_destroy(&held->changed);
    pthread_mutex_destroy(&held->lock);
}

#endif
