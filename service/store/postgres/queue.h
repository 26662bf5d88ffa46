/* Changes that wait for a writer, in the order in which they came. */
#ifndef ALUNOD_POSTGRES_QUEUE_H
#define ALUNOD_POSTGRES_QUEUE_H

#include "store/store.h"

#include <pthread.h>

struct queue {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t more;
    struct store_change *first, **end;
    size_t waiting, working; /* changes */
    size_t idle;             /* writers that wait for one */
    bool stopping;
};

void queue_init(struct queue *queue);
void queue_destroy(struct queue *queue);

/* store_submit */
aluno_code queue_add(struct queue *queue, struct store_change *change, aluno_error *error);

/* Waits for changes and takes those that may be made together: at most `most`, and no more than each idle
 * writer can have. Returns how many. A tentative one is alone. 0: the queue is empty, and stops. */
size_t queue_take(struct queue *queue, struct store_change **changes, size_t most);

/* So many that were taken have been made. */
void queue_finish(struct queue *queue, size_t count);

void queue_stop(struct queue *queue);

/* Whether a change waits or is being made; how many wait. */
bool queue_is_busy(struct queue *queue);
size_t queue_waiting(struct queue *queue);

#endif
