/* Filters and formats the log's lines, and flushes them on a fatal signal. */
#include "log.h"

#include "base/clock.h"
#include "log_format.h"
#include "log_writer.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { CRASH_MS = 1000 };

static atomic_int threshold = LOG_INFO;
static atomic_int form = LOG_LOGFMT;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

void log_set_format(enum log_format format)
{
    const enum log_form text = isatty(STDERR_FILENO) ? LOG_WORDS : LOG_LOGFMT;
    atomic_store_explicit(&form, (int)(format == LOG_JSON ? LOG_OBJECT : text), memory_order_relaxed);
}

/* ---- lines ---- */

static void format_now(struct log_text *out, enum log_level level, const char *message, va_list pairs)
{
    const enum log_form now = (enum log_form)atomic_load_explicit(&form, memory_order_relaxed);
    log_format(out, now, aluno__clock_unix_ms(), level, message, pairs);
}

void log_line(enum log_level level, const char *message, ...)
{
    if ((int)level < atomic_load_explicit(&threshold, memory_order_relaxed))
        return;
    struct log_text line;
    va_list pairs;
    va_start(pairs, message);
    format_now(&line, level, message, pairs);
    va_end(pairs);
    log_writer_put(&line);
}

static void format_pairs(struct log_text *out, enum log_level level, const char *message, ...) LOG_SENTINEL;

static void format_pairs(struct log_text *out, enum log_level level, const char *message, ...)
{
    va_list pairs;
    va_start(pairs, message);
    format_now(out, level, message, pairs);
    va_end(pairs);
}

static void report_dropped(struct log_text *out, uint64_t dropped)
{
    char lines[24];
    snprintf(lines, sizeof lines, "%" PRIu64, dropped);
    format_pairs(out, LOG_WARN, "Lines of the log were dropped: stderr was not read, or failed.", "lines",
                 lines, NULL);
}

/* ---- the thread that writes ---- */

/* The handler is the default one again (SA_RESETHAND): the process ends as it would have. */
static void on_crash(int number)
{
    log_writer_flush(CRASH_MS);
    (void)raise(number);
}

/* Leaves alone what another, a sanitizer for instance, handles already. */
static void flush_at_crashes(void)
{
    static const int fatal[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
    const struct sigaction flush = {.sa_handler = on_crash, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        struct sigaction present;
        if (sigaction(fatal[i], NULL, &present) == 0 && present.sa_handler == SIG_DFL)
            (void)sigaction(fatal[i], &flush, NULL);
    }
}

bool log_start(void)
{
    flush_at_crashes();
    return log_writer_start(report_dropped);
}

uint64_t log_dropped(void)
{
    return log_writer_dropped();
}

void log_flush(int timeout_ms)
{
    log_writer_flush(timeout_ms);
}
