/* A school: the fixture of an integration test. It has a temporary folder with a CA, certificates, a database
 * and a log, a free port, and the real alunod, which the test starts, stops and kills.
 *
 * Any failure of the fixture fails the test. The kernel kills the school's processes when the test ends,
 * however it ends. The path of alunod comes from the environment (ALUNOD), else from the build's definition
 * of the same name. */
#ifndef ALUNO_TESTS_SCHOOL_H
#define ALUNO_TESTS_SCHOOL_H

#include "unit.h"

#include <aluno/aluno.h>

#include <stdbool.h>
#include <sys/types.h>

struct school {
    char folder[64];
    uint16_t port;       /* on the loopback; it never changes */
    pid_t pid;           /* alunod's; 0 when it does not run */
    const char *preload; /* shared object to preload into alunod; NULL: none */
};

/* Makes the folder and the certificates and finds a port. Starts no process. The test is killed after
 * `seconds` (twice as many with sanitizers). */
void school_open(struct school *school, unsigned seconds);

/* Opens a second school with the certificates of another one: their clients can use both. It must be closed
 * first. */
void school_open_second(struct school *school, const struct school *other);

/* Opens a further school whose CA no other one knows. */
void school_open_stranger(struct school *school);

/* Kills alunod if it runs and removes the folder. Fails the test when the log has a sanitizer's report (it is
 * printed then) or personal data. Must be called after a failure too: make it the test's teardown. */
void school_close(struct school *school);

/* Set-up and tear-down of a test whose *state is the school: 55 seconds, and a running service, which must
 * stop with status 0 at the end. A file of tests has one `static struct school school`. */
int school_set_up(void **state);
int school_tear_down(void **state);
#define SCHOOL_TEST(name, set_up)                                                                            \
    cmocka_unit_test_prestate_setup_teardown(name, set_up, school_tear_down, &school)

/* Starts this test's own program as another process, which the kernel kills when the test ends. school_of
 * reads its first two arguments. Its output goes to alunod's log. */
pid_t school_spawn_self(const struct school *school, char *const more_arguments[]);

/* Returns, in that process, the school that started it, for clients only. */
struct school school_of(char *const arguments[]);

/* ---- the service ---- */

/* Starts alunod on the school's port and database. */
void school_launch(struct school *school);

/* The same, and waits until its health is SERVING. */
void school_start(struct school *school);

/* Sends alunod a signal. */
void school_signal(const struct school *school, int signal);

/* Stop alunod by SIGSTOP, waiting until it has stopped, and continue it by SIGCONT. */
void school_halt(const struct school *school);
void school_resume(const struct school *school);

/* Waits for alunod to end. Returns its exit status, or 128 + the number of the signal that killed it. */
int school_join(struct school *school);

/* Stops alunod by SIGTERM; its exit status must be 0. */
void school_stop(struct school *school);

/* Kills alunod by SIGKILL. */
void school_kill(struct school *school);

/* Return the number of alunod's open file descriptors; the second waits until it has not changed for half a
 * second. */
size_t school_descriptors(const struct school *school);
size_t school_settled_descriptors(const struct school *school);

/* Waits until alunod has at most so many descriptors open. Returns false on a timeout. */
bool school_wait_descriptors(const struct school *school, size_t most, int64_t timeout_ms);

/* Returns the number of lines with the text in alunod's log, which restarts do not clear. One with times=N
 * counts as N lines. */
size_t school_count_in_log(const struct school *school, const char *text);

/* ---- its clients ---- */

/* Returns the path of a file in the school's folder ("ca/ca.crt"). The text stays valid during the thread's
 * next 7 calls. */
const char *school_file(const struct school *school, const char *name);

/* Returns options for a client of this school with the certificate of "ana", an admin. They point to static
 * text: open the client at once. With SCHOOL_ONE_THREAD in the environment the library gets one thread. */
aluno_client_options school_client_options(const struct school *school);

/* Opens a client, which the caller closes. */
aluno_client *school_client(const struct school *school);

/* Returns a valid request for the student of that number, whose CPF, name and e-mail are unique. */
aluno_create_student_request school_student(uint32_t number);

/* Whether a stored student is the one of that number. */
bool school_is_student(const aluno_student *student, uint32_t number);

/* Registers so many students with names and e-mails of the greatest length: a page of 100 has some 50 kB. */
void school_register_long_names(aluno_client *client, uint32_t count);

/* Calls `visit` for each student that the service lists. */
void school_each_student(aluno_client *client, void (*visit)(const aluno_student *student, void *argument),
                         void *argument);

/* Opens a plain TCP connection to alunod. */
int school_dial(const struct school *school);

/* Opens a listener on the loopback that never accepts: a dial to it waits. Stores its port in *port. */
int school_listen_silently(uint16_t *port);

/* ---- time ---- */

/* The monotonic clock. */
int64_t school_now_ms(void);
void school_sleep(int64_t ms);

/* Waits until the condition holds. Returns false on a timeout. */
bool school_wait(bool (*condition)(void *argument), void *argument, int64_t timeout_ms);

#endif
