/* The audit's outbox and anchors. The store does not know the content of a record. */
#include "live_copy.h"
#include "file.h"
#include "session.h"

#include "protocol/error.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

aluno_code sqlite_audit_record(struct store_session *session, const uint8_t *record, size_t size,
                               aluno_error *error)
{
    return audit_outbox_add(&session->outbox, record, size)
               ? ALUNO_OK
               : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "a record of %zu bytes", size);
}

aluno_code audit_flush(struct store_session *session, aluno_error *error)
{
    struct audit_outbox *outbox = &session->outbox;
    if (outbox->count == 0)
        return ALUNO_OK;
    audit_outbox_complete(outbox);
    sqlite3_stmt *add = session_statement(session, STATEMENT_AUDIT_RECORD);
    bind_int(add, ":count", outbox->count);
    bind_blob(add, ":record", outbox->row.data, outbox->row.size);
    const aluno_code code = session_step(session, add, error);
    audit_outbox_clear(outbox);
    return code;
}

/* Hands over records of a row that come after an id, until *limit is 0. */
static aluno_code hand_over(struct audit_outbox_row *row, int64_t after, int64_t *limit,
                            struct store_audit_rows *rows)
{
    for (; row->left > 0 && *limit > 0; row->id++) {
        if (!audit_outbox_row_next(row))
            return ALUNO_DATA_LOSS;
        if (row->id <= after)
            continue;
        rows->add(rows, row->id, row->record.data, row->record.size);
        --*limit;
    }
    return ALUNO_OK;
}

aluno_code sqlite_audit_pending(struct store_session *session, int64_t after, int64_t limit,
                                struct store_audit_rows *rows, aluno_error *error)
{
    int result = SQLITE_DONE;
    aluno_code code = ALUNO_OK;
    sqlite3_stmt *read = session_statement(session, STATEMENT_AUDIT_PENDING);
    bind_int(read, ":after", after);
    while (code == ALUNO_OK && limit > 0 && (result = sqlite3_step(read)) == SQLITE_ROW) {
        struct audit_outbox_row row;
        code = audit_outbox_row_open(&row, sqlite3_column_int64(read, 0), sqlite3_column_blob(read, 1),
                                     (size_t)sqlite3_column_bytes(read, 1))
                   ? hand_over(&row, after, &limit, rows)
                   : ALUNO_DATA_LOSS;
        aluno__buffer_free(&row.record);
    }
    if (code != ALUNO_OK)
        aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "audit_outbox");
    else if (result != SQLITE_ROW && result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(read);
    return code;
}

aluno_code sqlite_audit_last_change(struct store_session *session, int64_t *id, aluno_error *error)
{
    bool found;
    *id = 0;
    return session_step_number(session, session_statement(session, STATEMENT_AUDIT_LAST_CHANGE), &found, id,
                               error);
}

aluno_code sqlite_audit_forget(struct store_session *session, int64_t up_to, aluno_error *error)
{
    sqlite3_stmt *forget = session_statement(session, STATEMENT_AUDIT_FORGET);
    bind_int(forget, ":up_to", up_to);
    return session_step(session, forget, error);
}

aluno_code sqlite_audit_anchor_write(struct store_session *session, enum store_anchor_kind which,
                                     const struct store_anchor *anchor, aluno_error *error)
{
    sqlite3_stmt *write = session_statement(session, STATEMENT_AUDIT_ANCHOR_WRITE);
    bind_int(write, ":which", which);
    bind_int(write, ":sequence", anchor->sequence);
    bind_int(write, ":change", anchor->change);
    bind_int(write, ":time", anchor->time_ms);
    bind_blob(write, ":hash", anchor->hash, sizeof anchor->hash);
    return session_step(session, write, error);
}

/* The columns of AUDIT_ANCHOR_READ. */
enum { SEQUENCE, CHANGE, TIME, HASH };

aluno_code sqlite_audit_anchor_read(struct store_session *session, enum store_anchor_kind which,
                                    struct store_anchor *anchor, aluno_error *error)
{
    sqlite3_stmt *read = session_statement(session, STATEMENT_AUDIT_ANCHOR_READ);
    *anchor = (struct store_anchor){0};
    bind_int(read, ":which", which);
    const int result = sqlite3_step(read);
    const aluno_code code =
        result == SQLITE_ROW || result == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    if (result == SQLITE_ROW && sqlite3_column_bytes(read, HASH) == sizeof anchor->hash) {
        anchor->sequence = sqlite3_column_int64(read, SEQUENCE);
        anchor->change = sqlite3_column_int64(read, CHANGE);
        anchor->time_ms = sqlite3_column_int64(read, TIME);
        memcpy(anchor->hash, sqlite3_column_blob(read, HASH), sizeof anchor->hash);
    }
    sqlite3_reset(read);
    return code;
}

/* ---- of a database that no store has open, or another process ---- */

static aluno_code read_both(const char *path, enum session_role role, struct store_anchor *head,
                            struct store_anchor *start, aluno_error *error)
{
    struct store_session *session;
    int64_t tables = 0;
    *head = *start = (struct store_anchor){0};
    aluno_code code = session_open(&session, path, role, error);
    if (code != ALUNO_OK)
        return code;
    session_number(session, "SELECT count(*) FROM sqlite_schema WHERE name = 'audit_anchor'", &tables);
    if (tables > 0)
        code = sqlite_audit_anchor_read(session, STORE_ANCHOR_HEAD, head, error);
    if (tables > 0 && code == ALUNO_OK)
        code = sqlite_audit_anchor_read(session, STORE_ANCHOR_START, start, error);
    session_close(session);
    return code;
}

/* The newest commits are in the log, which only a copy of both files can be read with. */
static aluno_code read_live(const char *path, struct store_anchor *head, struct store_anchor *start,
                            aluno_error *error)
{
    char copy[PATH_MAX + 32];
    snprintf(copy, sizeof copy, "%s.audit.unfinished", path);
    aluno_code code = live_copy(path, copy, error);
    if (code == ALUNO_OK)
        code = read_both(copy, SESSION_COPIES, head, start, error);
    live_copy_remove(copy);
    return code;
}

static bool has_log(const char *path)
{
    char log[PATH_MAX + 8];
    struct stat found;
    snprintf(log, sizeof log, "%s-wal", path);
    return stat(log, &found) == 0 && found.st_size > 0;
}

aluno_code sqlite_anchors(const char *database, struct store_anchor *head, struct store_anchor *start,
                          aluno_error *error)
{
    char *path = realpath(database, NULL);
    if (path == NULL)
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: cannot be read", database);
    const aluno_code code = file_is_in_use(path) || has_log(path)
                                ? read_live(path, head, start, error)
                                : read_both(path, SESSION_INSPECTS, head, start, error);
    free(path);
    return code;
}
