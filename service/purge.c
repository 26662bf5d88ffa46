/* Deletes what has expired from the store, a thousand rows a change, until nothing is left; and erases
 * students whose retention is over, a few a change. Other changes run in between. */
#include "purge.h"

#include "base/clock.h"

#include <stdlib.h>

enum { ROWS_A_CHANGE = 1000, STUDENTS_A_CHANGE = 20 };

static const char reason[] = "retention";

struct purge {
    struct store_change change; /* first: the store returns it */
    struct service *service;
    int64_t before_ms, feed_before_ms;
    int64_t now_ms, removed_before_ms; /* 0: students stay */
    bool is_done, has_erased;
};

/* Students whose retention is over. */
struct expired {
    struct store_page page; /* first: the store gives it back */
    struct {
        int64_t id, create_time;
    } items[STUDENTS_A_CHANGE];
    int64_t count;
};

static void add_expired(struct store_page *page, aluno_student *student)
{
    struct expired *expired = (struct expired *)(void *)page;
    expired->items[expired->count].id = student->id;
    expired->items[expired->count++].create_time = student->create_time;
}

/* The record of an erasure is in its transaction, as that of a call. */
static bool record_erasure(const struct purge *purge, struct store_session *session,
                           struct audit_students *students)
{
    aluno__buffer record = {0};
    if (purge->service->audit == NULL)
        return true;
    audit_own_event("erase", reason, students, &record);
    const bool is_recorded =
        !record.failed && audit_record(session, record.data, record.size, NULL) == ALUNO_OK;
    aluno__buffer_free(&record);
    return is_recorded;
}

static bool erase_students(struct purge *purge, struct store_session *session, int64_t *count)
{
    struct expired expired = {.page = {add_expired}};
    struct store_erased erased = {0};
    struct audit_students students = {0};
    *count = 0;
    if (purge->removed_before_ms == 0)
        return true;
    if (student_removed_before(session, purge->removed_before_ms, STUDENTS_A_CHANGE, &expired.page, NULL) !=
        ALUNO_OK)
        return false;
    for (; *count < expired.count; ++*count) {
        const struct store_tombstone tombstone = {.id = expired.items[*count].id,
                                                  .create_time = expired.items[*count].create_time,
                                                  .erase_time = purge->now_ms,
                                                  .caller = "",
                                                  .reason = reason};
        if (student_erase(session, &tombstone, &erased, NULL) != ALUNO_OK)
            return false;
        students.ids[students.count++] = tombstone.id;
    }
    return *count == 0 || record_erasure(purge, session, &students);
}

static bool apply(struct store_change *change, struct store_session *session)
{
    struct purge *purge = (struct purge *)(void *)change;
    int64_t operations = 0, positions = 0, entries = 0, students = 0;
    const bool applied =
        operation_purge(session, purge->before_ms, ROWS_A_CHANGE, &operations, NULL) == ALUNO_OK &&
        position_purge(session, purge->before_ms, ROWS_A_CHANGE, &positions, NULL) == ALUNO_OK &&
        feed_purge(session, purge->feed_before_ms, ROWS_A_CHANGE, &entries, NULL) == ALUNO_OK &&
        erase_students(purge, session, &students);
    purge->has_erased = students > 0;
    purge->is_done = !applied || (operations < ROWS_A_CHANGE && positions < ROWS_A_CHANGE &&
                                  entries < ROWS_A_CHANGE && students < STUDENTS_A_CHANGE);
    return applied;
}

/* Queues the next change. After a failure, which the store has logged, the next purge tries again. */
static void finish(struct store_change *change, const aluno_error *commit_error)
{
    struct purge *purge = (struct purge *)(void *)change;
    struct service *service = purge->service;
    if (purge->has_erased)
        watch_pages_forget(service->watch_pages);
    if (purge->has_erased && commit_error == NULL && service->audit != NULL)
        audit_expect_change(service->audit);
    if (commit_error != NULL || purge->is_done || atomic_load(&service->draining) ||
        store_submit(service->store, change, NULL) != ALUNO_OK)
        free(purge);
}

void purge_start(struct service *service)
{
    struct purge *purge = calloc(1, sizeof *purge);
    if (purge == NULL)
        return;
    purge->change = (struct store_change){.apply = apply, .done = finish};
    purge->service = service;
    purge->now_ms = aluno__clock_unix_ms();
    purge->before_ms = purge->now_ms - PURGE_AFTER_MS;
    purge->feed_before_ms = purge->now_ms - service->keep_changes_ms;
    if (service->erase_removed_after_ms != 0)
        purge->removed_before_ms = purge->now_ms - service->erase_removed_after_ms;
    if (store_submit(service->store, &purge->change, NULL) != ALUNO_OK)
        free(purge);
}
