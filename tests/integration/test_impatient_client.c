/* A client floods the service with calls whose deadline is too short. They are refused without work, and the
 * calls of other clients succeed. */
#include "registrar.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    IN_FLIGHT = 256, /* calls of the hammer: the number of the service's contexts */
    DEADLINE_MS = 1,
    REGISTRARS = 4,
    CLIENTS = 2, /* shared by them */
    STUDENTS = 100,
    REFUSED = IS_SANITIZED ? 2000 : 10000, /* calls of the hammer before the test ends */
    CREATED = IS_SANITIZED ? 25 : 100,     /* and students of each registrar */
    SLOWEST_MS = 4000,                     /* bound on a registrar's call; its deadline is five seconds */
    PATIENCE_MS = 60000,
    HAMMER_FIRST = 500000000, /* number of its first student */
};

static struct school school;
static struct registrar registrars[REGISTRARS];

/* ---- the hammer: a process of this same program ---- */

static uint32_t started;

static void start_again(void *client, const aluno_result *result)
{
    const aluno_call_options hurried = {.size = sizeof hurried, .timeout_ms = DEADLINE_MS};
    const aluno_list_students_request search = {.has.query = true, .query = "ninguem"};
    const aluno_list_students_request list = {.has = {.none = false}};
    const aluno_create_student_request create = school_student(HAMMER_FIRST + started);
    const aluno_get_student_request get = {.has.id = true, .id = 1};
    (void)result;
    switch (started++ % 4) {
    case 0:
        aluno_start_list_students(client, &search, &hurried, start_again, client, NULL, NULL);
        break;
    case 1:
        aluno_start_list_students(client, &list, &hurried, start_again, client, NULL, NULL);
        break;
    case 2:
        aluno_start_create_student(client, &create, &hurried, start_again, client, NULL, NULL);
        break;
    default:
        aluno_start_get_student(client, &get, &hurried, start_again, client, NULL, NULL);
    }
}

static int hammer_until_killed(char *const arguments[])
{
    const struct school mine = school_of(arguments);
    aluno_client *client = school_client(&mine);
    if (aluno_client_connect(client, PATIENCE_MS, NULL) != ALUNO_OK)
        return EXIT_FAILURE;
    for (size_t i = 0; i < IN_FLIGHT; i++)
        start_again(client, NULL);
    for (;;)
        (void)aluno_client_wait(client, -1);
}

/* ---- the others ---- */

static bool has_seen_enough(void *unused)
{
    (void)unused;
    for (size_t i = 0; i < REGISTRARS; i++)
        if (atomic_load(&registrars[i].created) < CREATED)
            return false;
    return school_count_in_log(&school, "DEADLINE_PASSED") >= REFUSED;
}

static void test_others_are_served(void **state)
{
    (void)state;
    aluno_client *clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++)
        clients[i] = school_client(&school);
    school_register_long_names(clients[0], STUDENTS);
    const pid_t hammer = school_spawn_self(&school, (char *[]){NULL});
    for (uint32_t i = 0; i < REGISTRARS; i++) {
        registrars[i] = (struct registrar){.client = clients[i % CLIENTS], .first = 1000000 * (i + 1)};
        registrar_start(&registrars[i]);
    }
    const bool enough = school_wait(has_seen_enough, NULL, PATIENCE_MS);
    kill(hammer, SIGKILL);
    waitpid(hammer, NULL, 0);
    for (size_t i = 0; i < REGISTRARS; i++)
        registrar_stop(&registrars[i]);
    assert_true(enough);
    for (size_t i = 0; i < REGISTRARS; i++) {
        registrar_check_no_failures(&registrars[i]);
        assert_true(registrars[i].slowest_ms < SLOWEST_MS);
    }
    registrar_check_students(registrars, REGISTRARS, clients[0]);
    for (size_t i = 0; i < CLIENTS; i++)
        aluno_client_close(clients[i]);
    school_stop(&school);
}

static int set_up(void **state)
{
    (void)state;
    school_open(&school, 100);
    school_start(&school);
    return 0;
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_others_are_served, set_up),
    };
    if (argc > 1)
        return hammer_until_killed(argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
