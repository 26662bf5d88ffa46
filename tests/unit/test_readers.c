/* service/readers.c: callers' lines take turns, and each is bounded. */
#include "unit.h"

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
    struct readers *pool = readers_start(1);
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
    struct readers *pool = readers_start(1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lines_take_turns),
        cmocka_unit_test(a_line_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
