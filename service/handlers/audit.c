/* ListAuditEvents: a page of the audit's events.
 *
 * A page reads at most BUDGET_MS, so that a filter that few events pass does not reach the call's deadline:
 * such a page is not full and has a token. The list ends with the events that were there when it began: each
 * page that is read is an event itself. */
#include "handlers.h"

#include "audit/audit.h"
#include "audit/reading.h"
#include "hash.h"

#include "protocol/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    EVENTS_MOST = 100000,
    PAGE_MOST = sizeof(((aluno_list_audit_events_reply *)NULL)->events.items) / sizeof(aluno_audit_event),
    TOKEN_SIZE = sizeof(((aluno_list_audit_events_request *)NULL)->page_token),
};

/* ---- the filter ---- */

/* The wire name of "GetStudent", or of a name with its service; NULL: there is no such method. Events of the
 * audit itself have names that are not the contract's. */
static const char *wire_name(const char *name)
{
    static const char own[] = "alunod/";
    if (strncmp(name, own, sizeof own - 1) == 0)
        return name;
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const char *wire = aluno_method_of((aluno_method_id)i)->name, *slash = strchr(wire, '/');
        if (strcmp(wire, name) == 0 || strcmp(slash + 1, name) == 0)
            return wire;
    }
    return NULL;
}

static bool is_code(const char *name)
{
    for (int64_t code = ALUNO_OK; code <= ALUNO_UNAUTHENTICATED; code++)
        if (strcmp(aluno_code_name(code), name) == 0)
            return true;
    return false;
}

static aluno_code make_filter(const struct call *call, const aluno_list_audit_events_request *request,
                              struct audit_filter *filter, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    *filter = (struct audit_filter)AUDIT_FILTER_ALL;
    filter->most = EVENTS_MOST;
    filter->deadline_ms = call->deadline_ms;
    filter->abandoned = call->caller.gone;
    if (request->has.from_time)
        filter->from_ms = request->from_time;
    if (request->has.to_time)
        filter->to_ms = request->to_time;
    if (request->has.caller)
        filter->caller = request->caller;
    if (request->has.student_id)
        filter->student_id = request->student_id;
    if (request->has.method)
        filter->method = wire_name(request->method);
    if (request->has.code)
        filter->code = request->code;
    if (filter->from_ms > filter->to_ms)
        code = aluno__error_add_violation(error, "to_time", ALUNO_REASON_NUMBER_RANGE, "< from_time");
    if (request->has.method && filter->method == NULL)
        code = aluno__error_add_violation(error, "method", ALUNO_REASON_METHOD_UNKNOWN, NULL);
    if (request->has.code && !is_code(request->code))
        code = aluno__error_add_violation(error, "code", ALUNO_REASON_WORD_UNKNOWN, NULL);
    return code;
}

/* ---- page tokens: the position where a page ended, that where the list ends, and a hash of these and of the
 * filter ---- */

struct position {
    int64_t after, last; /* sequences */
};

static uint64_t hash_text(uint64_t hash, bool has, const char *text)
{
    return hash_bytes(hash, has ? text : "", has ? strlen(text) + 1 : 1);
}

static void write_token(const aluno_list_audit_events_request *request, const struct audit_filter *filter,
                        const struct position *position, char token[TOKEN_SIZE])
{
    const int64_t numbers[] = {filter->from_ms, filter->to_ms, filter->student_id, position->after,
                               position->last};
    uint64_t hash = hash_bytes(HASH_START, numbers, sizeof numbers);
    hash = hash_text(hash, request->has.caller, request->caller);
    hash = hash_text(hash, request->has.method, request->method);
    hash = hash_text(hash, request->has.code, request->code);
    snprintf(token, TOKEN_SIZE, "%016" PRIx64 "-%" PRIx64 "-%" PRIx64, hash, (uint64_t)position->after,
             (uint64_t)position->last);
}

/* False for a token that write_token would not write for this request. */
static bool parse_token(const aluno_list_audit_events_request *request, const struct audit_filter *filter,
                        struct position *position)
{
    char again[TOKEN_SIZE];
    uint64_t after, last;
    if (sscanf(request->page_token, "%*16[0-9a-f]-%16" SCNx64 "-%16" SCNx64, &after, &last) != 2)
        return false;
    *position = (struct position){(int64_t)after, (int64_t)last};
    write_token(request, filter, position, again);
    return strcmp(again, request->page_token) == 0;
}

/* Waits until the changes made so far are in the segments: the list ends there. */
static aluno_code find_end(const struct call *call, struct position *position, aluno_error *error)
{
    struct audit *audit = call->service->audit;
    struct audit_measures measures;
    if (!audit_settle(audit, call->deadline_ms)) {
        const aluno_code code = audit_health(audit, error);
        return code != ALUNO_OK ? code : aluno__error_set(error, ALUNO_REASON_DEADLINE_PASSED, NULL);
    }
    audit_measure(audit, &measures);
    *position = (struct position){0, measures.synced + measures.unsynced};
    return ALUNO_OK;
}

/* ---- the page ---- */

/* Encodes a page's events into the call's items; position->after is set to the last one that was read.
 * *is_last is whether none can follow. */
static aluno_code read_events(struct call *call, struct audit_reader *reader,
                              const struct audit_filter *filter, size_t most, struct position *position,
                              bool *is_last, aluno_error *error)
{
    aluno_list_audit_events_reply *reply = call->reply;
    aluno_audit_event event;
    const int64_t before = position->after;
    for (bool found = true; found && reply->events.count < most;) {
        const aluno_code code = audit_reader_next(reader, filter, &event, &found, error);
        if (code != ALUNO_OK)
            return code;
        if (found && event.sequence > position->last)
            break;
        if (found) {
            aluno__codec_encode(&aluno_audit_event_type, &event, call->envelope.keys, call->items);
            reply->events.count++;
        }
    }
    position->after = audit_reader_position(reader);
    *is_last = position->after >= position->last || position->after == before;
    return ALUNO_OK;
}

static aluno_code read_page(struct call *call, const struct audit_filter *filter, size_t most,
                            struct position *position, bool *is_last, aluno_error *error)
{
    struct audit_reader *reader;
    aluno_code code = audit_reader_open(&reader, audit_folder(call->service->audit), position->after, error);
    if (code != ALUNO_OK)
        return code;
    code = read_events(call, reader, filter, most, position, is_last, error);
    audit_reader_close(reader);
    return code;
}

aluno_code handle_list_audit_events(struct call *call, struct store_session *session,
                                    const aluno_list_audit_events_request *request,
                                    aluno_list_audit_events_reply *reply, aluno_error *error)
{
    (void)session;
    struct audit_filter filter;
    struct position position;
    bool is_last;
    const size_t most = request->has.page_size ? (size_t)request->page_size : PAGE_MOST;
    if (call->service->audit == NULL)
        return aluno__error_set(error, ALUNO_REASON_AUDIT_UNAVAILABLE, NULL);
    aluno_code code = make_filter(call, request, &filter, error);
    if (request->has.page_token && !parse_token(request, &filter, &position))
        code = aluno__error_add_violation(error, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID, NULL);
    if (code == ALUNO_OK && !request->has.page_token)
        code = find_end(call, &position, error);
    if (code != ALUNO_OK)
        return code;
    reply->events.count = 0;
    reply->has.events = true;
    code = read_page(call, &filter, most, &position, &is_last, error);
    if (code != ALUNO_OK || is_last)
        return code;
    write_token(request, &filter, &position, reply->next_page_token);
    reply->has.next_page_token = true;
    return ALUNO_OK;
}
