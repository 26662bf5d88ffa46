/* The forms of a line of the log. */
#ifndef ALUNOD_LOG_FORMAT_H
#define ALUNOD_LOG_FORMAT_H

#include "log_level.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_form {
    LOG_LOGFMT, /* 2026-11-29T07:30:51.123Z info msg="Message." key=value other="a b" */
    LOG_WORDS,  /* 07:30:51.123 info  Message. key=value other="a b" */
    LOG_OBJECT  /* {"time":"2026-11-29T07:30:51.123Z","level":"info","msg":"Message.","key":"value"} */
};

/* A line, which ends with a newline. A pipe takes so many bytes whole or not at all. */
struct log_text {
    char text[PIPE_BUF];
    size_t size;
    bool full; /* the following is left out */
};

/* Writes a line into *out. The pairs are those of log_line. */
void log_format(struct log_text *out, enum log_form form, int64_t unix_ms, enum log_level level,
                const char *message, va_list pairs);

#endif
