/* Writes the log's lines. */
#include "log.h"

#include "base/clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utf8proc.h>

/* A line under construction. It ends before the first token (a character or more) that does not fit. */
struct log_text {
    char text[4096];
    size_t size;
    bool full;
};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

static atomic_int threshold = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

/* Appends bytes all or none. Leaves room for the closing quote and the newline. */
static void append(struct log_text *line, const char *bytes, size_t size)
{
    line->full = line->full || line->size + size > sizeof line->text - 2;
    if (line->full)
        return;
    memcpy(line->text + line->size, bytes, size);
    line->size += size;
}

static void append_time(struct log_text *line)
{
    const int64_t now_ms = aluno__clock_unix_ms();
    const time_t now = (time_t)(now_ms / 1000);
    struct tm utc;
    char text[40];

    gmtime_r(&now, &utc);
    const size_t size = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    append(line, text, size);
    snprintf(text, sizeof text, ".%03dZ ", (int)(now_ms % 1000));
    append(line, text, strlen(text));
}

/* False for controls, format characters (which may change the direction of text) and line separators. */
static bool is_visible(utf8proc_int32_t character)
{
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return true;
    }
}

/* Appends one character, escaped unless it is harmless between quotes. Returns how many bytes it takes. */
static size_t append_character(struct log_text *line, const char *text)
{
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    utf8proc_int32_t character;
    const utf8proc_ssize_t size = utf8proc_iterate(bytes, -1, &character);
    char escape[12];

    if (size <= 0)
        snprintf(escape, sizeof escape, "\\x%02x", *bytes);
    else if (character == '\n')
        snprintf(escape, sizeof escape, "\\n");
    else if (character == '"' || character == '\\')
        snprintf(escape, sizeof escape, "\\%c", (char)character);
    else if (!is_visible(character))
        snprintf(escape, sizeof escape, "\\u%04x", (unsigned)character);
    else {
        append(line, text, (size_t)size);
        return (size_t)size;
    }
    append(line, escape, strlen(escape));
    return size <= 0 ? 1 : (size_t)size;
}

static void append_quoted(struct log_text *line, const char *value)
{
    append(line, "\"", 1);
    const bool is_open = !line->full;
    while (*value != '\0' && !line->full)
        value += append_character(line, value);
    if (is_open)
        line->text[line->size++] = '"';
}

/* Quotes all but plain ASCII. */
static void append_value(struct log_text *line, const char *value)
{
    const char *at = value;
    while (*at > ' ' && *at <= '~' && *at != '"' && *at != '=' && *at != '\\')
        at++;
    if (*value != '\0' && *at == '\0')
        append(line, value, strlen(value));
    else
        append_quoted(line, value);
}

void log_line(enum log_level level, const char *message, ...)
{
    if ((int)level < atomic_load_explicit(&threshold, memory_order_relaxed))
        return;

    struct log_text line = {.size = 0};
    append_time(&line);
    append(&line, level_names[level], strlen(level_names[level]));
    append(&line, " msg=", 5);
    append_quoted(&line, message);

    va_list pairs;
    va_start(pairs, message);
    for (const char *key; (key = va_arg(pairs, const char *)) != NULL;) {
        const char *value = va_arg(pairs, const char *);
        if (value == NULL)
            continue;
        append(&line, " ", 1);
        append(&line, key, strlen(key));
        append(&line, "=", 1);
        append_value(&line, value);
    }
    va_end(pairs);

    line.text[line.size++] = '\n';
    while (write(STDERR_FILENO, line.text, line.size) < 0 && errno == EINTR)
        ;
}
