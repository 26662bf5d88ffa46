/* Clients that die with calls in flight, round after round.
 *
 * nng 1.5.2 wedges when a connection closes between two parts of a reply: its reap thread hangs, and no
 * descriptor is closed any more. Large replies to many connections make that nearly certain in each round.
 * The SDK patches nng. If nng wedges all the same, as an unpatched one does, the service must notice and
 * restart in the same process, without one failed call. */
#include "registrar.h"

#include <nng/nng.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PROCESSES = 8,
    CLIENTS = 10, /* in each process */
    CALLS = 5,    /* in flight, of each client */
    STUDENTS = 100,
    ROUNDS_PATCHED = IS_SANITIZED ? 1 : 2,
    ROUNDS_UNPATCHED = 6,            /* at most */
    HEALINGS = IS_SANITIZED ? 1 : 2, /* enough */
    CONNECT_MS = 20000,
    GONE_MS = 45000, /* the service tolerates a few dead connections for half a minute */
    REGISTRARS = 2,
};

static struct school school;
static struct registrar registrars[REGISTRARS];

/* ---- the clients that die: processes of this program ---- */

static void *list_for_ever(void *client)
{
    const aluno_list_students_request request = {0};
    aluno_list_students_reply *page = malloc(sizeof *page);
    while (page != NULL)
        aluno_list_students(client, &request, page, NULL, NULL);
    return NULL;
}

/* Another certificate than the registrars': what one has in progress is bounded. */
static aluno_client *open_reader(const struct school *mine)
{
    aluno_client *client = NULL;
    aluno_client_options options = school_client_options(mine);
    options.cert_file = school_file(mine, "ca/clients/leo.crt");
    options.key_file = school_file(mine, "ca/clients/leo.key");
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    return client;
}

static int live_until_killed(char *const arguments[])
{
    const struct school mine = school_of(arguments);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    for (int i = 0; i < CLIENTS; i++) {
        aluno_client *client = open_reader(&mine);
        for (int j = 0; j < CALLS; j++) {
            pthread_t thread;
            if (pthread_create(&thread, &small, list_for_ever, client) != 0)
                return EXIT_FAILURE;
        }
    }
    for (;;)
        pause();
}

/* ---- rounds ---- */

static bool are_connected(void *argument)
{
    const size_t *before = argument;
    return school_descriptors(&school) >= *before + PROCESSES * CLIENTS;
}

static void run_round(size_t most)
{
    pid_t clients[PROCESSES];
    size_t before = school_settled_descriptors(&school);
    for (size_t i = 0; i < PROCESSES; i++)
        clients[i] = school_spawn_self(&school, (char *[]){NULL});
    const bool connected = school_wait(are_connected, &before, CONNECT_MS);
    for (size_t i = 0; i < PROCESSES; i++) {
        kill(clients[i], SIGKILL);
        waitpid(clients[i], NULL, 0);
    }
    assert_true(connected);
    assert_true(school_wait_descriptors(&school, most, GONE_MS));
}

/* Lets clients die in at most so many rounds, until the service has recovered as often as wanted. Returns how
 * often it has. */
static size_t run_rounds(int rounds, size_t healings_wanted, aluno_client *client)
{
    size_t healings = 0;
    for (uint32_t i = 0; i < REGISTRARS; i++) {
        registrars[i] = (struct registrar){.client = client, .first = 1000000 * (i + 1), .is_patient = true};
        registrar_start(&registrars[i]);
    }
    const size_t most = school_settled_descriptors(&school);
    for (int i = 0; i < rounds && healings < healings_wanted; i++) {
        run_round(most);
        healings = school_count_in_log(&school, "nng has wedged");
    }
    for (size_t i = 0; i < REGISTRARS; i++)
        registrar_stop(&registrars[i]);
    for (size_t i = 0; i < REGISTRARS; i++)
        registrar_check_no_failures(&registrars[i]);
    registrar_check_students(registrars, REGISTRARS, client);
    return healings;
}

static void test_dead_clients_leave_nothing(void **state)
{
    (void)state;
    school_start(&school);
    aluno_client *client = school_client(&school);
    school_register_long_names(client, STUDENTS);
    assert_int_equal(run_rounds(ROUNDS_PATCHED, 1, client), 0);
    aluno_client_close(client);
    school_stop(&school);
}

/* Debian 13's nng, 1.10, does not wedge there. */
static void test_wedged_service_heals(void **state)
{
    (void)state;
    char pid[32];
    if (NNG_MAJOR_VERSION == 1 && NNG_MINOR_VERSION >= 10)
        skip();
    school.preload = UNPATCHED_NNG;
    school_start(&school);
    aluno_client *client = school_client(&school);
    school_register_long_names(client, STUDENTS);
    const size_t healings = run_rounds(ROUNDS_UNPATCHED, HEALINGS, client);
    snprintf(pid, sizeof pid, "pid=%ld", (long)school.pid);
    assert_true(healings > 0);
    assert_int_equal(school_count_in_log(&school, "Server started..."), 1 + healings);
    assert_int_equal(school_count_in_log(&school, pid), 1 + healings);
    aluno_client_close(client);
    school_signal(&school, SIGTERM);
    school_join(&school); /* it may have wedged again: its exit status does not matter */
}

static int set_up(void **state)
{
    (void)state;
    school_open(&school, 110);
    return 0;
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_dead_clients_leave_nothing, set_up),
        SCHOOL_TEST(test_wedged_service_heals, set_up),
    };
    if (argc > 1)
        return live_until_killed(argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
