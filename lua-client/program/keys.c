/* The keys of the terminal, and the signals that come while a line is edited. */
#include "keys.h"
#include "hint.h"
#include "interrupt.h"
#include "text_width.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

/* SIGINT has its handler in interrupt.c. */
static const int signals[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGQUIT};

enum { SIGNALS = sizeof signals / sizeof *signals };

static struct {
    const char *prompt;
    mbstate_t state;
    sigset_t outside; /* the mask outside el_gets, and during the wait for a key */
    struct sigaction former[SIGNALS];
    volatile sig_atomic_t came[SIGNALS];
} keys;

static void note(int signal_number)
{
    for (int i = 0; i < SIGNALS; i++)
        if (signals[i] == signal_number)
            keys.came[i] = 1;
}

/* A signal that the program ignores, as under nohup, stays ignored. */
static void take_signals(void)
{
    const struct sigaction action = {.sa_handler = note};
    for (int i = 0; i < SIGNALS; i++) {
        keys.came[i] = 0;
        sigaction(signals[i], NULL, &keys.former[i]);
        if (keys.former[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

void keys_begin(const char *prompt)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    for (int i = 0; i < SIGNALS; i++)
        sigaddset(&blocked, signals[i]);
    keys.prompt = prompt;
    memset(&keys.state, 0, sizeof keys.state);
    sigprocmask(SIG_BLOCK, &blocked, &keys.outside);
    take_signals();
}

void keys_end(void)
{
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &keys.former[i], NULL);
    sigprocmask(SIG_SETMASK, &keys.outside, NULL);
}

/* ---- what signals ask for ---- */

/* How many rows of the terminal are above the cursor's, after the terminal has wrapped the line anew. */
static int rows_above(EditLine *edit)
{
    struct winsize window;
    const LineInfo *line = el_line(edit);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
        return 0;
    const int columns = text_width(keys.prompt, strlen(keys.prompt)) +
                        text_width(line->buffer, (size_t)(line->cursor - line->buffer));
    return columns / window.ws_col;
}

/* EL_REFRESH forgets libedit's cursor, which may be outside of the new size. Nothing may come between the
 * two. */
static void resize(EditLine *edit)
{
    const int rows = rows_above(edit);
    if (rows > 0)
        printf("\033[%dA", rows);
    fputs("\r\033[J", stdout);
    el_resize(edit);
    el_set(edit, EL_REFRESH);
}

static void go_on(EditLine *edit)
{
    el_set(edit, EL_PREP_TERM, 1);
    el_resize(edit);
    el_set(edit, EL_REFRESH);
}

/* Stops the program until SIGCONT, with the terminal as the shell expects it. */
static void stop(EditLine *edit)
{
    el_set(edit, EL_PREP_TERM, 0);
    putchar('\n');
    fflush(stdout);
    raise(SIGSTOP);
}

static void end(EditLine *edit, int signal_number)
{
    el_set(edit, EL_PREP_TERM, 0);
    putchar('\n');
    fflush(stdout);
    keys_end();
    raise(signal_number);
}

static void carry_out(EditLine *edit, int signal_number)
{
    switch (signal_number) {
    case SIGWINCH:
        resize(edit);
        break;
    case SIGTSTP:
        stop(edit);
        break;
    case SIGCONT:
        go_on(edit);
        break;
    default:
        end(edit, signal_number);
        break;
    }
}

static void carry_out_all(EditLine *edit)
{
    for (int i = 0; i < SIGNALS; i++) {
        if (!keys.came[i])
            continue;
        keys.came[i] = 0;
        hint_erase();
        carry_out(edit, signals[i]);
    }
}

/* ---- reading ---- */

int keys_read_byte(EditLine *edit)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned char byte;
    for (;;) {
        carry_out_all(edit);
        if (interrupt_pending())
            return -1;
        if (ppoll(&input, 1, NULL, &keys.outside) < 0)
            continue;
        const ssize_t count = read(STDIN_FILENO, &byte, 1);
        if (count == 1)
            return byte;
        if (count == 0 || (errno != EINTR && errno != EAGAIN))
            return -1;
    }
}

int keys_read(EditLine *edit, wchar_t *key)
{
    hint_show(edit);
    for (;;) {
        const int byte = keys_read_byte(edit);
        hint_erase();
        if (byte < 0)
            return interrupt_pending() ? -1 : 0;
        const char one = (char)byte;
        const size_t length = mbrtowc(key, &one, 1, &keys.state);
        if (length == 0 || length == 1)
            return 1;
        if (length == (size_t)-1)
            memset(&keys.state, 0, sizeof keys.state); /* no character begins so: the byte is skipped */
    }
}
