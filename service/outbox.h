/* Hands replies that were made elsewhere to one of nng's threads, which sends them: many with one wake-up,
 * and no thread waits for the locks of a connection that another one sends to. */
#ifndef ALUNOD_OUTBOX_H
#define ALUNOD_OUTBOX_H

#include "nng/api.h"

#include <pthread.h>
#include <stdbool.h>

/* A reply, embedded in the owner's own struct. */
struct outbox_item {
    struct outbox_item *next;
};

/* All members are private to outbox.c. */
struct outbox {
    nng_aio *aio; /* NULL: not open */
    void (*send)(struct outbox_item *item);
    pthread_mutex_t lock; /* guards: */
    struct outbox_item *first, **end;
    bool is_going; /* the aio's callback will poll the list */
};

/* Returns nng's error numbers. The outbox must not move afterwards. `send` runs on a thread of nng's, once
 * for each item, in their order. */
int outbox_open(struct outbox *box, void (*send)(struct outbox_item *item));

/* Every item must have been sent. Does nothing on a zeroed outbox. */
void outbox_close(struct outbox *box);

/* Any thread. The item stays in use until `send` is called. */
void outbox_put(struct outbox *box, struct outbox_item *item);

#endif
