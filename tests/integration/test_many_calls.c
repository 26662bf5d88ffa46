/* One client under load: 50,000 calls (16,000 with a sanitizer) by 16 threads at once, synchronous and
 * started, reads and changes. Each reply must be the right one. */
#include "school.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    THREADS = 16,
    CALLS = IS_SANITIZED ? 16000 : 50000,
    ROUND = 20,    /* calls of a thread: one creates, nine read, ten are started and read as well */
    IN_FLIGHT = 8, /* started calls of a thread */
    SECONDS = 100,
    CALL_MS = 60000,
    POLL_MS = 20, /* between checks whether the workers have ended */
};

struct worker {
    aluno_client *client;
    uint32_t number; /* of its present student */
    int64_t id;
    pthread_t thread;
    sem_t places; /* for started calls */
    atomic_uint answered, wrong;
    aluno_error failure; /* the last one of calls that it made */
};

static struct school school;
static struct worker workers[THREADS];
static atomic_uint working; /* threads */

/* A started read of a student. */
struct flight {
    struct worker *worker;
    uint32_t number;
};

/* ---- a worker's calls ---- */

static const aluno_call_options *patient(void)
{
    static const aluno_call_options options = {.size = sizeof options, .timeout_ms = CALL_MS};
    return &options;
}

static void note(struct worker *worker, bool right)
{
    atomic_fetch_add(right ? &worker->answered : &worker->wrong, 1);
}

static void create(struct worker *worker)
{
    const aluno_create_student_request request = school_student(++worker->number);
    aluno_student stored = {0};
    const aluno_code code =
        aluno_create_student(worker->client, &request, &stored, patient(), &worker->failure);
    worker->id = stored.id;
    note(worker, code == ALUNO_OK && school_is_student(&stored, worker->number));
}

static void get(struct worker *worker)
{
    const aluno_get_student_request request = {.has.id = true, .id = worker->id};
    aluno_student found = {0};
    const aluno_code code = aluno_get_student(worker->client, &request, &found, patient(), &worker->failure);
    note(worker, code == ALUNO_OK && school_is_student(&found, worker->number));
}

static void list(struct worker *worker)
{
    static _Thread_local aluno_list_students_reply page;
    const aluno_list_students_request request = {.has.page_size = true, .page_size = 3};
    const aluno_code code = aluno_list_students(worker->client, &request, &page, patient(), &worker->failure);
    note(worker, code == ALUNO_OK && page.students.count > 0 && page.students.count <= 3);
}

/* Runs on the main thread, which dispatches. */
static void on_got(void *user, const aluno_result *result)
{
    struct flight *flight = user;
    note(flight->worker, result->code == ALUNO_OK && school_is_student(result->reply, flight->number));
    sem_post(&flight->worker->places);
    free(flight);
}

static void start_get(struct worker *worker)
{
    const aluno_get_student_request request = {.has.id = true, .id = worker->id};
    struct flight *flight = malloc(sizeof *flight);
    *flight = (struct flight){.worker = worker, .number = worker->number};
    while (sem_wait(&worker->places) != 0)
        continue;
    if (aluno_start_get_student(worker->client, &request, patient(), on_got, flight, NULL,
                                &worker->failure) == ALUNO_OK)
        return;
    note(worker, false);
    free(flight);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    for (unsigned i = 0; i < CALLS / THREADS; i++) {
        if (i % ROUND == 0)
            create(worker);
        else if (i % ROUND == 1)
            list(worker);
        else if (i % 2 == 0)
            start_get(worker);
        else
            get(worker);
    }
    atomic_fetch_sub(&working, 1);
    return NULL;
}

/* ---- the test ---- */

static void dispatch_until_done(aluno_client *client)
{
    struct pollfd event = {.fd = aluno_client_fd(client), .events = POLLIN};
    while (atomic_load(&working) > 0 || aluno_client_pending(client) > 0) {
        (void)poll(&event, 1, POLL_MS);
        (void)aluno_client_dispatch(client, 0);
    }
}

static void test_many_calls_on_one_client(void **state)
{
    (void)state;
    aluno_statistics stats = {.size = sizeof stats};
    aluno_client *client = school_client(&school);
    atomic_store(&working, THREADS);
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.client = client, .number = 1000000 * (i + 1)};
        assert_int_equal(sem_init(&workers[i].places, 0, IN_FLIGHT), 0);
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    dispatch_until_done(client);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        sem_destroy(&workers[i].places);
    }
    for (size_t i = 0; i < THREADS; i++) {
        if (atomic_load(&workers[i].wrong) > 0)
            fail_msg("%u answers were wrong: %s %s", atomic_load(&workers[i].wrong),
                     workers[i].failure.reason, workers[i].failure.detail);
        assert_int_equal(atomic_load(&workers[i].answered), CALLS / THREADS);
    }
    aluno_client_statistics(client, &stats);
    assert_int_equal(stats.calls, CALLS);
    assert_int_equal(stats.succeeded, CALLS);
    assert_int_equal(stats.failed + stats.in_progress, 0);
    aluno_client_close(client);
}

static int set_up(void **state)
{
    (void)state;
    school_open(&school, SECONDS);
    school_start(&school);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_many_calls_on_one_client, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
