/* The service's log: one line an event, on stderr. No CPF, e-mail or name of a student goes there. Any thread
 * may write, and none waits: from log_start on a thread of its own writes the lines (log_writer.h). */
#ifndef ALUNOD_LOG_H
#define ALUNOD_LOG_H

#include "log_level.h"

#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#    define LOG_SENTINEL __attribute__((sentinel))
#else
#    define LOG_SENTINEL
#endif

enum log_format {
    LOG_TEXT, /* logfmt: `time level msg="…" key=value …`; on a terminal the local time, the level and words
               */
    LOG_JSON /* an object a line: time, level, msg and the pairs, each value a string */
};

/* Lines below this level are not written; LOG_INFO at first. */
void log_set_level(enum log_level level);

/* The format of the following lines; logfmt at first, also on a terminal. */
void log_set_format(enum log_format format);

/* Starts the thread that writes; until then log_line writes by itself. On a fatal signal the process gives it
 * up to a second to write what is queued. Call it once. False when there is no thread to be had. */
bool log_start(void);

/* Waits until every line is written, at most timeout_ms: stderr may be a pipe that nobody reads. */
void log_flush(int timeout_ms);

/* How many lines were dropped since the start (log_writer.h). */
uint64_t log_dropped(void);

/* Writes one line. After the message come pairs of text, key and value, and a NULL:
 *     log_line(LOG_INFO, "Ação criar executada.", "method", method->name, "caller", caller, NULL);
 * A pair whose value is NULL is left out.
 * Values are quoted and escaped where they need it, so none can look like another line, another key or a
 * terminal's command. A line longer than 4 KiB is cut. */
void log_line(enum log_level level, const char *message, ...) LOG_SENTINEL;

#endif
