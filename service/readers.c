/* A queue of lines that have tasks, and the threads that run them. A line that has had its turn goes to the
 * end of the queue. */
#include "readers.h"

#include "base/clock.h"
#include "base/thread.h"

#include <stdlib.h>

enum {
    RESTS = 6,          /* times as long as the task before: tests/campaign/fairness.sh shows what it gives */
    REST_MOST_MS = 100, /* so much longer may a task wait that comes meanwhile */
};

struct readers {
    pthread_mutex_t mutex;
    pthread_cond_t changed, stops;
    struct reader_line *first, *last; /* lines with tasks, in the order of their turns */
    struct reader_line offered;       /* tasks that are nobody's in particular */
    size_t waiting;                   /* tasks */
    size_t idle;                      /* threads that wait for a task */
    size_t together;                  /* tasks that a thread may take at once */
    bool stopping;
    bool (*must_rest)(void *argument);
    void *argument;
    size_t count;
    pthread_t threads[];
};

static void add_line(struct readers *pool, struct reader_line *line)
{
    line->next = NULL;
    *(pool->first == NULL ? &pool->first : &pool->last->next) = line;
    pool->last = line;
}

static void add_task(struct readers *pool, struct reader_line *line, struct reader_task *task)
{
    task->next = NULL;
    *(line->count == 0 ? &line->first : &line->last->next) = task;
    line->last = task;
    pool->waiting++;
    if (line->count++ == 0)
        add_line(pool, line);
    pthread_cond_signal(&pool->changed);
}

/* Takes a task of the line whose turn it is. */
static struct reader_task *take_turn(struct readers *pool)
{
    struct reader_line *line = pool->first;
    struct reader_task *task = line->first;
    pool->first = line->next;
    line->first = task->next;
    pool->waiting--;
    if (--line->count > 0)
        add_line(pool, line);
    task->next = NULL;
    return task;
}

/* Takes the tasks of several turns, linked. */
static struct reader_task *take_turns(struct readers *pool)
{
    struct reader_task *first = take_turn(pool), *last = first;
    for (size_t count = 1; count < pool->together && pool->first != NULL; count++)
        last = last->next = take_turn(pool);
    return first;
}

/* Waits for tasks; NULL when none is queued and the threads are to end. */
static struct reader_task *take(struct readers *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->idle++;
    while (pool->first == NULL && !pool->stopping)
        pthread_cond_wait(&pool->changed, &pool->mutex);
    pool->idle--;
    struct reader_task *task = pool->first != NULL ? take_turns(pool) : NULL;
    pthread_mutex_unlock(&pool->mutex);
    return task;
}

static void rest(struct readers *pool, int64_t took_us)
{
    const int64_t rest_ms = took_us * RESTS / 1000;
    const int64_t until_ms = aluno__clock_deadline(rest_ms < REST_MOST_MS ? rest_ms : REST_MOST_MS);
    const struct timespec until = aluno__clock_timespec(until_ms);
    pthread_mutex_lock(&pool->mutex);
    while (!pool->stopping && aluno__clock_ms() < until_ms)
        pthread_cond_timedwait(&pool->stops, &pool->mutex, &until);
    pthread_mutex_unlock(&pool->mutex);
}

static void *work(void *argument)
{
    struct readers *pool = argument;
    for (struct reader_task *task = take(pool); task != NULL; task = take(pool)) {
        const int64_t begun_us = aluno__clock_us();
        task->run(task);
        if (pool->must_rest(pool->argument))
            rest(pool, aluno__clock_us() - begun_us);
    }
    return NULL;
}

struct readers *readers_start(size_t count, size_t together, bool (*must_rest)(void *argument),
                              void *argument)
{
    struct readers *pool = calloc(1, sizeof *pool + count * sizeof *pool->threads);
    if (pool == NULL)
        return NULL;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->changed, NULL);
    aluno__cond_init(&pool->stops);
    pool->together = together;
    pool->must_rest = must_rest;
    pool->argument = argument;
    for (; pool->count < count; pool->count++) {
        if (aluno__thread_start(&pool->threads[pool->count], work, pool) != 0) {
            readers_stop(pool);
            return NULL;
        }
    }
    return pool;
}

bool readers_submit(struct readers *pool, struct reader_line *line, struct reader_task *task, size_t most)
{
    pthread_mutex_lock(&pool->mutex);
    const bool has_room = line->count < most;
    if (has_room)
        add_task(pool, line, task);
    pthread_mutex_unlock(&pool->mutex);
    return has_room;
}

bool readers_offer(struct readers *pool, struct reader_task *task)
{
    pthread_mutex_lock(&pool->mutex);
    const bool is_taken = pool->idle > pool->waiting;
    if (is_taken)
        add_task(pool, &pool->offered, task);
    pthread_mutex_unlock(&pool->mutex);
    return is_taken;
}

size_t readers_waiting(struct readers *pool)
{
    pthread_mutex_lock(&pool->mutex);
    const size_t waiting = pool->waiting;
    pthread_mutex_unlock(&pool->mutex);
    return waiting;
}

void readers_stop(struct readers *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_cond_broadcast(&pool->stops);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->stops);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}
