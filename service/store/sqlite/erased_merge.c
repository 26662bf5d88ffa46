/* Writes DATABASE.erased anew: the lines that it has, and further ones behind them. A tombstone may be there
 * twice; the next start reads them all, and writes each once. */
#include "erased_merge.h"

#include "driver.h"
#include "erased_file.h"
#include "file.h"
#include "log.h"
#include "wal_match.h"

#include "protocol/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static aluno_code refuse(const char *path, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: %s", path, strerror(errno));
}

/* Adds the lines of a list, whose last one may lack its newline. */
static aluno_code add_list(const char *list, FILE *to, aluno_error *error)
{
    char *line = NULL, *copy = NULL;
    size_t room = 0;
    struct store_tombstone tombstone;
    aluno_code code = ALUNO_OK;
    FILE *from = fopen(list, "re");
    if (from == NULL)
        return refuse(list, error);
    for (int number = 1; code == ALUNO_OK && getline(&line, &room, from) > 0; number++) {
        line[strcspn(line, "\n")] = '\0';
        copy = strdup(line);
        if (copy == NULL || fprintf(to, "%s\n", line) < 0)
            code = refuse(list, error);
        else if (!erased_line_read(copy, &tombstone))
            code = aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED,
                                    "%s: line %d is no tombstone; correct it or remove it", list, number);
        free(copy);
    }
    if (code == ALUNO_OK && ferror(from)) /* a part of the list must not replace it */
        code = refuse(list, error);
    free(line);
    fclose(from);
    return code;
}

/* With the log, if it is the database's own. Closing moves nothing from it into the file. */
static struct store_session *open_database(const char *database)
{
    struct store_session *session;
    const enum session_role role = wal_match(database) == WAL_FITS ? SESSION_COPIES : SESSION_INSPECTS;
    if (session_open(&session, database, role, NULL) != ALUNO_OK)
        return NULL;
    sqlite3_db_config(session->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return session;
}

static bool add_rows(const char *database, FILE *to)
{
    int64_t tables = 0;
    struct store_session *session = open_database(database);
    const bool done =
        session != NULL &&
        session_number(session, "SELECT count(*) FROM sqlite_schema WHERE name = 'erasure'", &tables) &&
        (tables == 0 || erased_rows_write(session, to));
    session_close(session);
    return done;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static aluno_code write_all(const char *database, const char *list, FILE *to, aluno_error *error)
{
    erased_path present;
    erased_file_path(database, "", present);
    aluno_code code = exists(present) ? add_list(present, to, error) : ALUNO_OK;
    if (code == ALUNO_OK && list != NULL)
        return add_list(list, to, error);
    if (code == ALUNO_OK && exists(database) && !add_rows(database, to))
        log_line(LOG_WARN,
                 "The former database cannot be read: who was erased just before it failed may be back.",
                 "db", database, NULL);
    return code;
}

/* From the list, or, without one, from the database. */
static aluno_code merge(const char *database, const char *list, aluno_error *error)
{
    erased_path unfinished;
    erased_file_path(database, ".unfinished", unfinished);
    FILE *file = erased_file_begin(database);
    if (file == NULL)
        return refuse(unfinished, error);
    aluno_code code = write_all(database, list, file, error);
    const bool is_empty = ftell(file) == 0;
    if (!erased_file_end(file, database, code == ALUNO_OK && !is_empty) && code == ALUNO_OK && !is_empty)
        code = refuse(unfinished, error);
    unlink(unfinished);
    return code;
}

aluno_code erased_merge(const char *database, aluno_error *error)
{
    return merge(database, NULL, error);
}

aluno_code sqlite_add_erased(const char *database, const char *list, aluno_error *error)
{
    int lock = -1;
    char *path;
    aluno_code code = file_resolve(&path, database, error);
    if (code == ALUNO_OK)
        code = file_lock(&lock, path, FILE_COMMAND, error);
    if (code == ALUNO_OK)
        code = merge(path, list, error);
    if (lock >= 0)
        close(lock);
    free(path);
    return code;
}
