/* The scheduler's thread: when tasks are polled, in which order they run, and how it ends. */
#include "unit.h"

#include "base/clock.h"
#include "client/scheduler.h"

enum { TASKS = 3, LATER_MS = 30, NEVER_MS = 60000 };

typedef struct item {
    aluno__task task;
    int number;
    int64_t due_ms; /* guarded, like all below */
    int polls, runs;
    int64_t ran_ms;
} item;

static aluno__lock lock;
static aluno__scheduler scheduler;
static item items[TASKS];
static int order[TASKS], ran;

static int64_t poll_item(void *owner, int64_t now_ms)
{
    item *self = owner;
    self->polls++;
    if (lock.closing)
        return ALUNO_TASK_DONE;
    return now_ms < self->due_ms ? self->due_ms : ALUNO_TASK_RUN;
}

static void run_item(void *owner)
{
    item *self = owner;
    aluno__lock_acquire(&lock);
    self->runs++;
    self->ran_ms = aluno__clock_ms();
    order[ran++ % TASKS] = self->number;
    aluno__lock_broadcast(&lock);
    aluno__lock_release(&lock);
}

static int set_up(void **state)
{
    (void)state;
    lock = (aluno__lock){0};
    scheduler = (aluno__scheduler){0};
    ran = 0;
    aluno__lock_init(&lock);
    for (int i = 0; i < TASKS; i++)
        items[i] = (item){.task = {.poll = poll_item, .run = run_item, .owner = &items[i]}, .number = i};
    return aluno__scheduler_start(&scheduler, &lock) ? 0 : -1;
}

static void close_lock(void)
{
    aluno__lock_acquire(&lock);
    aluno__lock_close(&lock);
    aluno__lock_release(&lock);
}

static int tear_down(void **state)
{
    (void)state;
    close_lock();
    aluno__scheduler_join(&scheduler);
    aluno__lock_destroy(&lock);
    return scheduler.waiting.first == NULL && scheduler.ready.first == NULL ? 0 : -1;
}

/* Caller holds the lock. */
static void wait_until_ran(int count)
{
    const int64_t until_ms = aluno__clock_ms() + NEVER_MS;
    while (ran < count)
        assert_true(aluno__lock_wait(&lock, until_ms));
}

static void test_order(void **state)
{
    (void)state;
    aluno__lock_acquire(&lock);
    for (int i = 0; i < TASKS; i++)
        aluno__scheduler_add(&scheduler, &items[i].task);
    wait_until_ran(TASKS);
    for (int i = 0; i < TASKS; i++)
        assert_int_equal(order[i], i);
    aluno__lock_release(&lock);
}

static void test_time(void **state)
{
    (void)state;
    aluno__lock_acquire(&lock);
    items[0].due_ms = aluno__clock_ms() + LATER_MS;
    items[1].due_ms = aluno__clock_ms() + NEVER_MS;
    aluno__scheduler_add(&scheduler, &items[0].task);
    aluno__scheduler_add(&scheduler, &items[1].task);
    wait_until_ran(1);
    assert_int_equal(items[0].runs, 1);
    assert_true(items[0].ran_ms >= items[0].due_ms);
    assert_int_equal(items[1].runs, 0);
    aluno__lock_release(&lock);
}

/* A task is polled again when something has changed, and can be added again once it has run. */
static void test_broadcast(void **state)
{
    (void)state;
    aluno__lock_acquire(&lock);
    items[0].due_ms = INT64_MAX;
    aluno__scheduler_add(&scheduler, &items[0].task);
    for (int i = 1; i <= 3; i++) {
        items[0].due_ms = 0;
        aluno__lock_broadcast(&lock);
        wait_until_ran(i);
        items[0].due_ms = INT64_MAX;
        aluno__scheduler_add(&scheduler, &items[0].task);
    }
    assert_int_equal(items[0].runs, 3);
    aluno__lock_release(&lock);
}

static void test_remove(void **state)
{
    (void)state;
    aluno__lock_acquire(&lock);
    for (int i = 0; i < TASKS; i++)
        aluno__scheduler_add(&scheduler, &items[i].task);
    aluno__scheduler_remove(&scheduler, &items[1].task);
    aluno__scheduler_remove(&scheduler, &items[1].task); /* not in the list */
    wait_until_ran(TASKS - 1);
    assert_int_equal(items[1].runs, 0);
    aluno__lock_release(&lock);
}

/* Each waiting task is polled a last time. */
static void test_closing(void **state)
{
    (void)state;
    aluno__lock_acquire(&lock);
    items[0].due_ms = INT64_MAX;
    aluno__scheduler_add(&scheduler, &items[0].task);
    aluno__lock_release(&lock);
    close_lock();
    aluno__lock_acquire(&lock);
    while (!scheduler.ended)
        aluno__lock_wait(&lock, INT64_MAX);
    assert_true(items[0].polls > 0);
    assert_int_equal(items[0].runs, 0);
    aluno__lock_release(&lock);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_order), TEST(test_time), TEST(test_broadcast), TEST(test_remove), TEST(test_closing),
    };
    return cmocka_run_group_tests_name("scheduler", tests, NULL, NULL);
}
