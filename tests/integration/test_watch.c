/* Watches of changes: nothing is missed and nothing comes out of order while others write, replies are lost
 * and the service is killed, stopped or replaced; and what waits is freed at once. */
#include "proxy.h"
#include "registrar.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum {
    WATCHERS = 4,
    STUDENTS = IS_SANITIZED ? 200 : 400,
    KILLS = 3,
    PERIOD = 10, /* one record of replies in so many is lost */
    PROGRESS_MS = 30000,
    AT_ONCE_MS = 5000, /* far less than what a watch would wait */
};

static struct school school;

/* ---- watchers: each has a client and a thread, and notes the changes that it receives ---- */

struct watcher {
    aluno_client *client;
    aluno_watch *watch;
    pthread_t thread;
    atomic_bool stopping;
    atomic_uint seen; /* different students that were created */
    int64_t last_place;
    unsigned backwards; /* places that came after a greater one, and were not seen before */
    aluno_code code;
    aluno_error error;
    bool has[STUDENTS * 4];
};

static struct watcher watchers[WATCHERS];

static void note_change(struct watcher *watcher, const aluno_student_change *change)
{
    uint32_t number = 0;
    if (change->place <= watcher->last_place) {
        watcher->backwards++;
        return;
    }
    watcher->last_place = change->place;
    if (!change->has.student || sscanf(change->student.email, "aluno%u@", &number) != 1)
        return;
    number %= STUDENTS * 4;
    atomic_fetch_add(&watcher->seen, !watcher->has[number]);
    watcher->has[number] = true;
}

static void *watch_all(void *argument)
{
    struct watcher *watcher = argument;
    while (!atomic_load(&watcher->stopping) && watcher->code == ALUNO_OK) {
        const aluno_student_change *change;
        watcher->code = aluno_watch_next(watcher->watch, 100, &change, &watcher->error);
        if (watcher->code == ALUNO_OK && change != NULL)
            note_change(watcher, change);
    }
    return NULL;
}

static aluno_client *client_at(uint16_t port)
{
    char server[64];
    aluno_client *client;
    aluno_client_options options = school_client_options(&school);
    snprintf(server, sizeof server, "127.0.0.1:%u", port);
    options.server = server;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    assert_int_equal(aluno_client_connect(client, PROGRESS_MS, NULL), ALUNO_OK);
    return client;
}

static void start_watchers(uint16_t port)
{
    aluno_error error;
    for (size_t i = 0; i < WATCHERS; i++) {
        struct watcher *watcher = &watchers[i];
        *watcher = (struct watcher){.client = client_at(port)};
        if (aluno_watch_open(&watcher->watch, watcher->client, NULL, &error) != ALUNO_OK)
            fail_msg("%s", error.message);
        assert_int_equal(pthread_create(&watcher->thread, NULL, watch_all, watcher), 0);
    }
}

static bool have_seen(void *wanted)
{
    for (size_t i = 0; i < WATCHERS; i++)
        if (atomic_load(&watchers[i].seen) < *(const unsigned *)wanted)
            return false;
    return true;
}

/* Each watcher has seen so many students, each in its place. */
static void end_watchers(unsigned wanted)
{
    school_wait(have_seen, &wanted, PROGRESS_MS);
    for (size_t i = 0; i < WATCHERS; i++) {
        struct watcher *watcher = &watchers[i];
        atomic_store(&watcher->stopping, true);
        pthread_join(watcher->thread, NULL);
        if (watcher->code != ALUNO_OK)
            fail_msg("%s: %s", watcher->error.reason, watcher->error.message);
        assert_int_equal(atomic_load(&watcher->seen), wanted);
        assert_int_equal(watcher->backwards, 0);
        aluno_watch_close(watcher->watch);
        aluno_client_close(watcher->client);
    }
}

/* ---- the registrar that writes meanwhile ---- */

static struct registrar registrar;

static void start_writing(void)
{
    registrar = (struct registrar){.client = school_client(&school), .first = 0, .timeout_ms = PROGRESS_MS};
    registrar_start(&registrar);
}

static bool has_created(void *wanted)
{
    return atomic_load(&registrar.created) >= *(const unsigned *)wanted;
}

static void wait_for_students(unsigned count)
{
    assert_true(school_wait(has_created, &count, PROGRESS_MS));
}

static unsigned end_writing(void)
{
    registrar_stop(&registrar);
    registrar_check_no_failures(&registrar);
    aluno_client_close(registrar.client);
    return atomic_load(&registrar.created);
}

/* ---- nothing is missed ---- */

static void replies_are_lost(void **state)
{
    (void)state;
    static struct proxy proxy;
    proxy_start(&proxy, school.port, PERIOD);
    start_watchers(proxy.port);
    start_writing();
    wait_for_students(STUDENTS);
    end_watchers(end_writing());
    assert_true(atomic_load(&proxy.lost) > 0);
    proxy_stop(&proxy);
    school_stop(&school);
}

static void the_service_is_killed(void **state)
{
    (void)state;
    start_watchers(school.port);
    start_writing();
    for (unsigned i = 1; i <= KILLS; i++) {
        wait_for_students(i * 50);
        school_kill(&school);
        school_start(&school);
    }
    wait_for_students((KILLS + 1) * 50);
    end_watchers(end_writing());
    school_stop(&school);
}

static void the_service_is_replaced_and_stopped(void **state)
{
    (void)state;
    start_watchers(school.port);
    start_writing();
    wait_for_students(50);
    school_signal(&school, SIGUSR2);
    wait_for_students(100);
    school_stop(&school);
    school_start(&school);
    wait_for_students(150);
    end_watchers(end_writing());
    school_stop(&school);
}

/* A list while others write, and a watch from its first page: together they have every student. */
static void a_list_and_a_watch_have_all(void **state)
{
    (void)state;
    static aluno_list_students_reply page;
    static bool has[STUDENTS * 4];
    aluno_list_students_request request = {.has = {.none = false}};
    aluno_watch_options options = ALUNO_WATCH_OPTIONS_INIT;
    aluno_client *client = school_client(&school);
    const aluno_student_change *change;
    char token[sizeof page.watch_token] = "";
    aluno_watch *watch;
    start_writing();
    wait_for_students(STUDENTS / 4);
    do {
        assert_int_equal(aluno_list_students(client, &request, &page, NULL, NULL), ALUNO_OK);
        assert_int_equal(page.has.watch_token, !request.has.page_token);
        if (page.has.watch_token)
            strcpy(token, page.watch_token);
        for (size_t i = 0; i < page.students.count; i++)
            has[page.students.items[i].id] = true;
        if (page.has.next_page_token)
            ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    } while (page.has.next_page_token);
    wait_for_students(STUDENTS / 4 + 100);
    const unsigned count = end_writing();
    options.after = token;
    assert_int_equal(aluno_watch_open(&watch, client, &options, NULL), ALUNO_OK);
    do {
        assert_int_equal(aluno_watch_next(watch, 0, &change, NULL), ALUNO_OK);
        if (change == NULL)
            assert_int_equal(aluno_watch_next(watch, 500, &change, NULL), ALUNO_OK);
        if (change != NULL)
            has[change->student.id] = true;
    } while (change != NULL);
    for (unsigned id = 1; id <= count; id++)
        assert_true(has[id]);
    aluno_watch_close(watch);
    aluno_client_close(client);
    school_stop(&school);
}

/* ---- what waits is freed ---- */

static aluno_client *asking;

static int64_t count_watches(void)
{
    static aluno_server_statistics reply;
    const aluno_get_statistics_request request = {.has = {.none = false}};
    assert_int_equal(aluno_get_statistics(asking, &request, &reply, NULL, NULL), ALUNO_OK);
    for (size_t i = 0; i < reply.statistics.count; i++)
        if (strcmp(reply.statistics.items[i].name, "aluno_watches") == 0)
            return reply.statistics.items[i].value;
    return 0;
}

static bool has_watches(void *wanted)
{
    return count_watches() == *(const int64_t *)wanted;
}

static void wait_for_watches(int64_t count)
{
    if (!school_wait(has_watches, &count, AT_ONCE_MS))
        fail_msg("%d watches", (int)count_watches());
}

static aluno_watch *begin_waiting(aluno_client *client, int64_t count)
{
    aluno_watch *watch;
    const aluno_student_change *change;
    assert_int_equal(aluno_watch_open(&watch, client, NULL, NULL), ALUNO_OK);
    assert_int_equal(aluno_watch_next(watch, 0, &change, NULL), ALUNO_OK);
    assert_null(change);
    wait_for_watches(count);
    return watch;
}

static void a_close_frees_what_waits(void **state)
{
    (void)state;
    asking = school_client(&school);
    aluno_client *client = school_client(&school);
    aluno_watch *one = begin_waiting(client, 1), *other = begin_waiting(client, 2);
    aluno_watch_close(one); /* the connection stays */
    wait_for_watches(1);
    aluno_watch_close(other);
    wait_for_watches(0);
    aluno_client_close(client);
    aluno_client_close(asking);
    school_stop(&school);
}

/* The other process: a watch until it is killed. */
static int watch_until_killed(char *const arguments[])
{
    const struct school mine = school_of(arguments);
    aluno_client *client = school_client(&mine);
    const aluno_student_change *change;
    aluno_watch *watch;
    aluno_code code = aluno_watch_open(&watch, client, NULL, NULL);
    while (code == ALUNO_OK)
        code = aluno_watch_next(watch, -1, &change, NULL);
    return EXIT_FAILURE;
}

static void a_death_frees_what_waits(void **state)
{
    (void)state;
    asking = school_client(&school);
    const pid_t watching = school_spawn_self(&school, (char *[]){NULL});
    wait_for_watches(1);
    kill(watching, SIGKILL);
    waitpid(watching, NULL, 0);
    wait_for_watches(0);
    aluno_client_close(asking);
    school_stop(&school);
}

static void a_stop_answers_what_waits(void **state)
{
    (void)state;
    aluno_client *client = asking = school_client(&school);
    aluno_watch *watch = begin_waiting(client, 1);
    const int64_t began_ms = school_now_ms();
    school_stop(&school); /* status 0: everything was answered */
    assert_true(school_now_ms() - began_ms < AT_ONCE_MS);
    school_start(&school);
    const aluno_student_change *change;
    assert_int_equal(aluno_watch_next(watch, 1000, &change, NULL), ALUNO_OK);
    assert_null(change);
    wait_for_watches(1); /* it waits again */
    aluno_watch_close(watch);
    aluno_client_close(client);
    school_stop(&school);
}

/* ---- the observer ---- */

struct observed {
    unsigned begun, changes, failures;
    int64_t last_id;
    bool must_close;
};

static void on_change(void *user, aluno_watch *watch, const aluno_student_change *change,
                      const aluno_error *error)
{
    struct observed *observed = user;
    observed->begun += change == NULL && error == NULL;
    observed->failures += error != NULL;
    observed->changes += change != NULL;
    if (change != NULL)
        observed->last_id = change->student_id;
    if (change != NULL)
        assert_string_equal(aluno_watch_token(watch), change->token);
    if (change != NULL && observed->must_close)
        aluno_watch_close(watch);
}

static void wait_for_changes(aluno_client *client, const struct observed *observed, unsigned begun,
                             unsigned changes)
{
    const int64_t until_ms = school_now_ms() + PROGRESS_MS;
    while ((observed->begun < begun || observed->changes < changes) && school_now_ms() < until_ms)
        aluno_client_wait(client, 1000);
    assert_int_equal(observed->begun, begun);
    assert_int_equal(observed->changes, changes);
}

static void register_student(aluno_client *client, uint32_t number)
{
    aluno_student stored;
    const aluno_create_student_request request = school_student(number);
    assert_int_equal(aluno_create_student(client, &request, &stored, NULL, NULL), ALUNO_OK);
}

static void an_observer_is_told(void **state)
{
    (void)state;
    struct observed observed = {0};
    aluno_watch *watch;
    aluno_client *client = asking = school_client(&school);
    assert_int_equal(aluno_watch_start(&watch, client, NULL, on_change, &observed, NULL), ALUNO_OK);
    wait_for_changes(client, &observed, 1, 0);
    register_student(client, 1);
    register_student(client, 2);
    wait_for_changes(client, &observed, 1, 2);
    school_kill(&school);
    school_start(&school);
    observed.must_close = true;
    register_student(client, 3);
    wait_for_changes(client, &observed, 1, 3);
    assert_int_equal(observed.last_id, 3);
    assert_int_equal(observed.failures, 0);
    wait_for_watches(0);
    while (aluno_client_pending(client) > 0)
        aluno_client_wait(client, -1);
    aluno_client_close(client);
    school_stop(&school);
}

/* More watches than a client makes other calls at once, and than the service allows a certificate calls. */
static void watches_leave_room_for_calls(void **state)
{
    (void)state;
    enum { MANY = 64 };
    static aluno_watch *watches[MANY];
    aluno_client *client = asking = school_client(&school);
    struct observed observed = {0};
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(aluno_watch_start(&watches[i], client, NULL, on_change, &observed, NULL), ALUNO_OK);
    wait_for_changes(client, &observed, MANY, 0);
    wait_for_watches(MANY);
    register_student(client, 1);
    wait_for_changes(client, &observed, MANY, MANY);
    for (size_t i = 0; i < MANY; i++)
        aluno_watch_close(watches[i]);
    wait_for_watches(0);
    aluno_client_close(client);
    school_stop(&school);
}

int main(int argc, char *argv[])
{
    if (argc > 1)
        return watch_until_killed(argv);
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(replies_are_lost, school_set_up),
        SCHOOL_TEST(the_service_is_killed, school_set_up),
        SCHOOL_TEST(the_service_is_replaced_and_stopped, school_set_up),
        SCHOOL_TEST(a_list_and_a_watch_have_all, school_set_up),
        SCHOOL_TEST(a_close_frees_what_waits, school_set_up),
        SCHOOL_TEST(a_death_frees_what_waits, school_set_up),
        SCHOOL_TEST(a_stop_answers_what_waits, school_set_up),
        SCHOOL_TEST(an_observer_is_told, school_set_up),
        SCHOOL_TEST(watches_leave_room_for_calls, school_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
