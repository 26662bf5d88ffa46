/* A page of the audit's events, for the methods that return one.
 *
 * The list ends with the events that were there when it began: each page that is read is an event itself. */
#ifndef ALUNOD_AUDIT_PAGE_H
#define ALUNOD_AUDIT_PAGE_H

#include "audit/reading.h"
#include "call.h"

/* Sequences: a page has what comes after the one, up to the other, where the list ends. */
struct audit_position {
    int64_t after, last;
};

/* Receives the events one by one, in their order. Embedded in the caller's own struct. */
struct audit_page {
    void (*add)(struct audit_page *page, aluno_audit_event *event);
    size_t most;  /* the page ends with so many events */
    size_t count; /* how many it has */
    bool is_last; /* no event can follow */
};

/* Where a list begins and ends now, when the changes made so far are in the segments. Waits for that until
 * the call's deadline. */
aluno_code audit_page_begin(const struct call *call, struct audit_position *position, aluno_error *error);

/* Hands over the events that the filter lets pass, and sets position->after to the last one that was read. A
 * page reads so many events at most, whether they pass or not: one that few pass is not full. */
aluno_code audit_page_read(struct call *call, struct audit_filter *filter, struct audit_position *position,
                           struct audit_page *page, aluno_error *error);

#endif
