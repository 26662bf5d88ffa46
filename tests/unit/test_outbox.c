/* Replies that are handed over to a thread of nng's: service/outbox.h. */
#include "unit.h"

#include "outbox.h"

#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

enum { PRODUCERS = 3, ITEMS = 2000 };

struct numbered {
    struct outbox_item item;
    size_t producer, number;
};

static struct outbox box;
static struct numbered made[PRODUCERS][ITEMS];
static size_t sent[PRODUCERS], misplaced, left = (size_t)PRODUCERS * ITEMS;
static sem_t all_sent;

/* nng's thread runs one callback of the aio at a time. */
static void check_order(struct outbox_item *item)
{
    const struct numbered *at = (struct numbered *)(void *)((char *)item - offsetof(struct numbered, item));
    misplaced += sent[at->producer]++ != at->number;
    if (--left == 0)
        sem_post(&all_sent);
}

static void *produce(void *argument)
{
    struct numbered *mine = argument;
    for (size_t i = 0; i < ITEMS; i++)
        outbox_put(&box, &mine[i].item);
    return NULL;
}

static void test_all_are_sent_in_order(void **state)
{
    pthread_t threads[PRODUCERS];
    (void)state;
    sem_init(&all_sent, 0, 0);
    assert_int_equal(outbox_open(&box, check_order), 0);
    for (size_t i = 0; i < PRODUCERS; i++) {
        for (size_t j = 0; j < ITEMS; j++)
            made[i][j] = (struct numbered){.producer = i, .number = j};
        assert_int_equal(pthread_create(&threads[i], NULL, produce, made[i]), 0);
    }
    for (size_t i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    sem_wait(&all_sent);
    outbox_close(&box);
    assert_int_equal(misplaced, 0);
    for (size_t i = 0; i < PRODUCERS; i++)
        assert_int_equal(sent[i], ITEMS);
}

static void test_closes_unopened(void **state)
{
    static struct outbox never;
    (void)state;
    outbox_close(&never);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_are_sent_in_order),
        cmocka_unit_test(test_closes_unopened),
    };
    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
