/* Changes of the search index, on the writer's session. */
#include "search_index.h"

#include "base/clock.h"
#include "log.h"
#include "protocol/error.h"
#include "search_ages.h"
#include "search_segment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- segments ---- */

aluno_code search_index_missing(struct store_session *session, int64_t from, int64_t *segment,
                                aluno_error *error)
{
    for (;;) {
        int64_t later;
        bool indexed;
        aluno_code code = segment_next(session, from, segment, error);
        if (code != ALUNO_OK || *segment < 0)
            return code;
        code = segment_next(session, *segment + 1, &later, error);
        if (code == ALUNO_OK && later >= 0)
            code = segment_is_indexed(session, *segment, &indexed, error);
        if (code != ALUNO_OK)
            return code;
        if (later < 0)
            *segment = -1;
        if (later < 0 || !indexed)
            return ALUNO_OK;
        from = later;
    }
}

static aluno_code index_segment(struct store_session *session, int64_t number, struct segment *segment,
                                aluno_error *error)
{
    aluno_code code = segment_read(session, number, segment, error);
    for (int byte = 0; byte <= UINT8_MAX && code == ALUNO_OK; byte++)
        if (segment->begins[byte])
            code = segment_write(session, segment, (uint8_t)byte, error);
    return code == ALUNO_OK ? segment_finish(session, segment, error) : code;
}

static aluno_code index_missing(struct store_session *session, struct segment *segment, int64_t *count,
                                aluno_error *error)
{
    int64_t number = -1;
    aluno_code code;
    while ((code = search_index_missing(session, number + 1, &number, error)) == ALUNO_OK && number >= 0) {
        code = index_segment(session, number, segment, error);
        if (code != ALUNO_OK)
            return code;
        ++*count;
    }
    return code;
}

static void log_completion(int64_t count, int64_t began_ms)
{
    char students[24], ms[24];
    snprintf(students, sizeof students, "%" PRId64, count * SEGMENT_SIZE);
    snprintf(ms, sizeof ms, "%" PRId64, aluno__clock_ms() - began_ms);
    log_line(LOG_INFO, "Search index completed.", "students", students, "ms", ms, NULL);
}

static aluno_code index_in_transaction(struct store_session *session, struct segment *segment, int64_t *count)
{
    aluno_code code = session_run(session, STATEMENT_BEGIN, NULL);
    if (code == ALUNO_OK)
        code = index_missing(session, segment, count, NULL);
    if (code == ALUNO_OK)
        code = session_run(session, STATEMENT_COMMIT, NULL);
    if (code != ALUNO_OK && !sqlite3_get_autocommit(session->db))
        session_run(session, STATEMENT_ROLLBACK, NULL);
    return code;
}

void search_index_complete(struct store_session *session)
{
    const int64_t began_ms = aluno__clock_ms();
    int64_t first, count = 0;
    if (search_index_missing(session, 0, &first, NULL) != ALUNO_OK || first < 0)
        return;
    struct segment *segment = calloc(1, sizeof *segment);
    if (segment == NULL)
        return;
    if (index_in_transaction(session, segment, &count) == ALUNO_OK) {
        sqlite3_wal_checkpoint_v2(session->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        log_completion(count, began_ms);
    }
    segment_free(segment);
    free(segment);
}

/* ---- students ---- */

static aluno_code change_name(struct store_session *session, int64_t id, const char *name, bool value,
                              aluno_error *error)
{
    static _Thread_local uint8_t names[NAMES_SIZE];
    const char *word;
    size_t at = 0, length;
    bool found;
    aluno_code code = column_read(session, segment_of(id), COLUMN_NAMES, names, NAMES_SIZE, &found, error);
    if (code == ALUNO_OK && found) {
        names_set(names, offset_of(id), name_code(name));
        code = column_write(session, segment_of(id), COLUMN_NAMES, names, NAMES_SIZE, error);
    }
    while (code == ALUNO_OK && name_next_word(name, &at, &word, &length))
        code = posting_change_word(session, id, word, length, value, error);
    return code;
}

/* The columns of STATEMENT_SEARCH_FIELDS. */
enum { NAME_FOLDED, AGE, EMAIL, BIRTH_DATE };

static aluno_code change_age(struct store_session *session, int64_t id, sqlite3_stmt *row, aluno_error *error)
{
    struct age_keys keys;
    bool found;
    const aluno_code code =
        column_read(session, segment_of(id), COLUMN_AGES, keys.bytes, AGES_SIZE, &found, error);
    if (code != ALUNO_OK || !found)
        return code;
    age_keys_set(&keys, offset_of(id), row, AGE, BIRTH_DATE);
    return column_write(session, segment_of(id), COLUMN_AGES, keys.bytes, AGES_SIZE, error);
}

static aluno_code change_email(struct store_session *session, int64_t id, const char *email, bool value,
                               aluno_error *error)
{
    struct term term;
    if (email == NULL)
        return ALUNO_OK;
    term_set_email(&term, email);
    return posting_change(session, id, &term, value, error);
}

static aluno_code change_fields(struct store_session *session, int64_t id, sqlite3_stmt *row,
                                const aluno_student_has *fields, bool value, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    if (fields->name)
        code = change_name(session, id, (const char *)sqlite3_column_text(row, NAME_FOLDED), value, error);
    if (code == ALUNO_OK && fields->email)
        code = change_email(session, id, (const char *)sqlite3_column_text(row, EMAIL), value, error);
    if (code == ALUNO_OK && (fields->age || fields->birth_date) && value)
        code = change_age(session, id, row, error);
    return code;
}

static aluno_code change_student(struct store_session *session, int64_t id, const aluno_student_has *fields,
                                 bool value, aluno_error *error)
{
    bool indexed = false;
    aluno_code code = segment_is_indexed(session, segment_of(id), &indexed, error);
    if (code != ALUNO_OK || !indexed)
        return code;
    sqlite3_stmt *row = session_statement(session, STATEMENT_SEARCH_FIELDS);
    bind_int(row, ":id", id);
    const int result = sqlite3_step(row);
    if (result == SQLITE_ROW)
        code = change_fields(session, id, row, fields, value, error);
    else if (result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(row);
    return code;
}

aluno_code search_index_remove(struct store_session *session, int64_t id, const aluno_student_has *fields,
                               aluno_error *error)
{
    return change_student(session, id, fields, false, error);
}

aluno_code search_index_add(struct store_session *session, int64_t id, const aluno_student_has *fields,
                            aluno_error *error)
{
    return change_student(session, id, fields, true, error);
}

static aluno_code change_set(struct store_session *session, int64_t id, enum column column, bool value,
                             aluno_error *error)
{
    struct posting set = {{0}};
    const aluno_code code = column_read_set(session, segment_of(id), column, &set, NULL, error);
    if (code != ALUNO_OK)
        return code;
    posting_set(&set, offset_of(id), value);
    return column_write_set(session, segment_of(id), column, &set, error);
}

aluno_code search_index_mark(struct store_session *session, int64_t id, bool removed, aluno_error *error)
{
    bool indexed = false;
    aluno_code code = segment_is_indexed(session, segment_of(id), &indexed, error);
    if (code != ALUNO_OK || !indexed)
        return code;
    code = change_set(session, id, COLUMN_REMOVED, removed, error);
    return code == ALUNO_OK ? change_set(session, id, COLUMN_PRESENT, !removed, error) : code;
}

/* Clears a student's name and age in the columns of its segment. */
static aluno_code clear_columns(struct store_session *session, int64_t id, aluno_error *error)
{
    static _Thread_local uint8_t names[NAMES_SIZE];
    struct age_keys keys;
    const int64_t segment = segment_of(id);
    bool found;
    aluno_code code = column_read(session, segment, COLUMN_NAMES, names, NAMES_SIZE, &found, error);
    if (code == ALUNO_OK && found) {
        names_set(names, offset_of(id), 0);
        code = column_write(session, segment, COLUMN_NAMES, names, NAMES_SIZE, error);
    }
    if (code == ALUNO_OK)
        code = column_read(session, segment, COLUMN_AGES, keys.bytes, AGES_SIZE, &found, error);
    if (code == ALUNO_OK && found) {
        age_keys_forget(&keys, offset_of(id));
        code = column_write(session, segment, COLUMN_AGES, keys.bytes, AGES_SIZE, error);
    }
    if (code == ALUNO_OK)
        code = change_set(session, id, COLUMN_REMOVED, false, error);
    return code == ALUNO_OK ? change_set(session, id, COLUMN_PRESENT, false, error) : code;
}

/* Rows of a segment that is not indexed yet are of search_builder.c, which begins anew. */
aluno_code search_index_erase(struct store_session *session, int64_t id, aluno_error *error)
{
    const aluno_student_has fields = {.name = true, .email = true};
    bool indexed = false;
    aluno_code code = segment_is_indexed(session, segment_of(id), &indexed, error);
    if (code == ALUNO_OK && indexed) {
        code = change_student(session, id, &fields, false, error);
        return code == ALUNO_OK ? clear_columns(session, id, error) : code;
    }
    sqlite3_stmt *unfinished = session_statement(session, STATEMENT_SEGMENT_ERASE);
    bind_int(unfinished, ":segment", segment_of(id));
    return code == ALUNO_OK ? session_step(session, unfinished, error) : code;
}

/* ---- time ---- */

/* The last student is remembered. Undone changes need no care: the id of an undone student is given again. */
aluno_code search_index_time(struct store_session *session, int64_t id, int64_t create_time,
                             aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    int64_t previous = session->last_create_time;
    if (session->last_id != id - 1) {
        bool found;
        sqlite3_stmt *select = session_statement(session, STATEMENT_PREVIOUS_TIME);
        bind_int(select, ":id", id);
        previous = INT64_MIN;
        code = session_step_number(session, select, &found, &previous, error);
    }
    if (code == ALUNO_OK && create_time < previous) {
        sqlite3_stmt *step = session_statement(session, STATEMENT_CLOCK_STEP);
        bind_int(step, ":id", id);
        code = session_step(session, step, error);
    }
    session->last_id = id;
    session->last_create_time = create_time;
    return code;
}
