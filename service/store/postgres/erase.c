/* Erases a student from every table. PostgreSQL's own files have it until VACUUM, and its archived log for as
 * long as that is kept. */
#include "feed.h"

#include "protocol/error.h"

static struct query *begin(struct store_session *session, enum statement which, int64_t id)
{
    struct query *query = query_begin(session, which);
    query_int(query, ":id", id);
    return query;
}

/* Adds the number of rows that a statement changed to *count. */
static aluno_code change_rows(struct store_session *session, enum statement which, int64_t id, int64_t *count,
                              aluno_error *error)
{
    int64_t changed = 0;
    const aluno_code code = query_step(begin(session, which, id), &changed, error);
    *count += changed;
    return code;
}

/* NOT_FOUND when the id is that of another student. */
static aluno_code check_student(struct store_session *session, const struct store_tombstone *tombstone,
                                bool *is_removed, aluno_error *error)
{
    aluno_student student;
    const aluno_code code =
        postgres_student_by_id(session, tombstone->id, STORE_WITH_REMOVED, &student, error);
    if (code != ALUNO_OK)
        return code;
    *is_removed = student.has.delete_time;
    return student.create_time == tombstone->create_time
               ? ALUNO_OK
               : aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL);
}

static aluno_code add_tombstone(struct store_session *session, const struct store_tombstone *tombstone,
                                aluno_error *error)
{
    struct query *add = begin(session, STATEMENT_TOMBSTONE_ADD, tombstone->id);
    query_int(add, ":create_time", tombstone->create_time);
    query_int(add, ":now", tombstone->erase_time);
    query_text(add, ":caller", tombstone->caller);
    query_text(add, ":reason", tombstone->reason);
    return query_step(add, NULL, error);
}

aluno_code postgres_student_erase(struct store_session *session, const struct store_tombstone *tombstone,
                                  struct store_erased *erased, aluno_error *error)
{
    const int64_t id = tombstone->id;
    int64_t rows = 0;
    bool is_removed = true;
    aluno_code code = check_student(session, tombstone, &is_removed, error);
    if (code == ALUNO_OK)
        code = change_rows(session, STATEMENT_ERASE_POSITIONS, id, &erased->positions, error);
    if (code == ALUNO_OK)
        code = change_rows(session, STATEMENT_ERASE_OPERATIONS, id, &erased->operations, error);
    if (code == ALUNO_OK)
        code = change_rows(session, STATEMENT_ERASE_STUDENT, id, &rows, error);
    if (code == ALUNO_OK)
        code = add_tombstone(session, tombstone, error);
    session->live_added -= code == ALUNO_OK && !is_removed;
    const struct feed_entry entry = {.student_id = id, .kind = FEED_ERASED, .time_ms = tombstone->erase_time};
    if (code == ALUNO_OK)
        code = feed_append(session, &entry, error);
    session->wrote = session->wrote || code == ALUNO_OK;
    return code;
}
