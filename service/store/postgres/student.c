/* The statements about one student. In a change what is read is locked, so that it stays until it is changed.
 */
#include "feed.h"
#include "fetch.h"
#include "name_words.h"
#include "student_row.h"

#include "protocol/error.h"

#include <aluno/values.h>

#include <stdlib.h>
#include <string.h>

/* Runs a statement that returns the student it is about, or no row when there is none. */
static aluno_code run_student(struct query *query, aluno_student *out, aluno_error *error)
{
    PGresult *rows;
    aluno_code code = query_run(query, &rows, error);
    if (code == ALUNO_OK && PQntuples(rows) == 0)
        code = aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL);
    else if (code == ALUNO_OK)
        code = row_student(rows, 0, out, error);
    PQclear(rows);
    return code;
}

static aluno_code run_students(struct query *query, int64_t limit, struct store_page *page,
                               aluno_error *error)
{
    PGresult *rows;
    query_int(query, ":limit", limit);
    aluno_code code = query_run(query, &rows, error);
    if (code == ALUNO_OK)
        code = students_hand_over(rows, page, error);
    PQclear(rows);
    return code;
}

/* ---- reading ---- */

aluno_code postgres_student_by_id(struct store_session *session, int64_t id, enum store_scope scope,
                                  aluno_student *out, aluno_error *error)
{
    aluno_code code;
    if (fetched_take(&session->fetched, id, scope, out, &code, error))
        return code;
    struct query *query =
        query_begin(session, session->is_change ? STATEMENT_LOCK_BY_ID : STATEMENT_STUDENT_BY_ID);
    query_int(query, ":id", id);
    query_int(query, ":with_removed", scope == STORE_WITH_REMOVED);
    return run_student(query, out, error);
}

static aluno_code find_document(struct store_session *session, enum statement which, const char *br_document,
                                aluno_student *out, aluno_error *error)
{
    struct query *query = query_begin(session, which);
    query_text(query, ":br_document", br_document);
    return run_student(query, out, error);
}

aluno_code postgres_student_by_document(struct store_session *session, const char *br_document,
                                        enum store_scope scope, aluno_student *out, aluno_error *error)
{
    const aluno_code code = find_document(
        session, session->is_change ? STATEMENT_LOCK_BY_DOCUMENT : STATEMENT_STUDENT_BY_DOCUMENT, br_document,
        out, error);
    if (code != ALUNO_NOT_FOUND || scope == STORE_PRESENT)
        return code;
    return find_document(session, STATEMENT_STUDENT_REMOVED_BY_DOCUMENT, br_document, out, error);
}

aluno_code postgres_student_namesakes(struct store_session *session, const char *name, int64_t limit,
                                      struct store_page *page, aluno_error *error)
{
    char *folded = aluno_fold(name);
    if (folded == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    struct query *query = query_begin(session, STATEMENT_STUDENT_NAMESAKES);
    query_text(query, ":name_folded", folded);
    const aluno_code code = run_students(query, limit, page, error);
    free(folded);
    return code;
}

aluno_code postgres_student_by_documents(struct store_session *session, const char *documents, int64_t limit,
                                         struct store_page *page, aluno_error *error)
{
    struct query *query = query_begin(session, STATEMENT_STUDENT_BY_DOCUMENTS);
    query_text(query, ":documents", documents);
    return run_students(query, limit, page, error);
}

aluno_code postgres_student_all_of_document(struct store_session *session, const char *br_document,
                                            int64_t limit, struct store_page *page, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    if (session->is_change)
        code = query_defer(query_begin(session, STATEMENT_STUDENTS_ALONE), error);
    if (code != ALUNO_OK)
        return code;
    struct query *query = query_begin(session, STATEMENT_STUDENTS_OF_DOCUMENT);
    query_text(query, ":br_document", br_document);
    return run_students(query, limit, page, error);
}

aluno_code postgres_student_removed_before(struct store_session *session, int64_t before_ms, int64_t limit,
                                           struct store_page *page, aluno_error *error)
{
    struct query *query = query_begin(session, STATEMENT_STUDENTS_REMOVED_BEFORE);
    query_int(query, ":before", before_ms);
    return run_students(query, limit, page, error);
}

/* ---- changing ---- */

/* The columns that follow from a name. */
struct folded {
    char *name, *words;
};

static void folded_free(struct folded *folded)
{
    free(folded->name);
    free(folded->words);
}

static void bind_field(struct query *query, const struct student_field *field, const aluno_student *student,
                       bool named)
{
    const void *value = (const char *)student + field->offset;
    if (!named || !student_names(&student->has, field))
        query_text(query, field->parameter, NULL);
    else if (field->kind == ALUNO_KIND_TEXT)
        query_text(query, field->parameter, value);
    else if (field->kind == ALUNO_KIND_BOOL)
        query_int(query, field->parameter, *(const bool *)value);
    else
        query_int(query, field->parameter, *(const int64_t *)value);
}

/* Binds *fields of the student, and *folded, which outlives the statement. */
static aluno_code bind_student(struct query *query, const aluno_student *student,
                               const aluno_student_has *fields, struct folded *folded, aluno_error *error)
{
    *folded = (struct folded){NULL, NULL};
    if (fields->name && student->has.name) {
        folded->name = aluno_fold(student->name);
        folded->words = folded->name != NULL ? name_words(folded->name) : NULL;
        if (folded->words == NULL)
            return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    }
    query_text(query, ":name_folded", folded->name);
    query_text(query, ":name_words", folded->words);
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++) {
        const struct student_field *field = &student_fields[i];
        if (field->parameter == NULL)
            continue;
        bind_field(query, field, student, student_names(fields, field));
        query_int(query, field->set_parameter, student_names(fields, field));
    }
    return ALUNO_OK;
}

/* Ids of a batch follow one another: it draws them alone. */
static aluno_code lock_ids(struct store_session *session, aluno_error *error)
{
    if (session->has_ids_lock)
        return ALUNO_OK;
    session->has_ids_lock = true;
    return query_defer(
        query_begin(session, session->is_tentative ? STATEMENT_IDS_ALONE : STATEMENT_IDS_SHARE), error);
}

static void fill_inserted(aluno_student *out, const aluno_student *student, int64_t id, int64_t now_ms)
{
    student_copy(out, student);
    ALUNO_SET(*out, id, id);
    ALUNO_SET_TEXT(*out, etag, "1");
    ALUNO_SET(*out, create_time, now_ms);
    ALUNO_SET(*out, update_time, now_ms);
}

aluno_code postgres_student_insert(struct store_session *session, const aluno_student *student,
                                   int64_t now_ms, aluno_student *out, aluno_error *error)
{
    struct folded folded;
    int64_t id = 0;
    bool found = false;
    if (!session->is_change)
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "a reader's session");
    aluno_code code = lock_ids(session, error);
    if (code != ALUNO_OK)
        return code;
    struct query *query = query_begin(session, STATEMENT_STUDENT_INSERT);
    query_int(query, ":now", now_ms);
    code = bind_student(query, student, &student->has, &folded, error);
    if (code == ALUNO_OK)
        code = query_number(query, &found, &id, error);
    folded_free(&folded);
    if (code == ALUNO_OK && !found)
        return aluno__error_set(error, ALUNO_REASON_CPF_TAKEN, NULL);
    if (code == ALUNO_OK && id < 0) /* the CPF was taken when the statement began */
        return fail_session(session, FAILURE_RETRY, ALUNO_REASON_STORE_BUSY, error);
    if (code != ALUNO_OK)
        return code;
    if (session->is_tentative && session->first_id == 0)
        session->first_id = id;
    session->wrote = true;
    session->live_added++;
    fill_inserted(out, student, id, now_ms);
    return feed_append_student(session, FEED_CREATED, out, true, error);
}

/* A statement that may find a CPF taken, which would undo the whole transaction: PostgreSQL's, after a
 * failure, takes no other statement. The savepoint travels with it. */
static aluno_code run_guarded(struct store_session *session, aluno_code code, struct query *query,
                              aluno_student *out, aluno_error *error)
{
    if (code == ALUNO_OK)
        code = run_student(query, out, error);
    session->wrote = session->wrote || code == ALUNO_OK;
    if (session->connection == NULL)
        return code;
    if (session->failure == FAILURE_TAKEN) {
        const aluno_code undone = query_step(query_begin(session, STATEMENT_SAVEPOINT_ROLLBACK), NULL, NULL);
        return undone == ALUNO_OK ? code : undone;
    }
    if (session->failure != FAILURE_NONE)
        return code;
    const aluno_code released = query_defer(query_begin(session, STATEMENT_SAVEPOINT_RELEASE), NULL);
    return code == ALUNO_OK ? released : code;
}

aluno_code postgres_student_update(struct store_session *session, int64_t id, const aluno_student *changes,
                                   const aluno_student_has *fields, int64_t now_ms, aluno_student *out,
                                   aluno_error *error)
{
    struct folded folded;
    aluno_code code = query_defer(query_begin(session, STATEMENT_SAVEPOINT_OPEN), error);
    if (code != ALUNO_OK)
        return code;
    struct query *query = query_begin(session, STATEMENT_STUDENT_UPDATE);
    query_int(query, ":id", id);
    query_int(query, ":now", now_ms);
    code = run_guarded(session, bind_student(query, changes, fields, &folded, error), query, out, error);
    folded_free(&folded);
    if (code != ALUNO_OK)
        return code;
    return feed_append_student(session, FEED_UPDATED, out, fields->br_document || fields->email, error);
}

static aluno_code note_mark(struct store_session *session, enum feed_kind kind, const aluno_student *student,
                            aluno_error *error)
{
    session->live_added += kind == FEED_REMOVED ? -1 : 1;
    return feed_append_student(session, kind, student, false, error);
}

aluno_code postgres_student_remove(struct store_session *session, int64_t id, int64_t now_ms,
                                   aluno_student *out, aluno_error *error)
{
    struct query *query = query_begin(session, STATEMENT_STUDENT_REMOVE);
    query_int(query, ":id", id);
    query_int(query, ":now", now_ms);
    const aluno_code code = run_student(query, out, error);
    session->wrote = session->wrote || code == ALUNO_OK;
    return code == ALUNO_OK ? note_mark(session, FEED_REMOVED, out, error) : code;
}

aluno_code postgres_student_restore(struct store_session *session, int64_t id, int64_t now_ms,
                                    aluno_student *out, aluno_error *error)
{
    aluno_code code = query_defer(query_begin(session, STATEMENT_SAVEPOINT_OPEN), error);
    struct query *query = query_begin(session, STATEMENT_STUDENT_RESTORE);
    query_int(query, ":id", id);
    query_int(query, ":now", now_ms);
    code = run_guarded(session, code, query, out, error);
    return code == ALUNO_OK ? note_mark(session, FEED_RESTORED, out, error) : code;
}
