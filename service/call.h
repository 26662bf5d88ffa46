/* One call, from the bytes of its request to the bytes of its reply. */
#ifndef ALUNOD_CALL_H
#define ALUNOD_CALL_H

#include "caller.h"
#include "audit/students.h"
#include "service.h"

#include "protocol/envelope.h"

/* How a call ended. It is reused from call to call: its buffers keep their memory. */
struct outcome {
    aluno_code code;
    aluno_error error;             /* unless code is ALUNO_OK */
    aluno_reply_metadata metadata; /* handlers add warnings */
    aluno__buffer reply;           /* the bytes to send */
    aluno__buffer entry;           /* of a change: its entry in the ledger */
    aluno__buffer record;          /* of a call on students: its record in the audit, of two maps */
    size_t record_shared;          /* size of the first */
    aluno__buffer alike;           /* of a refusal: what its event has in common with others; may be empty */
};

struct call {
    struct service *service;
    struct caller caller;
    int64_t arrived_us;      /* monotonic clock */
    int64_t timeout_ms;      /* the caller's, but at most the service's */
    int64_t deadline_ms;     /* monotonic clock */
    aluno__request envelope; /* borrows the request's bytes, which outlive the call */
    aluno_language language;
    const aluno_method_desc *method;
    bool is_valid;    /* its metadata are */
    bool is_decoded;  /* `request` has what was sent, be it valid or not */
    bool is_repeat;   /* of a change that is in the ledger */
    bool is_recorded; /* its record is in the transaction of its change */
    bool is_dry_run;  /* validate_only: validate and answer, keep nothing (AIP-163) */
    bool is_masked;   /* the reply shows personal values masked */
    bool must_wait;   /* a watch that has found nothing yet: the reply is for when its time is over */
    bool is_silent;   /* a watch whose reply shows no student: not for the audit */
    struct feed_entry watched; /* a watch has read the feed up to here; place 0: not yet */
    void *request;             /* of method->request; owned */
    int64_t now_ms;            /* Unix milliseconds, when it began to run: a change's time */
    /* While it runs. Its thread's workspace holds them. */
    void *reply;                     /* of method->reply */
    aluno__buffer *items;            /* elements of the reply's list, encoded; empty: they are in *reply */
    struct audit_students *students; /* of these elements */
    struct pending_change pending;
    struct outcome *outcome;
};

#endif
