/* The service's log: one line an event, on stderr, as `time level msg="…" key=value …` (logfmt).
 * No CPF, e-mail or name of a student goes there. Any thread may write. */
#ifndef ALUNOD_LOG_H
#define ALUNOD_LOG_H

#if defined(__GNUC__)
#    define LOG_SENTINEL __attribute__((sentinel))
#else
#    define LOG_SENTINEL
#endif

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Lines below this level are not written; LOG_INFO at first. */
void log_set_level(enum log_level level);

/* Writes one line with a single write(2). After the message come pairs of text, key and value, and a NULL:
 *     log_line(LOG_INFO, "Ação criar executada.", "method", method->name, "caller", caller, NULL);
 * A pair whose value is NULL is left out.
 * Values are quoted and escaped where they need it, so none can look like another line, another key or a
 * terminal's command. A line longer than 4 KiB is cut. */
void log_line(enum log_level level, const char *message, ...) LOG_SENTINEL;

#endif
