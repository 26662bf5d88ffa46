/* A list under a lock, and an aio whose callback sends what it has. */
#include "outbox.h"

/* Takes the list; the callback polls it again when it was not empty. */
static struct outbox_item *take_all(struct outbox *box)
{
    pthread_mutex_lock(&box->lock);
    struct outbox_item *items = box->first;
    box->first = NULL;
    box->end = &box->first;
    box->is_going = items != NULL;
    pthread_mutex_unlock(&box->lock);
    return items;
}

static void queue(struct outbox *box)
{
    if (nng_aio_begin(box->aio))
        nng_aio_finish(box->aio, 0);
}

/* nng's callback. Other callbacks have their turn before it polls again. */
static void send_all(void *argument)
{
    struct outbox *box = argument;
    struct outbox_item *item = take_all(box);
    if (item == NULL)
        return;
    while (item != NULL) {
        struct outbox_item *next = item->next; /* an item that is sent may be put again */
        box->send(item);
        item = next;
    }
    queue(box);
}

int outbox_open(struct outbox *box, void (*send)(struct outbox_item *item))
{
    box->send = send;
    box->end = &box->first;
    pthread_mutex_init(&box->lock, NULL);
    return nng_aio_alloc(&box->aio, send_all, box);
}

void outbox_close(struct outbox *box)
{
    if (box->aio == NULL)
        return;
    nng_aio_free(box->aio);
    pthread_mutex_destroy(&box->lock);
}

void outbox_put(struct outbox *box, struct outbox_item *item)
{
    item->next = NULL;
    pthread_mutex_lock(&box->lock);
    *box->end = item;
    box->end = &item->next;
    const bool is_going = box->is_going;
    box->is_going = true;
    pthread_mutex_unlock(&box->lock);
    if (!is_going)
        queue(box);
}
