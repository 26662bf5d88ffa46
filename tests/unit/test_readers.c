/* service/readers.c: callers' lines take turns, and each is bounded. */
#include "unit.h"

#include "base/clock.h"
#include "readers.h"

#include <pthread.h>
#include <string.h>

enum { MOST = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool is_open;
static char order[32]; /* of the tasks that ran, by name */

struct named {
    struct reader_task task; /* first: `run` gets it */
    char name;
};

static bool never(void *argument)
{
    (void)argument;
    return false;
}

static void wait_until_open(struct reader_task *task)
{
    (void)task;
    pthread_mutex_lock(&lock);
    while (!is_open)
        pthread_cond_wait(&opened, &lock);
    pthread_mutex_unlock(&lock);
}

static void note(struct reader_task *task)
{
    order[strlen(order)] = ((struct named *)(void *)task)->name;
}

static void open_gate(void)
{
    pthread_mutex_lock(&lock);
    is_open = true;
    pthread_cond_broadcast(&opened);
    pthread_mutex_unlock(&lock);
}

/* One thread, which waits in a task of its own while the lines fill. */
static void the_lines_take_turns(void **state)
{
    (void)state;
    struct reader_line gate = {0}, many = {0}, few = {0};
    struct reader_task first = {.run = wait_until_open};
    struct named tasks[] = {{{.run = note}, 'a'}, {{.run = note}, 'b'}, {{.run = note}, 'c'},
                            {{.run = note}, 'd'}, {{.run = note}, 'x'}, {{.run = note}, 'y'}};
    struct readers *pool = readers_start(1, 1, never, NULL);
    assert_true(readers_submit(pool, &gate, &first, MOST));
    for (size_t i = 0; i < 4; i++)
        assert_true(readers_submit(pool, &many, &tasks[i].task, MOST));
    for (size_t i = 4; i < 6; i++)
        assert_true(readers_submit(pool, &few, &tasks[i].task, MOST));
    open_gate();
    readers_stop(pool);
    assert_string_equal(order, "axbycd");
}

static void a_line_is_bounded(void **state)
{
    (void)state;
    struct reader_line gate = {0}, line = {0}, other = {0};
    struct reader_task first = {.run = wait_until_open};
    struct named tasks[] = {{{.run = note}, 'a'}, {{.run = note}, 'b'}, {{.run = note}, 'c'}};
    struct readers *pool = readers_start(1, 1, never, NULL);
    is_open = false;
    memset(order, 0, sizeof order);
    assert_true(readers_submit(pool, &gate, &first, MOST));
    assert_true(readers_submit(pool, &line, &tasks[0].task, 1));
    assert_false(readers_submit(pool, &line, &tasks[1].task, 1));
    assert_true(readers_submit(pool, &other, &tasks[2].task, 1)); /* each has its own bound */
    open_gate();
    readers_stop(pool);
    assert_string_equal(order, "ac");
}

/* One thread: idle until it has the task that waits. */
static void only_an_idle_thread_takes_an_offer(void **state)
{
    (void)state;
    struct reader_task first = {.run = wait_until_open};
    struct named second = {{.run = note}, 'a'};
    struct readers *pool = readers_start(1, 1, never, NULL);
    is_open = false;
    memset(order, 0, sizeof order);
    while (!readers_offer(pool, &first))
        aluno__clock_sleep(1); /* the thread starts */
    assert_false(readers_offer(pool, &second.task));
    open_gate();
    while (!readers_offer(pool, &second.task))
        aluno__clock_sleep(1);
    readers_stop(pool);
    assert_string_equal(order, "a");
}

static void note_all(struct reader_task *first)
{
    for (struct reader_task *task = first; task != NULL; task = task->next)
        note(task);
    order[strlen(order)] = '|';
}

/* One thread; 'x' is of another line, which has its turn. */
static void tasks_that_wait_run_together(void **state)
{
    (void)state;
    struct reader_line gate = {0}, many = {0}, few = {0};
    struct reader_task first = {.run = wait_until_open};
    struct named tasks[] = {{{.run = note_all}, 'a'},
                            {{.run = note_all}, 'b'},
                            {{.run = note_all}, 'c'},
                            {{.run = note_all}, 'd'},
                            {{.run = note_all}, 'x'}};
    struct readers *pool = readers_start(1, 3, never, NULL);
    is_open = false;
    memset(order, 0, sizeof order);
    assert_true(readers_submit(pool, &gate, &first, MOST));
    while (readers_waiting(pool) > 0)
        aluno__clock_sleep(1); /* the thread takes it alone */
    for (size_t i = 0; i < 4; i++)
        assert_true(readers_submit(pool, &many, &tasks[i].task, MOST));
    assert_true(readers_submit(pool, &few, &tasks[4].task, MOST));
    open_gate();
    readers_stop(pool);
    assert_string_equal(order, "axb|cd|");
}

static bool once(void *argument)
{
    int *asked = argument;
    return ++*asked == 1;
}

struct timed {
    struct reader_task task; /* first: `run` gets it */
    int64_t begun_us, took_us;
};

static void take_time(struct reader_task *task)
{
    struct timed *timed = (struct timed *)(void *)task;
    timed->begun_us = aluno__clock_us();
    aluno__clock_sleep(5);
    timed->took_us = aluno__clock_us() - timed->begun_us;
}

/* The first task of two is followed by a rest, which is longer than the task, or 100 ms on a busy machine. */
static void a_thread_rests_when_it_must(void **state)
{
    (void)state;
    struct reader_line line = {0};
    struct timed first = {.task = {.run = take_time}}, second = {.task = {.run = take_time}};
    int asked = 0;
    struct readers *pool = readers_start(1, 1, once, &asked);
    assert_true(readers_submit(pool, &line, &first.task, MOST));
    assert_true(readers_submit(pool, &line, &second.task, MOST));
    while (readers_waiting(pool) > 0)
        aluno__clock_sleep(1);
    readers_stop(pool);
    assert_int_equal(asked, 2);
    const int64_t least_us = first.took_us < 50000 ? first.took_us : 50000;
    assert_true(second.begun_us - first.begun_us >= first.took_us + least_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lines_take_turns),
        cmocka_unit_test(a_line_is_bounded),
        cmocka_unit_test(only_an_idle_thread_takes_an_offer),
        cmocka_unit_test(tasks_that_wait_run_together),
        cmocka_unit_test(a_thread_rests_when_it_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
