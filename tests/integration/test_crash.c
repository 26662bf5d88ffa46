/* alunod is killed at random moments of writes and of its starts, several times. Every acknowledged student
 * is stored once, every other one at most once, and the clients reconnect. CRASH_ROUNDS, CRASH_STUDENTS and
 * CRASH_SEED ask for more: tests/campaign/kill.sh. */
#include "sample.h"
#include "school.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LOADS = 2,
    IN_FLIGHT = 32,            /* calls of each load: both together are within the service's bound */
    NUMBERS_APART = 100000000, /* of the loads' first students */
    ROUNDS = IS_SANITIZED ? 3 : 6,
    STUDENTS = 200, /* acknowledged in each round */
    SEED = 7,
    PATIENCE_MS = 30000,   /* outlasts a restart */
    CAMPAIGN_MS = 3600000, /* outlasts somebody's SIGSTOP, too */
    START_MS = 150,        /* a service that is starting is killed within */
    STARTS = 4,            /* one in so many starts is killed */
    HASTY_MS = 50,         /* of a call that does not wait for a restart */
    HASTY_CALLS = 16,      /* one in so many creations is hasty */
};

/* Whether the creation of a student was acknowledged, and how often the student is stored. */
struct fate {
    bool was_acknowledged;
    unsigned char stored;
};

/* A thread that keeps creations in flight and reads each student back. */
struct load {
    aluno_client *client;
    uint32_t first; /* the number of its first student */
    pthread_t thread;
    atomic_bool stopping;
    atomic_uint acknowledged;

    struct fate *fates; /* by number */
    uint32_t count, capacity;
    unsigned replayed; /* creations that were made by an attempt whose reply was lost */
    unsigned open;     /* hasty creations that were given up */
    unsigned wrong;    /* students read back that differ from those registered */
    unsigned failures; /* of calls with enough time, and refusals */
    aluno_error failure;
};

/* A creation and what follows it: then the next student takes its place. */
struct flight {
    struct load *load;
    uint32_t number; /* of the student, less the load's first */
    bool is_hasty;
    char request_id[37]; /* of the creation to repeat, or "" */
};

static int64_t patience_ms = PATIENCE_MS;
static struct school school;
static struct load loads[LOADS];

/* ---- the load ---- */

static void begin_student(struct flight *flight);

static void fail_call(struct load *load, const aluno_error *error)
{
    load->failures++;
    load->failure = *error;
    atomic_store(&load->stopping, true);
}

static void on_read(void *user, const aluno_result *result)
{
    struct flight *flight = user;
    struct load *load = flight->load;
    if (result->code != ALUNO_OK)
        fail_call(load, result->error);
    else
        load->wrong += !school_is_student(result->reply, load->first + flight->number);
    begin_student(flight);
}

static void read_back(struct flight *flight, int64_t id)
{
    const aluno_get_student_request request = {.has.id = true, .id = id};
    aluno_error error;
    if (aluno_start_get_student(flight->load->client, &request, NULL, on_read, flight, NULL, &error) !=
        ALUNO_OK)
        fail_call(flight->load, &error);
}

static void create(struct flight *flight);

/* A hasty creation has failed. Every second one is repeated until it is made. */
static void decide(struct flight *flight, const aluno_error *error)
{
    flight->is_hasty = false;
    if (flight->number / HASTY_CALLS % 2 == 0) {
        memcpy(flight->request_id, error->request_id, sizeof flight->request_id);
        create(flight);
        return;
    }
    flight->load->open++;
    begin_student(flight);
}

static void on_created(void *user, const aluno_result *result)
{
    struct flight *flight = user;
    struct load *load = flight->load;
    if (result->code == ALUNO_OK) {
        load->fates[flight->number].was_acknowledged = true;
        load->replayed += result->metadata->has.replayed && result->metadata->replayed;
        atomic_fetch_add(&load->acknowledged, 1);
        read_back(flight, ((const aluno_student *)result->reply)->id);
    } else if (flight->is_hasty &&
               (result->code == ALUNO_DEADLINE_EXCEEDED || result->code == ALUNO_UNAVAILABLE)) {
        decide(flight, result->error);
    } else {
        fail_call(load, result->error);
    }
}

static void create(struct flight *flight)
{
    const aluno_create_student_request request = school_student(flight->load->first + flight->number);
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    aluno_error error;
    options.timeout_ms = flight->is_hasty ? HASTY_MS : patience_ms;
    options.request_id = *flight->request_id != '\0' ? flight->request_id : NULL;
    if (aluno_start_create_student(flight->load->client, &request, &options, on_created, flight, NULL,
                                   &error) != ALUNO_OK)
        fail_call(flight->load, &error);
}

static void begin_student(struct flight *flight)
{
    struct load *load = flight->load;
    if (atomic_load(&load->stopping))
        return;
    if (load->count == load->capacity) {
        load->capacity = 2 * load->capacity + 1024;
        load->fates = realloc(load->fates, load->capacity * sizeof *load->fates);
    }
    flight->number = load->count++;
    flight->is_hasty = flight->number % HASTY_CALLS == 0;
    *flight->request_id = '\0';
    load->fates[flight->number] = (struct fate){.stored = 0};
    create(flight);
}

static void *keep_in_flight(void *argument)
{
    struct flight flights[IN_FLIGHT];
    struct load *load = argument;
    for (size_t i = 0; i < IN_FLIGHT; i++) {
        flights[i] = (struct flight){.load = load};
        begin_student(&flights[i]);
    }
    while (aluno_client_pending(load->client) > 0)
        aluno_client_wait(load->client, -1);
    return NULL;
}

static void start_loads(void)
{
    for (uint32_t i = 0; i < LOADS; i++) {
        aluno_client_options options = school_client_options(&school);
        options.timeout_ms = patience_ms;
        assert_int_equal(aluno_client_open(&loads[i].client, &options, NULL), ALUNO_OK);
        loads[i].first = i * NUMBERS_APART;
        assert_int_equal(pthread_create(&loads[i].thread, NULL, keep_in_flight, &loads[i]), 0);
    }
}

static void stop_loads(void)
{
    for (size_t i = 0; i < LOADS; i++) {
        struct load *load = &loads[i];
        atomic_store(&load->stopping, true);
        pthread_join(load->thread, NULL);
        if (load->failures > 0)
            fail_msg("%u calls failed, the last with %s: %s %s", load->failures, load->failure.reason,
                     load->failure.message, load->failure.detail);
        assert_int_equal(load->wrong, 0);
    }
}

/* Whether so many students are acknowledged, or a load has failed. */
static bool are_acknowledged(void *argument)
{
    const unsigned *wanted = argument;
    unsigned count = 0;
    for (size_t i = 0; i < LOADS; i++) {
        if (atomic_load(&loads[i].stopping))
            return true;
        count += atomic_load(&loads[i].acknowledged);
    }
    return count >= *wanted;
}

static void wait_for_students(unsigned wanted)
{
    assert_true(school_wait(are_acknowledged, &wanted, patience_ms));
    for (size_t i = 0; i < LOADS; i++) {
        if (atomic_load(&loads[i].stopping))
            stop_loads();
    }
}

/* ---- the census ---- */

static void count_student(const aluno_student *student, void *argument)
{
    unsigned *strangers = argument;
    uint32_t number = 0;
    (void)sscanf(student->email, "aluno%u@", &number);
    struct load *load = &loads[number / NUMBERS_APART % LOADS];
    if (number - load->first < load->count && school_is_student(student, number))
        load->fates[number - load->first].stored++;
    else
        (*strangers)++;
}

static void check_students(void)
{
    unsigned missing = 0, doubled = 0, strangers = 0, acknowledged = 0, replayed = 0, open = 0, made = 0;
    school_each_student(loads[0].client, count_student, &strangers);
    for (size_t i = 0; i < LOADS; i++) {
        for (uint32_t j = 0; j < loads[i].count; j++) {
            const struct fate *fate = &loads[i].fates[j];
            missing += fate->was_acknowledged && fate->stored == 0;
            doubled += fate->stored > 1;
            made += !fate->was_acknowledged && fate->stored > 0;
        }
        acknowledged += atomic_load(&loads[i].acknowledged);
        replayed += loads[i].replayed;
        open += loads[i].open;
    }
    printf("%u acknowledged students, %u of them by a repeat whose first attempt had made them; %u creations "
           "given up, %u of them made; %u missing, %u doubled, %u strangers\n",
           acknowledged, replayed, open, made, missing, doubled, strangers);
    assert_int_equal(missing, 0);
    assert_int_equal(doubled, 0);
    assert_int_equal(strangers, 0);
}

/* ---- the test ---- */

static unsigned number_in(const char *variable, unsigned fallback)
{
    const char *text = getenv(variable);
    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : fallback;
}

/* Some starts are killed, too. Returns how many. */
static unsigned restart(uint64_t *seed)
{
    unsigned killed = 0;
    school_kill(&school);
    for (; sample_below(seed, STARTS) == 0; killed++) {
        school_launch(&school);
        school_sleep((int64_t)sample_below(seed, START_MS));
        school_kill(&school);
    }
    school_launch(&school);
    return killed;
}

static void test_answered_creates_survive(void **state)
{
    (void)state;
    const unsigned rounds = number_in("CRASH_ROUNDS", ROUNDS);
    const unsigned students = number_in("CRASH_STUDENTS", STUDENTS);
    uint64_t seed = number_in("CRASH_SEED", SEED);
    unsigned starts = 0;
    if (rounds > ROUNDS) {
        alarm(0);
        patience_ms = CAMPAIGN_MS;
    }
    start_loads();
    for (unsigned i = 0; i < rounds; i++) {
        wait_for_students(i * students + (unsigned)sample_below(&seed, students));
        starts += restart(&seed);
    }
    wait_for_students(rounds * students);
    stop_loads();
    printf("crash: %u kills during writes, %u during starts; ", rounds, starts);
    check_students();
    for (size_t i = 0; i < LOADS; i++) {
        aluno_client_close(loads[i].client);
        free(loads[i].fates);
    }
    school_stop(&school);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_answered_creates_survive, school_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
