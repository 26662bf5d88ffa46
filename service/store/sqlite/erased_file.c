/* A line is a tombstone, divided by tabs: id, create_time, erase_time, caller, reason. Control characters are
 * written as spaces. */
#include "erased_file.h"

#include "file.h"
#include "log.h"
#include "path.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIELDS = 5 };

void erased_file_path(const char *database, const char *ending, erased_path out)
{
    snprintf(out, sizeof(erased_path), "%s.erased%s", database, ending);
}

static bool read_number(const char *text, int64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

bool erased_line_read(char *line, struct store_tombstone *out)
{
    char *fields[FIELDS];
    line[strcspn(line, "\n")] = '\0';
    for (size_t i = 0; i < FIELDS; i++)
        if ((fields[i] = strsep(&line, "\t")) == NULL)
            return false;
    out->caller = fields[3];
    out->reason = fields[4];
    return line == NULL && read_number(fields[0], &out->id) && read_number(fields[1], &out->create_time) &&
           read_number(fields[2], &out->erase_time);
}

static void write_text(FILE *file, const unsigned char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        fputc(*text < ' ' ? ' ' : *text, file);
}

bool erased_rows_write(struct store_session *session, FILE *file)
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
    return result == SQLITE_DONE;
}

static bool has_rows(struct store_session *session)
{
    int64_t number;
    return session_number(session, "SELECT 1 FROM erasure LIMIT 1", &number);
}

FILE *erased_file_begin(const char *database)
{
    erased_path unfinished;
    erased_file_path(database, ".unfinished", unfinished);
    unlink(unfinished);
    return path_create_private(unfinished) ? fopen(unfinished, "we") : NULL;
}

/* A write that failed while the list was written left a gap, of which a later flush says nothing. */
bool erased_file_end(FILE *file, const char *database, bool is_written)
{
    erased_path path, unfinished;
    erased_file_path(database, "", path);
    erased_file_path(database, ".unfinished", unfinished);
    if (file == NULL)
        return false;
    bool done = is_written && fflush(file) == 0 && !ferror(file) &&
                file_give_to_owner(fileno(file), database) && fsync(fileno(file)) == 0;
    done = fclose(file) == 0 && done;
    return done && rename(unfinished, path) == 0 && path_sync_folder(path);
}

bool erased_file_write(struct store_session *session)
{
    const char *database = sqlite3_db_filename(session->db, "main");
    if (!has_rows(session))
        return true;
    FILE *file = erased_file_begin(database);
    const bool done = erased_file_end(file, database, file != NULL && erased_rows_write(session, file));
    if (!done)
        log_line(LOG_ERROR, "The list of erased students cannot be written.", "db", database, "why",
                 strerror(errno), NULL);
    return done;
}
