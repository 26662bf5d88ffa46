/* Reads the configuration file with inih. */
#include "options_file.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

struct source {
    FILE *file;
    const char *path;
    int line;         /* the one read last */
    int refused_line; /* the first that was refused; 0 when none was */
    options_pair *take;
    void *user;
    char *problem;
    size_t size;
};

/* Refuses the line read last. Returns NULL, which ends the reading. */
static char *refuse_line(struct source *from, const char *problem)
{
    from->refused_line = from->line;
    snprintf(from->problem, from->size, "%s:%d: %s", from->path, from->line, problem);
    return NULL;
}

/* Reads the next line for inih, without its indentation: inih takes an indented line as a continuation of the
 * value before it. inih also splits long lines and accepts sections without a key; here both are refused. */
static char *next_line(char *line, int size, void *user)
{
    struct source *from = user;
    if (fgets(line, size, from->file) == NULL)
        return NULL;

    from->line++;
    const size_t length = strlen(line);
    if (length + 1 == (size_t)size && line[length - 1] != '\n')
        return refuse_line(from, "the line is longer than it may be; shorten it");
    const size_t indentation = strspn(line, " \t");
    memmove(line, line + indentation, length - indentation + 1);
    if (*line == '[')
        return refuse_line(from, "the file has no sections; remove the line");
    return line;
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

/* Whether the value begins or ends with one of these characters, a list that ends with NULL. */
static bool is_within(const char *value, const char *const characters[])
{
    const size_t length = strlen(value);
    for (size_t i = 0; characters[i] != NULL; i++) {
        const size_t size = strlen(characters[i]);
        if (length >= size && (memcmp(value, characters[i], size) == 0 ||
                               memcmp(value + length - size, characters[i], size) == 0))
            return true;
    }
    return false;
}

/* Finds quotes and spaces of word processors and web pages, and comments: a file's name would have them. */
static const char *find_problem(const char *value)
{
    static const char *const quotes[] = {"“", "”", "„", "‘", "’", "«", "»", "`", "´", NULL};
    static const char *const blanks[] = {"\u00A0", "\u200B", "\u202F", "\uFEFF", NULL};
    if (is_within(value, quotes))
        return "the quotes are not \" or '; write one of these, or none";
    if (is_within(value, blanks))
        return "a space that is not the keyboard's stands beside the value; type the line anew";
    if (strstr(value, " #") != NULL)
        return "a comment has a line of its own; remove it, or put a value that has a # in quotes";
    return NULL;
}

const char *options_unquote(char *value)
{
    static const char *const half = "one of two quotes is missing; write both or none";
    const size_t length = strlen(value);
    const bool begins = is_quote(*value);
    char *closing = begins ? strchr(value + 1, *value) : NULL;
    if (closing == NULL && (begins || (length > 0 && is_quote(value[length - 1]))))
        return half;
    if (closing != NULL && closing[1] != '\0')
        return "there is text behind the closing quote; remove it";
    if (!begins)
        return find_problem(value);
    *closing = '\0';
    memmove(value, value + 1, length - 1);
    return NULL;
}

static int take_pair(void *user, const char *section, const char *key, const char *value)
{
    (void)section; /* always "" */
    struct source *from = user;
    char text[INI_MAX_LINE];
    if (from->refused_line > 0)
        return 0;
    snprintf(text, sizeof text, "%s", value);
    const char *problem = options_unquote(text);
    if (problem != NULL) {
        refuse_line(from, problem);
        return 0;
    }

    const bool taken = from->take(from->user, key, text, from->line);
    if (!taken)
        from->refused_line = from->line;
    return taken;
}

bool options_file_read(const char *path, options_pair *take, void *user, char *problem, size_t size)
{
    struct source from = {.path = path, .take = take, .user = user, .problem = problem, .size = size};
    from.file = fopen(path, "re");
    if (from.file == NULL) {
        snprintf(problem, size, "--config: %s cannot be read: %s", path, strerror(errno));
        return false;
    }

    const int wrong_line = ini_parse_stream(next_line, &from, take_pair, &from);
    const bool is_read = !ferror(from.file);
    if (!is_read)
        snprintf(problem, size, "--config: %s cannot be read: %s", path, strerror(errno));
    else if (wrong_line > 0 && (from.refused_line == 0 || wrong_line < from.refused_line))
        snprintf(problem, size, "%s:%d: is not \"key = value\"; correct the line", path, wrong_line);
    fclose(from.file);
    return is_read && wrong_line == 0 && from.refused_line == 0;
}
