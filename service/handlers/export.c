/* ExportSubject: what is held on a person, and who had it. A page token continues the audit's events; such a
 * page has the students, so that its own event names them, and events alone. */
#include "handlers.h"

#include "age.h"
#include "audit_page.h"
#include "hash.h"
#include "page_token.h"
#include "old_copies.h"
#include "school_day.h"
#include "subject.h"

#include "protocol/error.h"

#include <string.h>

#define ROOM(list) (sizeof(list).items / sizeof *(list).items)

/* ---- what is held ---- */

static aluno_code read_history(struct store_session *session, aluno_subject *reply, aluno_error *error)
{
    struct store_history former = {.room = ROOM(reply->former_values)};
    struct store_history ledger = {.room = ROOM(reply->changes)};
    aluno_code code = ALUNO_OK;
    for (size_t i = 0; code == ALUNO_OK && i < reply->students.count; i++) {
        const int64_t id = reply->students.items[i].id;
        code = student_former_values(session, id, reply->former_values.items, &former, error);
        if (code == ALUNO_OK)
            code = student_ledger(session, id, reply->changes.items, &ledger, error);
    }
    reply->has.former_values = reply->has.changes = true;
    reply->former_values.count = former.count;
    reply->changes.count = ledger.count;
    ALUNO_SET(*reply, truncated, former.more || ledger.more);
    return code;
}

static void list_copies(const struct service *service, aluno_subject *reply)
{
    reply->has.old_copies = true;
    reply->old_copies.count = old_copies_list(service, reply->old_copies.items, ROOM(reply->old_copies));
}

/* ---- who had it ---- */

struct event_list {
    struct audit_page page; /* first: audit_page_read gives it back */
    aluno_audit_event *events;
};

static void add_event(struct audit_page *page, aluno_audit_event *event)
{
    aluno_copy(&aluno_audit_event_type, &((struct event_list *)(void *)page)->events[page->count], event);
}

/* The positions, and a hash of these and of the students. */
static void write_token(const int64_t *ids, size_t count, const struct audit_position *position,
                        char token[sizeof((aluno_subject *)NULL)->next_page_token])
{
    uint64_t hash = hash_bytes(HASH_START, ids, count * sizeof *ids);
    hash = hash_bytes(hash, position, sizeof *position);
    const int64_t positions[] = {position->after, position->last};
    page_token_write(hash, positions, 2, token, sizeof((aluno_subject *)NULL)->next_page_token);
}

static aluno_code parse_token(const char *token, const int64_t *ids, size_t count,
                              struct audit_position *position, aluno_error *error)
{
    char again[sizeof((aluno_subject *)NULL)->next_page_token];
    int64_t positions[2] = {0};
    if (page_token_read(token, positions, 2)) {
        *position = (struct audit_position){positions[0], positions[1]};
        write_token(ids, count, position, again);
        if (strcmp(again, token) == 0)
            return ALUNO_OK;
    }
    return aluno__error_add_violation(error, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID, NULL);
}

static aluno_code read_events(struct call *call, const aluno_export_subject_request *request,
                              aluno_subject *reply, aluno_error *error)
{
    int64_t ids[ROOM(reply->students)];
    struct audit_position position;
    struct event_list list = {{add_event, ROOM(reply->events), 0, false}, reply->events.items};
    struct audit_filter filter = AUDIT_FILTER_ALL;
    for (size_t i = 0; i < reply->students.count; i++)
        ids[i] = reply->students.items[i].id;
    filter.student_ids = ids;
    filter.student_count = reply->students.count;
    filter.abandoned = call->caller.gone;
    aluno_code code = request->has.page_token
                          ? parse_token(request->page_token, ids, filter.student_count, &position, error)
                          : audit_page_begin(call, &position, error);
    if (code == ALUNO_OK)
        code = audit_page_read(call, &filter, &position, &list.page, error);
    reply->has.events = true;
    reply->events.count = list.page.count;
    reply->has.next_page_token = code == ALUNO_OK && !list.page.is_last;
    if (reply->has.next_page_token)
        write_token(ids, filter.student_count, &position, reply->next_page_token);
    return code;
}

/* ---- the call ---- */

aluno_code handle_export_subject(struct call *call, struct store_session *session,
                                 const aluno_export_subject_request *request, aluno_subject *reply,
                                 aluno_error *error)
{
    const struct subject whom = {request->has.id ? request->id : 0, request->br_document};
    aluno_code code = subject_find(session, &whom, reply->students.items, ROOM(reply->students),
                                   &reply->students.count, error);
    reply->has.students = true;
    for (size_t i = 0; code == ALUNO_OK && i < reply->students.count; i++)
        age_complete(&reply->students.items[i], school_day(call->now_ms));
    if (code == ALUNO_OK && !request->has.page_token)
        code = read_history(session, reply, error);
    if (code == ALUNO_OK && !request->has.page_token)
        list_copies(call->service, reply);
    if (code == ALUNO_OK && call->service->audit != NULL)
        code = read_events(call, request, reply, error);
    return code;
}
