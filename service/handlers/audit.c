/* ListAuditEvents: a page of the audit's events. */
#include "handlers.h"

#include "audit_page.h"
#include "hash.h"
#include "page_token.h"

#include "protocol/error.h"

#include <string.h>

enum {
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
    filter->abandoned = call->caller.gone;
    if (request->has.from_time)
        filter->from_ms = request->from_time;
    if (request->has.to_time)
        filter->to_ms = request->to_time;
    if (request->has.caller)
        filter->caller = request->caller;
    if (request->has.student_id) {
        filter->student_ids = &request->student_id;
        filter->student_count = 1;
    }
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

/* A text that is not set has no end. gcc 14 calls strlen for `has ? strlen(text) + 1 : 1` in either case. */
static uint64_t hash_text(uint64_t hash, bool has, const char *text)
{
    const char *const set = has ? text : "";
    return hash_bytes(hash, set, strlen(set) + 1);
}

static void write_token(const aluno_list_audit_events_request *request, const struct audit_filter *filter,
                        const struct audit_position *position, char token[TOKEN_SIZE])
{
    const int64_t student_id = request->has.student_id ? request->student_id : 0;
    const int64_t numbers[] = {filter->from_ms, filter->to_ms, student_id, position->after, position->last};
    uint64_t hash = hash_bytes(HASH_START, numbers, sizeof numbers);
    hash = hash_text(hash, request->has.caller, request->caller);
    hash = hash_text(hash, request->has.method, request->method);
    hash = hash_text(hash, request->has.code, request->code);
    const int64_t positions[] = {position->after, position->last};
    page_token_write(hash, positions, 2, token, TOKEN_SIZE);
}

/* False for a token that write_token would not write for this request. */
static bool parse_token(const aluno_list_audit_events_request *request, const struct audit_filter *filter,
                        struct audit_position *position)
{
    char again[TOKEN_SIZE];
    int64_t positions[2] = {0};
    if (!page_token_read(request->page_token, positions, 2))
        return false;
    *position = (struct audit_position){positions[0], positions[1]};
    write_token(request, filter, position, again);
    return strcmp(again, request->page_token) == 0;
}

/* ---- the page ---- */

/* Encodes events into the call's items. */
struct encoded_events {
    struct audit_page page; /* first: audit_page_read gives it back */
    struct call *call;
};

static void add_event(struct audit_page *page, aluno_audit_event *event)
{
    struct call *call = ((struct encoded_events *)(void *)page)->call;
    aluno__codec_encode(&aluno_audit_event_type, event, call->envelope.keys, call->items);
}

aluno_code handle_list_audit_events(struct call *call, struct store_session *session,
                                    const aluno_list_audit_events_request *request,
                                    aluno_list_audit_events_reply *reply, aluno_error *error)
{
    (void)session;
    struct audit_filter filter;
    struct audit_position position;
    struct encoded_events events = {
        {add_event, request->has.page_size ? (size_t)request->page_size : PAGE_MOST, 0, false}, call};
    if (call->service->audit == NULL)
        return aluno__error_set(error, ALUNO_REASON_AUDIT_UNAVAILABLE, NULL);
    aluno_code code = make_filter(call, request, &filter, error);
    if (request->has.page_token && !parse_token(request, &filter, &position))
        code = aluno__error_add_violation(error, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID, NULL);
    if (code == ALUNO_OK && !request->has.page_token)
        code = audit_page_begin(call, &position, error);
    if (code != ALUNO_OK)
        return code;
    code = audit_page_read(call, &filter, &position, &events.page, error);
    reply->has.events = true;
    reply->events.count = events.page.count;
    if (code != ALUNO_OK || events.page.is_last)
        return code;
    write_token(request, &filter, &position, reply->next_page_token);
    reply->has.next_page_token = true;
    return ALUNO_OK;
}
