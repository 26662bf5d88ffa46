/* WatchStudents: the changes after a token, with the students as they are now.
 *
 * The feed has no values. Whether a student matches the query is read from its present row, and for the time
 * before a change from its former names and ages. A change is skipped when the student matches neither after
 * nor before it, and reported when that is unknown. So a watch that has reported a student also reports the
 * change after which it no longer matches. */
#include "handlers.h"

#include "age.h"
#include "find.h"
#include "guess.h"
#include "purge.h"
#include "reply.h"
#include "watch_token.h"

#include "base/clock.h"
#include "protocol/error.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    PAGE = 100,
    READ_MOST = 1000,     /* entries that one reply goes through */
    MARGIN_MS = 60 * 1000 /* by which a former value may be forgotten early */
};

/* A reply in the making. */
struct changes {
    struct feed_rows rows; /* first: the store returns it */
    struct call *call;
    struct store_session *session;
    struct store_search search;
    bool is_of_all; /* no condition but the scope */
    struct watch_subject subject;
    struct feed_entry at; /* the last one that was read */
    size_t limit, count, read, shown;
    unsigned age;     /* of the shared pages, before the snapshot */
    int64_t known_ms; /* former values of changes since then are kept */
    aluno_code code;
    aluno_error *error;
};

static const char *const kinds[] = {[FEED_CREATED] = "CREATED",
                                    [FEED_UPDATED] = "UPDATED",
                                    [FEED_REMOVED] = "REMOVED",
                                    [FEED_RESTORED] = "RESTORED",
                                    [FEED_ERASED] = "ERASED"};

/* ---- which changes are reported ---- */

static bool fits(struct changes *changes, enum store_scope scope, int64_t id, int64_t before)
{
    bool fits = false;
    struct store_search search = changes->search;
    search.scope = scope;
    if (changes->is_of_all || changes->code != ALUNO_OK)
        return changes->code == ALUNO_OK;
    changes->code = student_matches(changes->session, &search, id, before, &fits, changes->error);
    return fits;
}

/* Whether a student who does not fit now may have done so before the change. */
static bool may_have_fitted(struct changes *changes, const struct feed_entry *entry)
{
    switch (entry->kind) {
    case FEED_CREATED:
    case FEED_RESTORED:
        return changes->is_of_all;
    case FEED_REMOVED:
        return fits(changes, STORE_WITH_REMOVED, entry->student_id, 0);
    case FEED_UPDATED:
        if (entry->time_ms < changes->known_ms)
            return true;
        if (entry->is_identity && guess_is_by_value(&changes->search))
            return true;
        return fits(changes, STORE_WITH_REMOVED, entry->student_id, entry->revision);
    case FEED_ERASED:
        return true;
    }
    return true;
}

/* Reads the student if it is among those that are watched. */
static bool read_watched(struct changes *changes, const struct feed_entry *entry, aluno_student *student)
{
    aluno_error missing;
    if (entry->kind == FEED_ERASED)
        return false;
    const aluno_code code =
        student_by_id(changes->session, entry->student_id, changes->search.scope, student, &missing);
    if (code != ALUNO_OK && code != ALUNO_NOT_FOUND) {
        changes->code = code;
        aluno_copy(&aluno_error_type, changes->error, &missing);
    }
    return code == ALUNO_OK && fits(changes, changes->search.scope, entry->student_id, 0);
}

/* ---- the reply ---- */

static void add_change(struct changes *changes, const struct feed_entry *entry, aluno_student_change *change)
{
    ALUNO_SET(*change, place, entry->place);
    watch_token_write(&changes->subject, entry, change->token);
    change->has.token = true;
    ALUNO_SET_TEXT(*change, kind, kinds[entry->kind]);
    ALUNO_SET(*change, student_id, entry->student_id);
    ALUNO_SET(*change, time, entry->time_ms);
    if (entry->revision != 0)
        change->has.etag = snprintf(change->etag, sizeof change->etag, "%" PRId64, entry->revision) > 0;
    if (change->has.student) {
        age_complete(&change->student, changes->search.day);
        audit_students_add(changes->call->students, &change->student);
        changes->shown++;
    }
    reply_add(changes->call, &aluno_student_change_type, change);
    changes->count++;
}

static bool add_entry(struct feed_rows *rows, const struct feed_entry *entry)
{
    struct changes *changes = (struct changes *)(void *)rows;
    aluno_student_change change;
    aluno_clear(&aluno_student_change_type, &change);
    change.has.student = read_watched(changes, entry, &change.student);
    const bool is_reported = change.has.student || may_have_fitted(changes, entry);
    if (changes->code != ALUNO_OK)
        return false;
    if (is_reported)
        add_change(changes, entry, &change);
    changes->at = *entry;
    changes->read++;
    return changes->count < changes->limit;
}

static void end_reply(struct changes *changes, aluno_watch_students_reply *reply)
{
    struct call *call = changes->call;
    reply->has.changes = true;
    reply->changes.count = changes->count;
    watch_token_write(&changes->subject, &changes->at, reply->token);
    reply->has.token = true;
    call->watched = changes->at;
    call->must_wait = changes->count == 0 && changes->read < READ_MOST;
    call->is_silent = changes->shown == 0 && !(call->is_masked && guess_is_by_value(&changes->search));
}

/* A watch that has waited goes on where its last run ended. */
static aluno_code find_beginning(struct changes *changes, const aluno_watch_students_request *request,
                                 const struct feed_state *state)
{
    if (changes->call->watched.place == 0)
        return watch_token_read(request->after, &changes->subject, state, changes->session, &changes->at,
                                changes->error);
    changes->at = changes->call->watched;
    return ALUNO_OK;
}

static struct watch_page_key key_of(const struct changes *changes,
                                    const aluno_watch_students_request *request,
                                    const struct feed_state *state)
{
    struct watch_page_key key = {.after = changes->at.place,
                                 .feed = state->feed,
                                 .erased = state->erased,
                                 .day = changes->search.day,
                                 .limit = changes->limit,
                                 .keys = (int)changes->call->envelope.keys,
                                 .show_deleted = changes->search.scope == STORE_WITH_REMOVED,
                                 .is_masked = changes->call->is_masked};
    if (request->has.query)
        strcpy(key.query, request->query);
    return key;
}

/* Reads the page after changes->at, or copies it. */
static aluno_code read_page(struct changes *changes, const aluno_watch_students_request *request,
                            const struct feed_state *state)
{
    struct call *call = changes->call;
    struct watch_pages *shared = call->service->watch_pages;
    struct watch_page page;
    const struct watch_page_key key = key_of(changes, request, state);
    if (changes->at.place >= state->last.place)
        return ALUNO_OK;
    if (watch_pages_find(shared, &key, &page, call->items)) {
        changes->at = page.at;
        changes->count = page.count;
        changes->shown = page.shown;
        *call->students = page.students;
        return ALUNO_OK;
    }
    const aluno_code code =
        feed_read(changes->session, changes->at.place, READ_MOST, &changes->rows, changes->error);
    if (code != ALUNO_OK || changes->code != ALUNO_OK || changes->count == 0)
        return code;
    page = (struct watch_page){changes->at, changes->count, changes->shown, *call->students};
    watch_pages_keep(shared, &key, &page, call->items, changes->age);
    return ALUNO_OK;
}

static aluno_code read_changes(struct changes *changes, const aluno_watch_students_request *request,
                               aluno_watch_students_reply *reply)
{
    struct feed_state state;
    const bool deleted = request->has.show_deleted && request->show_deleted;
    aluno_code code = feed_read_state(changes->session, &state, changes->error);
    if (code != ALUNO_OK)
        return code;
    changes->subject = watch_subject_of(request->has.query ? request->query : NULL, deleted, &state);
    changes->at = state.last;
    if (request->has.after)
        code = find_beginning(changes, request, &state);
    if (code == ALUNO_OK && request->has.after)
        code = read_page(changes, request, &state);
    code = changes->code != ALUNO_OK ? changes->code : code;
    if (code != ALUNO_OK)
        return code;
    end_reply(changes, reply);
    changes->call->must_wait = changes->call->must_wait && request->has.after;
    return ALUNO_OK;
}

static aluno_code stop(struct call *call, const aluno_watch_students_request *request, aluno_error *error)
{
    if (!request->has.watch_id)
        return aluno__error_add_violation(error, "watch_id", ALUNO_REASON_FIELD_REQUIRED, NULL);
    call->is_silent = true; /* the call has ended the other one by entering */
    return ALUNO_OK;
}

aluno_code handle_watch_students(struct call *call, struct store_session *session,
                                 const aluno_watch_students_request *request,
                                 aluno_watch_students_reply *reply, aluno_error *error)
{
    struct changes changes = {.rows = {add_entry},
                              .call = call,
                              .session = session,
                              .search = STORE_SEARCH_ALL,
                              .limit = request->has.page_size ? (size_t)request->page_size : PAGE,
                              .age = watch_pages_age(call->service->watch_pages),
                              .known_ms = call->now_ms - PURGE_AFTER_MS + MARGIN_MS,
                              .error = error};
    if (request->has.stop && request->stop)
        return stop(call, request, error);
    aluno_code code = find_parse(call, request->has.query ? request->query : NULL,
                                 request->has.show_deleted && request->show_deleted, &changes.search, error);
    changes.is_of_all = store_search_is_of_all(&changes.search);
    if (code == ALUNO_OK && call->watched.place == 0) /* its first run */
        code = guess_watch(call, session, &changes.search, error);
    if (code == ALUNO_OK)
        code = store_snapshot_open(session, error);
    if (code != ALUNO_OK)
        return code;
    code = read_changes(&changes, request, reply);
    const aluno_code closed = store_snapshot_close(session, code == ALUNO_OK ? error : NULL);
    return code == ALUNO_OK ? closed : code;
}
