/* History across sessions. Lines are appended one by one, so that concurrent sessions lose no line. */
#include "history.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HISTORY_LINES = 1000 };

/* The file's path, which the caller frees; NULL without a home. */
static char *file_path(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *path = NULL;
    int length = -1;
    if (state != NULL && *state == '/')
        length = asprintf(&path, "%s/aluno/history", state);
    else if (home != NULL && *home == '/')
        length = asprintf(&path, "%s/.local/state/aluno/history", home);
    return length < 0 ? NULL : path;
}

/* Makes the folders above the file. Ignores errors: opening the file fails, too. */
static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

/* Writes the lines into a new file which replaces the old one. */
static void rewrite(const char *path, History *lines)
{
    HistEvent event;
    char *fresh = NULL;
    if (asprintf(&fresh, "%s.XXXXXX", path) < 0)
        return;
    const int fd = mkstemp(fresh);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file != NULL) {
        for (int found = history(lines, &event, H_LAST); found >= 0; found = history(lines, &event, H_PREV))
            fprintf(file, "%s\n", event.str);
        const bool is_written = !ferror(file);
        if (fclose(file) != 0 || !is_written || rename(fresh, path) != 0)
            unlink(fresh);
    }
    free(fresh);
}

void history_file_load(History *lines)
{
    char *path = file_path(), *line = NULL;
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    size_t size = 0, count = 0;
    HistEvent event;
    history(lines, &event, H_SETSIZE, HISTORY_LINES);
    history(lines, &event, H_SETUNIQUE, 1);
    for (ssize_t length; file != NULL && (length = getline(&line, &size, file)) > 0; count++) {
        line[strcspn(line, "\n")] = '\0';
        history(lines, &event, H_ENTER, line);
    }
    const bool is_read = file != NULL && !ferror(file);
    if (file != NULL)
        fclose(file);
    if (is_read && count > 2 * HISTORY_LINES)
        rewrite(path, lines);
    free(line);
    free(path);
}

void history_file_append(const char *line)
{
    char *path = file_path();
    if (path == NULL)
        return;
    make_folders(path);
    const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        fchmod(fd, 0600);
        dprintf(fd, "%s\n", line);
        close(fd);
    }
    free(path);
}
