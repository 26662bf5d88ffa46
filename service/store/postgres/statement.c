/* Named parameters become numbered ones. */
#include "statement.h"

#include "store/student_columns.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const statement_sql[] = {
#define STATEMENT(name, text) [STATEMENT_##name] = text,
#include "statements.def"
};

static struct statement_text texts[STATEMENT_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int number_of(struct statement_text *text, const char *name, size_t length)
{
    for (int i = 0; i < text->count; i++)
        if (strlen(text->names[i]) == length && memcmp(text->names[i], name, length) == 0)
            return i + 1;
    if (text->count == PARAMETERS_MAX || length >= PARAMETER_NAME)
        return 0;
    memcpy(text->names[text->count], name, length);
    text->names[text->count][length] = '\0';
    return ++text->count;
}

static size_t name_length(const char *at)
{
    size_t length = 1;
    while (islower((unsigned char)at[length]) || isdigit((unsigned char)at[length]) || at[length] == '_')
        length++;
    return length;
}

bool statement_number(const char *sql, struct statement_text *out)
{
    char *to = out->sql, *end = out->sql + sizeof out->sql - 16;
    bool in_text = false;
    out->count = 0;
    for (const char *at = sql; *at != '\0'; at++) {
        if (to >= end)
            return false;
        in_text = in_text != (*at == '\'');
        const size_t length = *at == ':' && !in_text ? name_length(at) : 0;
        if (length <= 1) {
            *to++ = *at;
            if (*at == ':' && at[1] == ':')
                *to++ = *++at;
            continue;
        }
        const int number = number_of(out, at, length);
        if (number == 0)
            return false;
        to += sprintf(to, "$%d", number);
        at += length - 1;
    }
    *to = '\0';
    return true;
}

static void number_all(void)
{
    for (int i = 0; i < STATEMENT_COUNT; i++)
        if (!statement_number(statement_sql[i], &texts[i]))
            abort(); /* a statement of this program: the tests run each */
}

const struct statement_text *statement_of(enum statement which)
{
    pthread_once(&once, number_all);
    return &texts[which];
}
