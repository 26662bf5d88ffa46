/* Reads values by their kind. */
#include "option_value.h"

#include "period.h"
#include "protocol/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes the problem. Returns false, so that a check can end with it. */
ALUNO_PRINTF(3, 4) static bool refuse(char *problem, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem, size, format, arguments);
    va_end(arguments);
    return false;
}

static bool set_text(const struct option_row *row, const char *text, char **out, char *problem, size_t size)
{
    const char *prefix = row->prefix;
    if (*text == '\0')
        return refuse(problem, size, "is empty; give a %s", row->metavariable);
    if (prefix != NULL && strncmp(text, prefix, strlen(prefix)) != 0)
        return refuse(problem, size, "\"%s\" does not begin with %s", text, prefix);
    if (row->is_valid != NULL && !row->is_valid(text) && row->is_secret)
        return refuse(problem, size, "is not %s", row->form);
    if (row->is_valid != NULL && !row->is_valid(text))
        return refuse(problem, size, "\"%s\" is not %s", text, row->form);
    *out = strdup(text);
    return *out != NULL || refuse(problem, size, "out of memory");
}

static bool set_choice(const struct option_row *row, const char *text, int64_t *out, char *problem,
                       size_t size)
{
    const size_t length = strlen(text);
    const char *word = row->metavariable;
    for (int64_t number = 0; *word != '\0'; number++) {
        const size_t word_length = strcspn(word, "|");
        if (word_length == length && strncmp(word, text, length) == 0) {
            *out = number;
            return true;
        }
        word += word_length + (word[word_length] == '|');
    }
    return refuse(problem, size, "\"%s\" is not one of %s", text, row->metavariable);
}

static bool set_integer(const struct option_row *row, const char *text, int64_t *out, char *problem,
                        size_t size)
{
    char *end;
    errno = 0;
    const long long number = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0 || number < row->min ||
        number > row->max)
        return refuse(problem, size, "\"%s\" is not a whole number from %lld to %lld", text,
                      (long long)row->min, (long long)row->max);
    *out = number;
    return true;
}

static bool set_period(const struct option_row *row, const char *text, int64_t *out, char *problem,
                       size_t size)
{
    return (period_read(text, out) && *out <= row->max) ||
           refuse(problem, size, "\"%s\" is not a period of at most %lldd, such as 30m, 24h or 7d", text,
                  (long long)(row->max / PERIOD_DAY_MS));
}

bool option_value_read(const struct option_row *row, const char *text, void *at, char *problem, size_t size)
{
    switch (row->kind) {
    case TEXT:
        return set_text(row, text, at, problem, size);
    case CHOICE:
        return set_choice(row, text, at, problem, size);
    case PERIOD:
        return set_period(row, text, at, problem, size);
    default:
        return set_integer(row, text, at, problem, size);
    }
}
