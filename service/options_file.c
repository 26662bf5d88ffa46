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

/* Copies a value without the quotes around it. False when one of the two is missing. */
static bool unquote(const char *value, char *out, size_t size)
{
    const size_t length = strlen(value);
    const char first = *value, last = length > 0 ? value[length - 1] : '\0';
    const bool begins = first == '"' || first == '\'', ends = last == '"' || last == '\'';
    const bool is_quoted = length >= 2 && begins && first == last;
    snprintf(out, size, "%.*s", (int)(is_quoted ? length - 2 : length), value + is_quoted);
    return is_quoted || (!begins && !ends);
}

static int take_pair(void *user, const char *section, const char *key, const char *value)
{
    (void)section; /* always "" */
    struct source *from = user;
    char text[INI_MAX_LINE];
    if (from->refused_line > 0)
        return 0;
    if (!unquote(value, text, sizeof text)) {
        refuse_line(from, "one of two quotes is missing; write both or none");
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
