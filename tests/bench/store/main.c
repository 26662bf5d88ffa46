/* bench-store: durable creates without a network, from the bytes of a request to the bytes of its reply.
 *
 *   bench-store [--no-audit] FILE [CREATES]
 *
 * FILE is a new database, on a disk, which is removed afterwards, with its audit.
 * Two groups of 64 requests are in flight in turn, so that one queues while the other is committed. `own
 * CPU` is that of the threads of the store; the rest parses and validates. */
#include "bench_audit.h"
#include "request.h"

#include "execute.h"
#include "log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { GROUPS = 2, GROUP = 64, CREATES = 100000, BIG_PRIME = 999999937 };

struct group {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t left; /* calls without a reply */
    struct slot {
        struct execution execution; /* first: `done` returns it */
        struct group *group;
    } slots[GROUP];
};

static struct group groups[GROUPS];
static atomic_bool has_failed;

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void finish(struct execution *execution)
{
    struct group *group = ((struct slot *)(void *)execution)->group;
    if (execution->outcome.code != ALUNO_OK)
        has_failed = true;
    pthread_mutex_lock(&group->lock);
    if (--group->left == 0)
        pthread_cond_signal(&group->changed);
    pthread_mutex_unlock(&group->lock);
}

static void wait_for(struct group *group)
{
    pthread_mutex_lock(&group->lock);
    while (group->left > 0)
        pthread_cond_wait(&group->changed, &group->lock);
    pthread_mutex_unlock(&group->lock);
}

static void start(struct service *service, struct group *group, const aluno__buffer *requests)
{
    static struct account account;
    static atomic_bool gone;
    static const struct caller caller = {.number = 1,
                                         .name = "secretaria",
                                         .role = ALUNO_ROLE_registrar,
                                         .identity = &bench_identity,
                                         .account = &account,
                                         .gone = &gone};
    group->left = GROUP;
    for (size_t i = 0; i < GROUP; i++)
        execute(&group->slots[i].execution, service, &caller, requests[i].data, requests[i].size, finish);
}

/* Creates `count` students; `stride` is the distance of their CPFs. */
static void run(struct service *service, const char *name, uint32_t first, size_t count, uint64_t stride)
{
    aluno__buffer *requests = calloc(count, sizeof *requests);
    if (requests == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        request_create(&requests[i], (uint32_t)((first + i) * stride % BIG_PRIME));
    const double begin = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID),
                 mine = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < count / GROUP; i++) {
        wait_for(&groups[i % GROUPS]);
        start(service, &groups[i % GROUPS], &requests[i * GROUP]);
    }
    for (size_t i = 0; i < GROUPS; i++)
        wait_for(&groups[i]);
    const double calls = (double)(count / GROUP * GROUP), us = 1e6 / calls;
    const double all = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("%-12s %9.0f creates/s  %6.2f us of CPU each, own CPU %6.2f\n", name,
           calls / (seconds(CLOCK_MONOTONIC) - begin), all * us,
           (all - (seconds(CLOCK_THREAD_CPUTIME_ID) - mine)) * us);
    for (size_t i = 0; i < count; i++)
        aluno__buffer_free(&requests[i]);
    free(requests);
}

static bool measure(const char *file, size_t creates, bool is_audited)
{
    struct service service;
    aluno_error error;
    if (service_open(&service, file, false, 1, &error) != ALUNO_OK ||
        (is_audited && bench_audit_open(&service, file, &error) != ALUNO_OK)) {
        fprintf(stderr, "bench-store: %s\n", error.message);
        return false;
    }
    run(&service, "in order", 1, creates, 1);
    run(&service, "at random", (uint32_t)creates + GROUP, creates, 7368787);
    service_close(&service);
    return !has_failed;
}

static void remove_database(const char *file)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s%s", file, endings[i]);
        unlink(name);
    }
    bench_audit_remove(file);
}

int main(int argc, char *argv[])
{
    const bool is_audited = bench_audit_is_wanted(&argc, &argv);
    if (argc < 2 || access(argv[1], F_OK) == 0) {
        fputs("usage: bench-store [--no-audit] FILE [CREATES]; FILE must not exist\n", stderr);
        return 2;
    }
    const size_t creates = argc > 2 ? strtoul(argv[2], NULL, 10) : CREATES;
    log_set_level(LOG_ERROR);
    for (size_t i = 0; i < GROUPS; i++) {
        pthread_mutex_init(&groups[i].lock, NULL);
        pthread_cond_init(&groups[i].changed, NULL);
        for (size_t k = 0; k < GROUP; k++)
            groups[i].slots[k].group = &groups[i];
    }
    const bool done = measure(argv[1], creates, is_audited);
    remove_database(argv[1]);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
