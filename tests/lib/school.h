/* A school of its own for each integration test: a temporary folder with a CA and certificates, a free port,
 * and the real alunod, started, stopped, killed and watched by its pid.
 *
 * What goes wrong in the harness fails the test. However the test ends, its services end with it: the kernel
 * kills them. Paths of the programs come from the environment (ALUNOD, ALUNO_CERTS), else from the build's
 * definitions of the same names. */
#ifndef ALUNO_TESTS_SCHOOL_H
#define ALUNO_TESTS_SCHOOL_H

#include "unit.h"

#include <aluno/aluno.h>

#include <stdbool.h>
#include <sys/types.h>

/* Whether a sanitizer slows this program down. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#    define SCHOOL_SANITIZED 1
#elif defined __has_feature
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define SCHOOL_SANITIZED 1
#    endif
#endif
#ifndef SCHOOL_SANITIZED
#    define SCHOOL_SANITIZED 0
#endif

struct school {
    char folder[64];
    uint16_t port;            /* of the loopback; the same for the school's whole life */
    pid_t pid;                /* alunod's; 0 while none runs */
    const char *suppressions; /* leaks that the sanitizer bears in alunod, a file; NULL: none */
    const char *preload;      /* a shared object to be loaded into alunod before all others; NULL: none */
};

/* Makes the folder and certificates and finds a port; `seconds` bounds the whole test, which dies when it
 * takes longer (sanitizers get twice the time). Starts nothing yet. */
void school_open(struct school *school, unsigned seconds);

/* The same beside another school, with its certificates: a client of the one is a client of both. Close it
 * first. */
void school_open_beside(struct school *school, const struct school *other);

/* Ends what still runs, fails the test if a sanitizer complained in the log (which is then printed) or if it
 * names a person, and removes the folder. To be called even after a failure: make it the test's teardown. */
void school_close(struct school *school);

/* The set-up and tear-down of a test for which *state is the school: 55 seconds, and a service that runs.
 * What runs at the end must stop as it should. A file of tests has one `static struct school school`. */
int school_set_up(void **state);
int school_tear_down(void **state);
#define SCHOOL_TEST(name, set_up)                                                                            \
    cmocka_unit_test_prestate_setup_teardown(name, set_up, school_tear_down, &school)

/* Starts this test's own program as another process, which the kernel kills when the test ends. It inherits
 * nothing but its arguments, of which the first two tell school_of what school it belongs to. What it prints
 * goes to alunod's log. */
pid_t school_spawn_self(const struct school *school, char *const more_arguments[]);

/* In that process: the school that it belongs to, for clients only. */
struct school school_of(char *const arguments[]);

/* ---- the service ---- */

/* Starts alunod on the school's port and database, and waits until it answers that it serves. */
void school_start(struct school *school);

/* Sends alunod a signal. */
void school_signal(const struct school *school, int signal);

/* Halts alunod, waiting until it stands still, and lets it go on. */
void school_halt(const struct school *school);
void school_resume(const struct school *school);

/* Waits for alunod to end and returns its exit status; a signal that killed it counts as 128 + its number. */
int school_join(struct school *school);

/* Stops alunod by SIGTERM; its exit status must be 0. */
void school_stop(struct school *school);

/* Kills alunod by SIGKILL. */
void school_kill(struct school *school);

/* How many file descriptors alunod has open; and how many once that has not changed for half a second. */
size_t school_descriptors(const struct school *school);
size_t school_settled_descriptors(const struct school *school);

/* Waits until alunod has at most so many descriptors open; false when it takes longer than the time. */
bool school_wait_descriptors(const struct school *school, size_t most, int64_t timeout_ms);

/* How many lines of alunod's log hold the text. The log goes on over restarts. */
size_t school_count_in_log(const struct school *school, const char *text);

/* ---- its clients ---- */

/* The path of a file in the school's folder ("ca/ca.crt"), in static text that the thread's next few calls
 * leave alone. */
const char *school_file(const struct school *school, const char *name);

/* Options for a client of this school, with the certificate of "ana", who is an admin. They borrow from
 * static text: open the client at once. */
aluno_client_options school_client_options(const struct school *school);

/* Opens a client, which the caller closes. */
aluno_client *school_client(const struct school *school);

/* The student of that number: a valid request with a CPF, name, age and e-mail of its own. */
aluno_create_student_request school_student(uint32_t number);

/* Whether a stored student is the one of that number. */
bool school_is_student(const aluno_student *student, uint32_t number);

/* Registers so many students with names and addresses as long as may be: a page of 100 takes some 50 kB. */
void school_register_long_names(aluno_client *client, uint32_t count);

/* All students that the service has, page by page: calls `visit` for each. */
void school_each_student(aluno_client *client, void (*visit)(const aluno_student *student, void *argument),
                         void *argument);

/* A plain TCP connection to alunod. */
int school_dial(const struct school *school);

/* A listening socket on the loopback that nobody accepts from, so that what dials it waits; *port receives
 * its port. */
int school_listen_in_silence(uint16_t *port);

/* ---- time ---- */

/* Milliseconds of a clock that nobody sets. */
int64_t school_now_ms(void);

/* Waits until the condition holds; false when it takes longer than the time. */
bool school_wait(bool (*condition)(void *argument), void *argument, int64_t timeout_ms);

#endif
