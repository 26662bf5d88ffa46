/* A timer's signal; its second is the last. */
#include "deadline.h"
#include "exit_code.h"
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { GRACE_S = 2 };

static const char *told;
static volatile sig_atomic_t passed;

static void tell(void)
{
    const ssize_t written = write(STDERR_FILENO, told, strlen(told));
    (void)written; /* there is nowhere else to tell it */
}

static void handle(int signal_number)
{
    (void)signal_number;
    if (passed) {
        tell();
        _exit(EXIT_UNAVAILABLE);
    }
    passed = 1;
    interrupt_raise();
}

/* With no time at all, the timer stops. */
static void set_timer(double seconds)
{
    const time_t whole = (time_t)seconds;
    const struct itimerval timer = {
        .it_value = {whole, (suseconds_t)((seconds - (double)whole) * 1e6)},
        .it_interval = {GRACE_S, 0},
    };
    setitimer(ITIMER_REAL, &timer, NULL);
}

void deadline_set(double seconds, const char *message)
{
    told = message;
    struct sigaction action = {.sa_handler = handle};
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    set_timer(seconds);
}

bool deadline_passed(void)
{
    return passed;
}

bool deadline_end(void)
{
    set_timer(0);
    if (passed)
        tell();
    return passed;
}
