/* alunod is killed during writes, several times. Every acknowledged student is stored once, and the clients
 * reconnect. CRASH_ROUNDS and CRASH_STUDENTS ask for more: tests/campaign/kill.sh. */
#include "registrar.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    REGISTRARS = 8,
    CLIENTS = 2, /* shared by them */
    ROUNDS = SCHOOL_SANITIZED ? 3 : 6,
    STUDENTS_BETWEEN = 200, /* registered before each kill */
    PROGRESS_MS = 20000,
    CALL_MS = 20000, /* outlasts the restart */
};

static struct school school;
static struct registrar registrars[REGISTRARS];

static unsigned count_created(void)
{
    unsigned count = 0;
    for (size_t i = 0; i < REGISTRARS; i++)
        count += atomic_load(&registrars[i].created);
    return count;
}

static bool have_created(void *argument)
{
    const unsigned *wanted = argument;
    return count_created() >= *wanted;
}

static void wait_for_students(unsigned more)
{
    unsigned wanted = count_created() + more;
    assert_true(school_wait(have_created, &wanted, PROGRESS_MS));
}

static unsigned number_in(const char *variable, unsigned fallback)
{
    const char *text = getenv(variable);
    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : fallback;
}

static void test_answered_creates_survive(void **state)
{
    (void)state;
    const unsigned rounds = number_in("CRASH_ROUNDS", ROUNDS);
    const unsigned between = number_in("CRASH_STUDENTS", STUDENTS_BETWEEN);
    if (rounds > ROUNDS)
        alarm(0);
    aluno_client *clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++)
        clients[i] = school_client(&school);
    for (uint32_t i = 0; i < REGISTRARS; i++) {
        registrars[i] = (struct registrar){
            .client = clients[i % CLIENTS], .first = 1000000 * (i + 1), .timeout_ms = CALL_MS};
        registrar_start(&registrars[i]);
    }
    for (unsigned i = 0; i < rounds; i++) {
        wait_for_students(between);
        school_kill(&school);
        school_start(&school);
    }
    wait_for_students(between);
    for (size_t i = 0; i < REGISTRARS; i++)
        registrar_stop(&registrars[i]);
    for (size_t i = 0; i < REGISTRARS; i++)
        registrar_check_no_failures(&registrars[i]);
    registrar_check_students(registrars, REGISTRARS, clients[0]);
    for (size_t i = 0; i < CLIENTS; i++)
        aluno_client_close(clients[i]);
    school_stop(&school);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_answered_creates_survive, school_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
