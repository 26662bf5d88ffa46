/* The SDK under many threads: one client shared by all, many clients at once, short deadlines, and closing
 * while calls are in progress. */
#include "school.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    THREADS = 16,
    CLIENTS = 4,
    STUDENTS = IS_SANITIZED ? 20 : 60, /* of each thread; seven calls each */
    HURRIED_CALLS = IS_SANITIZED ? 100 : 400,
    OPENINGS = IS_SANITIZED ? 60 : 200,
    CLOSINGS = IS_SANITIZED ? 4 : 10, /* of each kind */
    ASLEEP_MS = 10000,
    CLOSED_MS = 4000, /* closing waits at most three seconds */
};

static struct school school;

/* ---- every answer is right ---- */

struct worker {
    aluno_client *client;
    uint32_t first; /* the numbers of its students */
    pthread_t thread;
    aluno_error error;
    const char *wrong; /* the step that failed, or that had a wrong reply; NULL: none */
};

static bool gets(struct worker *worker, const aluno_get_student_request *request, uint32_t number)
{
    aluno_student found = {0};
    return aluno_get_student(worker->client, request, &found, NULL, &worker->error) == ALUNO_OK &&
           school_is_student(&found, number);
}

static bool lists(struct worker *worker)
{
    static _Thread_local aluno_list_students_reply page;
    const aluno_list_students_request request = {.has.page_size = true, .page_size = 5};
    if (aluno_list_students(worker->client, &request, &page, NULL, &worker->error) != ALUNO_OK)
        return false;
    for (size_t i = 1; i < page.students.count; i++)
        if (page.students.items[i - 1].id >= page.students.items[i].id)
            return false;
    return page.students.count <= 5 && page.total_size >= (int64_t)page.students.count;
}

/* Sets the e-mail of another number, and then its own again. */
static bool updates(struct worker *worker, int64_t id, uint32_t number)
{
    aluno_student changed = {0};
    aluno_update_student_request request = {.has = {.id = true, .student = true}, .id = id};
    const aluno_create_student_request other = school_student(number + STUDENTS),
                                       own = school_student(number);
    ALUNO_SET_TEXT(request.student, email, other.student.email);
    if (aluno_update_student(worker->client, &request, &changed, NULL, &worker->error) != ALUNO_OK ||
        strcmp(changed.email, other.student.email) != 0)
        return false;
    ALUNO_SET_TEXT(request.student, email, own.student.email);
    return aluno_update_student(worker->client, &request, &changed, NULL, &worker->error) == ALUNO_OK &&
           school_is_student(&changed, number);
}

static bool deletes(struct worker *worker, int64_t id)
{
    const aluno_delete_student_request request = {.has.id = true, .id = id};
    const aluno_get_student_request get = {.has.id = true, .id = id};
    aluno_student gone;
    return aluno_delete_student(worker->client, &request, &gone, NULL, &worker->error) == ALUNO_OK &&
           aluno_get_student(worker->client, &get, &gone, NULL, &worker->error) == ALUNO_NOT_FOUND;
}

/* Returns the step that failed, or NULL. */
static const char *care_for(struct worker *worker, uint32_t number)
{
    const aluno_create_student_request create = school_student(number);
    aluno_get_student_request by_id = {.has.id = true}, by_document = {0};
    aluno_student stored = {0};
    if (aluno_create_student(worker->client, &create, &stored, NULL, &worker->error) != ALUNO_OK ||
        !school_is_student(&stored, number))
        return "create";
    by_id.id = stored.id;
    ALUNO_SET_TEXT(by_document, br_document, stored.br_document);
    if (!gets(worker, &by_id, number) || !gets(worker, &by_document, number))
        return "get";
    if (!lists(worker))
        return "list";
    if (!updates(worker, stored.id, number))
        return "update";
    return number % 2 == 0 && !deletes(worker, stored.id) ? "delete" : NULL;
}

static void *care_for_students(void *argument)
{
    struct worker *worker = argument;
    for (uint32_t i = 0; i < STUDENTS && worker->wrong == NULL; i++)
        worker->wrong = care_for(worker, worker->first + i);
    return NULL;
}

static void work_with(aluno_client *const clients[], size_t count)
{
    static struct worker workers[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.client = clients[i % count], .first = 1000000 * (i + 1)};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, care_for_students, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (size_t i = 0; i < THREADS; i++)
        if (workers[i].wrong != NULL)
            fail_msg("%s went wrong: %s %s", workers[i].wrong, workers[i].error.reason,
                     workers[i].error.detail);
}

static void test_one_client_for_all_threads(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    work_with(&client, 1);
    aluno_client_close(client);
}

static void test_several_clients(void **state)
{
    (void)state;
    aluno_client *clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++)
        clients[i] = school_client(&school);
    work_with(clients, CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++)
        aluno_client_close(clients[i]);
}

/* ---- deadlines ---- */

/* A call fails when its deadline passes, and the next one succeeds. */
static void test_short_deadlines(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    aluno_call_options hurried = ALUNO_CALL_OPTIONS_INIT;
    const aluno_health_check_request check = {0};
    aluno_health_check_reply health;
    aluno_list_students_reply *page = test_malloc(sizeof *page);
    const aluno_list_students_request list = {0};
    hurried.timeout_ms = 1;
    assert_int_equal(aluno_client_connect(client, 0, NULL), ALUNO_OK);
    for (int i = 0; i < HURRIED_CALLS; i++) {
        aluno_error error = {0};
        if (aluno_list_students(client, &list, page, &hurried, &error) != ALUNO_OK)
            assert_string_equal(error.reason, "DEADLINE_PASSED");
        assert_int_equal(aluno_health_check(client, &check, &health, NULL, NULL), ALUNO_OK);
    }
    test_free(page);
    aluno_client_close(client);
}

/* ---- closing ---- */

struct caller {
    aluno_client *client;
    pthread_t thread;
    atomic_int id; /* of the thread, once it is about to call */
    aluno_error error;
};

static void *call_once(void *argument)
{
    struct caller *caller = argument;
    const aluno_get_student_request request = {.has.id = true, .id = 1};
    aluno_student found;
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    options.timeout_ms = 60000;
    atomic_store(&caller->id, gettid());
    aluno_get_student(caller->client, &request, &found, &options, &caller->error);
    return NULL;
}

static void *connect_once(void *argument)
{
    struct caller *caller = argument;
    atomic_store(&caller->id, gettid());
    aluno_client_connect(caller->client, 60000, &caller->error);
    return NULL;
}

/* Whether a thread that was about to call sleeps: its call is in progress. */
static bool is_waiting(struct caller *caller)
{
    char path[64], state = 'R';
    const int id = atomic_load(&caller->id);
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", id);
    FILE *file = id != 0 ? fopen(path, "re") : NULL;
    if (file == NULL)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'R';
    fclose(file);
    return state == 'S';
}

static bool are_waiting(void *callers)
{
    for (size_t i = 0; i < THREADS; i++)
        if (!is_waiting((struct caller *)callers + i))
            return false;
    return true;
}

/* Closes a client in which all threads wait: each call ends soon, with CLIENT_CLOSED. */
static void close_under(aluno_client *client, void *(*wait)(void *))
{
    static struct caller callers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        callers[i] = (struct caller){.client = client};
        assert_int_equal(pthread_create(&callers[i].thread, NULL, wait, &callers[i]), 0);
    }
    const bool waiting = school_wait(are_waiting, callers, ASLEEP_MS);
    const int64_t begun_ms = school_now_ms();
    aluno_client_close(client);
    const int64_t took_ms = school_now_ms() - begun_ms;
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(callers[i].thread, NULL);
    assert_true(waiting);
    assert_true(took_ms < CLOSED_MS);
    for (size_t i = 0; i < THREADS; i++)
        assert_string_equal(callers[i].error.reason, "CLIENT_CLOSED");
}

/* The service is halted, so that no reply comes. */
static void test_close_under_calls(void **state)
{
    (void)state;
    for (int i = 0; i < CLOSINGS; i++) {
        aluno_client *client = school_client(&school);
        assert_int_equal(aluno_client_connect(client, 0, NULL), ALUNO_OK);
        school_halt(&school);
        close_under(client, call_once);
        school_resume(&school);
    }
}

static aluno_client *client_of(uint16_t port)
{
    char server[64];
    aluno_client *client = NULL;
    aluno_client_options options = school_client_options(&school);
    snprintf(server, sizeof server, "tls+tcp://127.0.0.1:%u", port);
    options.server = server;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    return client;
}

/* The other side accepts and sends nothing. */
static void test_close_under_a_hanging_dial(void **state)
{
    (void)state;
    uint16_t port;
    const int listener = school_listen_silently(&port);
    for (int i = 0; i < CLOSINGS; i++)
        close_under(client_of(port), i % 2 == 0 ? call_once : connect_once);
    close(listener);
}

static size_t count_own_descriptors(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static bool are_own_descriptors_few(void *most)
{
    return count_own_descriptors() <= *(size_t *)most;
}

/* Closes clients at once, while they dial, when connected, and after a call. */
static void test_open_and_close(void **state)
{
    (void)state;
    const aluno_health_check_request check = {0};
    aluno_health_check_reply health;
    size_t before = count_own_descriptors() + 1; /* the reaper may lag behind by one */
    for (int i = 0; i < OPENINGS; i++) {
        aluno_client *client = school_client(&school);
        if (i % 4 == 1)
            assert_int_equal(aluno_client_connect(client, 0, NULL), ALUNO_OK);
        if (i % 4 == 2)
            assert_int_equal(aluno_health_check(client, &check, &health, NULL, NULL), ALUNO_OK);
        if (i % 4 == 3)
            (void)aluno_client_connect(client, 1, NULL);
        aluno_client_close(client);
    }
    assert_true(school_wait(are_own_descriptors_few, &before, ASLEEP_MS));
}

/* ---- failures of the connection ---- */

/* Returns the error of a call through a client with these options. */
static aluno_error failure_of(const aluno_client_options *options, int64_t timeout_ms)
{
    const aluno_health_check_request check = {0};
    aluno_health_check_reply health;
    aluno_call_options call = ALUNO_CALL_OPTIONS_INIT;
    aluno_client *client = NULL;
    aluno_error error = {0};
    call.timeout_ms = timeout_ms;
    assert_int_equal(aluno_client_open(&client, options, &error), ALUNO_OK);
    assert_int_not_equal(aluno_health_check(client, &check, &health, &call, &error), ALUNO_OK);
    aluno_client_close(client);
    return error;
}

static void check_server(const char *server, const char *reason)
{
    aluno_client_options options = school_client_options(&school);
    options.server = server;
    const aluno_error error = failure_of(&options, 1000);
    assert_string_equal(error.reason, reason);
    assert_int_equal(error.code, ALUNO_UNAVAILABLE);
    assert_true(error.has.detail);
}

static void test_failures_have_reasons(void **state)
{
    (void)state;
    char server[64];
    uint16_t port;
    const int silent = school_listen_silently(&port);
    snprintf(server, sizeof server, "tls+tcp://127.0.0.1:%u", port);
    check_server(server, "CONNECTION_TIMEOUT");
    close(silent);
    check_server(server, "CONNECTION_REFUSED");
    /* A label of more than 63 bytes is not valid: the resolver sends no query. */
    check_server(
        "tls+tcp://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid:1",
        "ADDRESS_UNKNOWN");
}

static void test_refused_certificates(void **state)
{
    (void)state;
    aluno_client_options options = school_client_options(&school);
    options.tls_name = "other.example";
    const aluno_error wrong_host = failure_of(&options, 5000);
    assert_string_equal(wrong_host.reason, "TLS_WRONG_HOST");
    assert_int_equal(wrong_host.code, ALUNO_UNAUTHENTICATED);
}

/* ---- errors ---- */

static void test_errors_are_the_callers(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    const aluno_health_check_request check = {0};
    const aluno_get_student_request nobody = {.has.id = true, .id = INT64_MAX}, nothing = {0};
    aluno_health_check_reply health;
    aluno_student found = {.age = 77};
    aluno_error error = {.code = 99}, first;
    assert_int_equal(aluno_health_check(client, &check, &health, NULL, &error), ALUNO_OK);
    assert_int_equal(error.code, 99); /* written only on failure */
    assert_int_equal(aluno_get_student(client, &nobody, &found, NULL, &error), ALUNO_NOT_FOUND);
    assert_int_equal(found.age, 77); /* written only on success */
    first = error;
    assert_int_equal(aluno_get_student(client, &nothing, &found, NULL, &error), ALUNO_INVALID_ARGUMENT);
    aluno_client_close(client);
    assert_string_equal(first.reason, "STUDENT_NOT_FOUND");
    assert_string_equal(error.reason, "FIELDS_INVALID");
    assert_int_equal(aluno_client_connect(client = school_client(&school), 0, NULL), ALUNO_OK);
    assert_int_equal(aluno_get_student(client, &nobody, &found, NULL, NULL), ALUNO_NOT_FOUND);
    aluno_client_close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_one_client_for_all_threads, school_set_up),
        SCHOOL_TEST(test_several_clients, school_set_up),
        SCHOOL_TEST(test_short_deadlines, school_set_up),
        SCHOOL_TEST(test_close_under_calls, school_set_up),
        SCHOOL_TEST(test_close_under_a_hanging_dial, school_set_up),
        SCHOOL_TEST(test_open_and_close, school_set_up),
        SCHOOL_TEST(test_failures_have_reasons, school_set_up),
        SCHOOL_TEST(test_refused_certificates, school_set_up),
        SCHOOL_TEST(test_errors_are_the_callers, school_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
