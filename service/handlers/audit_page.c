/* Reads the audit's folder, so many events a page at most, whether they pass the filter or not. */
#include "audit_page.h"

#include "protocol/error.h"

enum { EVENTS_MOST = 100000 }; /* that a page reads */

aluno_code audit_page_begin(const struct call *call, struct audit_position *position, aluno_error *error)
{
    struct audit *audit = call->service->audit;
    struct audit_measures measures;
    if (!audit_settle(audit, call->deadline_ms)) {
        const aluno_code code = audit_health(audit, error);
        return code != ALUNO_OK ? code : aluno__error_set(error, ALUNO_REASON_DEADLINE_PASSED, NULL);
    }
    audit_measure(audit, &measures);
    *position = (struct audit_position){0, measures.synced + measures.unsynced};
    return ALUNO_OK;
}

static aluno_code read_events(struct audit_reader *reader, const struct audit_filter *filter,
                              struct audit_position *position, struct audit_page *page, aluno_error *error)
{
    aluno_audit_event event;
    const int64_t before = position->after;
    for (bool found = true; found && page->count < page->most;) {
        const aluno_code code = audit_reader_next(reader, filter, &event, &found, error);
        if (code != ALUNO_OK)
            return code;
        if (found && event.sequence > position->last)
            break;
        if (found) {
            page->add(page, &event);
            page->count++;
        }
    }
    position->after = audit_reader_position(reader);
    page->is_last = position->after >= position->last || position->after == before;
    return ALUNO_OK;
}

aluno_code audit_page_read(struct call *call, struct audit_filter *filter, struct audit_position *position,
                           struct audit_page *page, aluno_error *error)
{
    struct audit_reader *reader;
    aluno_code code = audit_reader_open(&reader, audit_folder(call->service->audit), position->after, error);
    if (code != ALUNO_OK)
        return code;
    filter->most = EVENTS_MOST;
    filter->deadline_ms = call->deadline_ms;
    code = read_events(reader, filter, position, page, error);
    audit_reader_close(reader);
    return code;
}
