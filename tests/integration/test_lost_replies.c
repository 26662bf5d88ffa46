/* Exactly once: replies are lost after the commit, and the service is killed again and again. Every call must
 * end with OK, and every student must exist once. */
#include "proxy.h"
#include "school.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum {
    STUDENTS = IS_SANITIZED ? 800 : 2000,
    CREATORS = 8, /* each with a client of its own; half of them make calls, the others start them */
    OWN = STUDENTS / CREATORS,
    IN_FLIGHT = 4, /* of one that starts calls */
    RECORDS =
        STUDENTS / 2 + STUDENTS / 2 / IN_FLIGHT, /* at least: replies in flight together may share one */
    PERIOD = 5,                                  /* one record of replies in so many is lost */
    KILLS = IS_SANITIZED ? 4 : 10,
    CALL_MS = 30000, /* longer than the test */
    PROGRESS_MS = 30000,
};

struct creator {
    aluno_client *client;
    uint32_t first, next; /* its students are numbered from `first` */
    pthread_t thread;
    unsigned failures, wrong;
    aluno_error failure; /* the last */
};

/* A started call. */
struct flight {
    struct creator *creator;
    uint32_t number;
};

static struct school school;
static struct creator creators[CREATORS];
static atomic_uint answered;

static void note(struct creator *creator, uint32_t number, aluno_code code, const aluno_student *stored,
                 const aluno_error *error)
{
    if (code != ALUNO_OK) {
        creator->failures++;
        creator->failure = *error;
        return;
    }
    creator->wrong += !school_is_student(stored, number);
    atomic_fetch_add(&answered, 1);
}

/* ---- the creators ---- */

static aluno_call_options patient(void)
{
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    options.timeout_ms = CALL_MS;
    return options;
}

static void *call_each(void *argument)
{
    struct creator *creator = argument;
    const aluno_call_options options = patient();
    for (; creator->next < creator->first + OWN; creator->next++) {
        const aluno_create_student_request request = school_student(creator->next);
        aluno_student stored = {0};
        aluno_error error;
        const aluno_code code = aluno_create_student(creator->client, &request, &stored, &options, &error);
        note(creator, creator->next, code, &stored, &error);
    }
    return NULL;
}

static aluno_completion on_created;

static void start_next(struct flight *flight)
{
    struct creator *creator = flight->creator;
    const aluno_call_options options = patient();
    if (creator->next == creator->first + OWN)
        return;
    flight->number = creator->next++;
    const aluno_create_student_request request = school_student(flight->number);
    aluno_error error;
    const aluno_code code =
        aluno_start_create_student(creator->client, &request, &options, on_created, flight, NULL, &error);
    if (code != ALUNO_OK)
        note(creator, flight->number, code, NULL, &error);
}

static void on_created(void *user, const aluno_result *result)
{
    struct flight *flight = user;
    note(flight->creator, flight->number, result->code, result->reply, result->error);
    start_next(flight);
}

static void *start_each(void *argument)
{
    struct creator *creator = argument;
    struct flight flights[IN_FLIGHT];
    for (size_t i = 0; i < IN_FLIGHT; i++) {
        flights[i].creator = creator;
        start_next(&flights[i]);
    }
    while (aluno_client_pending(creator->client) > 0)
        (void)aluno_client_wait(creator->client, -1);
    return NULL;
}

static void begin_creating(uint16_t port)
{
    char server[64];
    snprintf(server, sizeof server, "tls+tcp://127.0.0.1:%u", port);
    atomic_store(&answered, 0);
    for (uint32_t i = 0; i < CREATORS; i++) {
        struct creator *creator = &creators[i];
        aluno_client_options options = school_client_options(&school);
        options.server = server;
        *creator = (struct creator){.first = i * OWN, .next = i * OWN};
        assert_int_equal(aluno_client_open(&creator->client, &options, NULL), ALUNO_OK);
        /* A client that has had no connection does not wait for a service that is down. */
        assert_int_equal(aluno_client_connect(creator->client, CALL_MS, NULL), ALUNO_OK);
        assert_int_equal(pthread_create(&creator->thread, NULL, i % 2 == 0 ? call_each : start_each, creator),
                         0);
    }
}

/* Waits for them, and returns the sum of their clients' statistics. */
static aluno_statistics end_creating(void)
{
    aluno_statistics sum = {.size = sizeof sum};
    for (size_t i = 0; i < CREATORS; i++) {
        aluno_statistics own = {.size = sizeof own};
        pthread_join(creators[i].thread, NULL);
        aluno_client_statistics(creators[i].client, &own);
        sum.succeeded += own.succeeded;
        sum.retries += own.retries;
        sum.replays += own.replays;
        sum.connections += own.connections;
        aluno_client_close(creators[i].client);
    }
    for (size_t i = 0; i < CREATORS; i++)
        if (creators[i].failures > 0)
            fail_msg("%u calls failed, the last with %s: %s", creators[i].failures,
                     creators[i].failure.reason, creators[i].failure.detail);
    return sum;
}

/* ---- results ---- */

static void count_student(const aluno_student *student, void *argument)
{
    unsigned char *seen = argument;
    uint32_t number = STUDENTS;
    (void)sscanf(student->email, "aluno%u@", &number);
    if (number < STUDENTS && school_is_student(student, number))
        seen[number]++;
    else
        seen[STUDENTS]++;
}

static void check_students(const aluno_statistics *stats)
{
    static unsigned char seen[STUDENTS + 1];
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < CREATORS; i++)
        assert_int_equal(creators[i].wrong, 0);
    assert_int_equal(atomic_load(&answered), STUDENTS);
    assert_int_equal(stats->succeeded, STUDENTS);
    aluno_client *client = school_client(&school);
    school_each_student(client, count_student, seen);
    aluno_client_close(client);
    for (size_t i = 0; i < STUDENTS; i++)
        assert_int_equal(seen[i], 1);
    assert_int_equal(seen[STUDENTS], 0);
}

/* ---- the tests ---- */

static void test_one_record_in_five_is_lost(void **state)
{
    (void)state;
    static struct proxy proxy;
    proxy_start(&proxy, school.port, PERIOD);
    begin_creating(proxy.port);
    const aluno_statistics stats = end_creating();
    proxy_stop(&proxy);
    check_students(&stats);
    assert_true(atomic_load(&proxy.lost) >= RECORDS / PERIOD);
    assert_true(atomic_load(&proxy.accepted) <= CREATORS + atomic_load(&proxy.lost)); /* one dial for each */
    assert_true(stats.retries >= stats.replays);
    assert_true(stats.replays > 0);
    school_stop(&school);
}

static bool have_answered(void *wanted)
{
    return atomic_load(&answered) >= *(const unsigned *)wanted;
}

static void test_killed_again_and_again(void **state)
{
    (void)state;
    begin_creating(school.port);
    for (unsigned i = 1; i <= KILLS; i++) {
        unsigned wanted = i * STUDENTS / (KILLS + 1);
        assert_true(school_wait(have_answered, &wanted, PROGRESS_MS));
        school_kill(&school);
        school_start(&school);
    }
    const aluno_statistics stats = end_creating();
    check_students(&stats);
    assert_true(stats.retries > 0);
    assert_int_equal(school_count_in_log(&school, "Server started..."), KILLS + 1);
    school_stop(&school);
}

static int set_up(void **state)
{
    (void)state;
    school_open(&school, 55);
    school_start(&school);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_one_record_in_five_is_lost, set_up),
        SCHOOL_TEST(test_killed_again_and_again, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
