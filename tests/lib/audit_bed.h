/* A call bed with an audit, and what ListAuditEvents finds in it. */
#ifndef AUDIT_BED_H
#define AUDIT_BED_H

#include "audit_folder.h"
#include "call_bed.h"

#include "audit/audit.h"

static aluno_list_audit_events_reply page;
static char folder[256];

static inline void audit_bed_open(call_bed *bed, int64_t segment_bytes, int64_t keep_ms)
{
    aluno_error error;
    snprintf(folder, sizeof folder, "%s/audit", bed->store.folder);
    const struct audit_options options = {
        .folder = folder, .segment_bytes = segment_bytes, .keep_ms = keep_ms};
    if (audit_open(&bed->service.audit, &options, bed->service.store, &error) != ALUNO_OK)
        fail_msg("%s", error.message);
}

static inline int audit_bed_set_up(void **state)
{
    const int failure = call_bed_set_up(state);
    if (failure == 0)
        audit_bed_open(*state, 1 << 16, INT64_MAX / 2);
    return failure;
}

static inline void audit_bed_reopen(call_bed *bed, int64_t segment_bytes, int64_t keep_ms)
{
    audit_close(bed->service.audit);
    audit_bed_open(bed, segment_bytes, keep_ms);
}

static inline int audit_bed_tear_down(void **state)
{
    call_bed *bed = *state;
    audit_close(bed->service.audit);
    bed->service.audit = NULL;
    audit_folder_remove(folder);
    return call_bed_tear_down(state);
}

/* ---- calls ---- */

static inline aluno_code list(call_bed *bed, const aluno_list_audit_events_request *request)
{
    const struct caller before = bed->caller;
    bed_call_as(bed, "auditora", ALUNO_ROLE_auditor);
    const aluno_code code = bed_call(bed, ALUNO_METHOD_list_audit_events, request);
    if (code == ALUNO_OK)
        page = bed->reply.list_audit_events_reply;
    bed->caller = before;
    return code;
}

/* Lists all of the caller's events by pages of that size; returns how many there are. Their numbers ascend.
 */
static inline int64_t count_by_pages(call_bed *bed, const char *caller, int64_t size, size_t *pages)
{
    int64_t count = 0, last = 0;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    ALUNO_SET(request, page_size, size);
    if (caller != NULL)
        ALUNO_SET_TEXT(request, caller, caller);
    for (*pages = 1;; (*pages)++) {
        assert_int_equal(list(bed, &request), ALUNO_OK);
        for (size_t i = 0; i < page.events.count; i++) {
            assert_true(page.events.items[i].sequence > last);
            last = page.events.items[i].sequence;
        }
        count += (int64_t)page.events.count;
        if (!page.has.next_page_token)
            return count;
        ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    }
}

/* The events of a filter, as a text: "method students fields code" of each, in lines. */
static inline const char *found(call_bed *bed, const aluno_list_audit_events_request *request)
{
    static char text[4096];
    size_t length = 0;
    assert_int_equal(list(bed, request), ALUNO_OK);
    *text = '\0';
    for (size_t i = 0; i < page.events.count; i++) {
        const aluno_audit_event *event = &page.events.items[i];
        length += (size_t)snprintf(text + length, sizeof text - length, "%s %s %s %s\n",
                                   strrchr(event->method, '/') + 1,
                                   event->has.student_ids ? event->student_ids : "-",
                                   event->has.fields ? event->fields : "-", event->code);
    }
    return text;
}

#endif
