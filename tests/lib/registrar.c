/* The registrar's thread, and the checks of its work. */
#include "registrar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool record(struct registrar *registrar, aluno_code code, const aluno_error *error, int64_t begun_ms)
{
    const int64_t took_ms = school_now_ms() - begun_ms;
    if (took_ms > registrar->slowest_ms)
        registrar->slowest_ms = took_ms;
    if (code == ALUNO_OK)
        return true;
    registrar->failures++;
    registrar->other_than_down += code != ALUNO_UNAVAILABLE && code != ALUNO_DEADLINE_EXCEEDED;
    registrar->failure = *error;
    return false;
}

/* Registers the next student. `request_id` is "" for a new change, else that of the change to repeat. A
 * failure stores its request id there. */
static bool create(struct registrar *registrar, char request_id[37], aluno_student *stored)
{
    const aluno_create_student_request request =
        school_student(registrar->first + atomic_load(&registrar->created));
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    aluno_error error = {0};
    options.timeout_ms = registrar->timeout_ms;
    options.request_id = *request_id != '\0' ? request_id : NULL;
    const int64_t begun_ms = school_now_ms();
    const aluno_code code = aluno_create_student(registrar->client, &request, stored, &options, &error);
    if (record(registrar, code, &error, begun_ms)) {
        *request_id = '\0';
        return true;
    }
    memcpy(request_id, error.request_id, sizeof error.request_id);
    return false;
}

static void read_back(struct registrar *registrar, int64_t id, uint32_t number)
{
    const aluno_get_student_request request = {.has.id = true, .id = id};
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    aluno_student stored = {0};
    aluno_error error = {0};
    options.timeout_ms = registrar->timeout_ms;
    const int64_t begun_ms = school_now_ms();
    const aluno_code code = aluno_get_student(registrar->client, &request, &stored, &options, &error);
    if (record(registrar, code, &error, begun_ms))
        registrar->wrong += !school_is_student(&stored, number);
}

static void *work(void *argument)
{
    struct registrar *registrar = argument;
    char request_id[37] = "";
    while (!atomic_load(&registrar->stopping)) {
        aluno_student stored = {0};
        if (!create(registrar, request_id, &stored))
            continue;
        read_back(registrar, stored.id, registrar->first + atomic_fetch_add(&registrar->created, 1));
        if (registrar->is_patient)
            school_sleep(10);
    }
    return NULL;
}

void registrar_start(struct registrar *registrar)
{
    assert_int_equal(pthread_create(&registrar->thread, NULL, work, registrar), 0);
}

void registrar_stop(struct registrar *registrar)
{
    atomic_store(&registrar->stopping, true);
    pthread_join(registrar->thread, NULL);
}

void registrar_check_no_failures(const struct registrar *registrar)
{
    if (registrar->failures > 0)
        fail_msg("%u calls failed, the last with %s: %s %s", registrar->failures, registrar->failure.reason,
                 registrar->failure.message, registrar->failure.detail);
    assert_int_equal(registrar->wrong, 0);
    assert_true(atomic_load(&registrar->created) > 0);
}

/* ---- the census ---- */

struct census {
    const struct registrar *registrars;
    size_t count;
    unsigned char **seen; /* how often each registrar's students are stored */
    size_t wrong;         /* students that differ from those registered */
};

/* The student after the last success may be registered, too: its outcome is unknown. */
static uint32_t max_created(const struct registrar *registrar)
{
    return atomic_load(&registrar->created) + 1;
}

static void count_student(const aluno_student *student, void *argument)
{
    struct census *census = argument;
    uint32_t number = 0;
    (void)sscanf(student->email, "aluno%u@", &number);
    for (size_t i = 0; i < census->count; i++) {
        const struct registrar *registrar = &census->registrars[i];
        if (number < registrar->first || number - registrar->first >= max_created(registrar))
            continue;
        census->wrong += !school_is_student(student, number);
        census->seen[i][number - registrar->first]++;
    }
}

void registrar_check_students(const struct registrar *registrars, size_t count, aluno_client *client)
{
    struct census census = {
        .registrars = registrars, .count = count, .seen = calloc(count, sizeof *census.seen)};
    size_t missing = 0, twice = 0;
    for (size_t i = 0; i < count; i++)
        census.seen[i] = calloc(max_created(&registrars[i]), 1);
    school_each_student(client, count_student, &census);
    for (size_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < max_created(&registrars[i]); j++) {
            missing += census.seen[i][j] == 0 && j + 1 < max_created(&registrars[i]);
            twice += census.seen[i][j] > 1;
        }
        free(census.seen[i]);
    }
    free(census.seen);
    assert_int_equal(missing, 0);
    assert_int_equal(twice, 0);
    assert_int_equal(census.wrong, 0);
}
