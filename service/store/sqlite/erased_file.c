/* A line is a tombstone, divided by tabs: id, create_time, erase_time, caller, reason. Control characters are
 * written as spaces. */
#include "erased_file.h"

#include "log.h"
#include "path.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void erased_file_path(struct store_session *session, const char *ending, erased_path out)
{
    snprintf(out, sizeof(erased_path), "%s.erased%s", sqlite3_db_filename(session->db, "main"), ending);
}

static void write_text(FILE *file, const unsigned char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        fputc(*text < ' ' ? ' ' : *text, file);
}

static bool write_rows(struct store_session *session, FILE *file)
{
    sqlite3_stmt *rows = session_statement(session, STATEMENT_TOMBSTONES);
    int result;
    while ((result = sqlite3_step(rows)) == SQLITE_ROW) {
        for (int i = 0; i < 3; i++)
            fprintf(file, "%" PRId64 "\t", (int64_t)sqlite3_column_int64(rows, i));
        write_text(file, sqlite3_column_text(rows, 3));
        fputc('\t', file);
        write_text(file, sqlite3_column_text(rows, 4));
        fputc('\n', file);
    }
    if (result != SQLITE_DONE)
        session_fail(session, NULL);
    sqlite3_reset(rows);
    return result == SQLITE_DONE && fflush(file) == 0;
}

static bool has_rows(struct store_session *session)
{
    int64_t number;
    return session_number(session, "SELECT 1 FROM erasure LIMIT 1", &number);
}

bool erased_file_write(struct store_session *session)
{
    erased_path path, unfinished;
    if (!has_rows(session))
        return true;
    erased_file_path(session, "", path);
    erased_file_path(session, ".unfinished", unfinished);
    unlink(unfinished);
    FILE *file = path_create_private(unfinished) ? fopen(unfinished, "we") : NULL;
    bool done = file != NULL && write_rows(session, file) && fsync(fileno(file)) == 0;
    if (file != NULL)
        done = fclose(file) == 0 && done;
    done = done && rename(unfinished, path) == 0 && path_sync_folder(path);
    if (!done)
        log_line(LOG_ERROR, "The list of erased students cannot be written.", "file", path, "why",
                 strerror(errno), NULL);
    return done;
}
