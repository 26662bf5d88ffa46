/* Opens a call, runs it, closes it. dispatch.h shows the order. */
#include "dispatch.h"

#include "access.h"
#include "audit/event.h"
#include "base/clock.h"
#include "call_log.h"
#include "handlers/handlers.h"
#include "ledger.h"
#include "reply.h"
#include "workspace.h"

#include "protocol/error.h"
#include "protocol/identifiers.h"
#include "protocol/validate.h"

#include <inttypes.h>
#include <stdlib.h>

static aluno_language language_of(const aluno_request_metadata *metadata)
{
    return metadata->has.language && strncmp(metadata->language, "pt", 2) == 0 ? ALUNO_PT : ALUNO_EN;
}

/* Whether somebody still waits for the reply. */
static aluno_code check_wanted(struct call *call)
{
    aluno_error *error = &call->outcome->error;
    if (atomic_load(call->caller.gone))
        return aluno__error_set(error, ALUNO_REASON_CALL_CANCELLED, "the connection has closed");
    if (aluno__clock_ms() < call->deadline_ms)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_DEADLINE_PASSED, "%" PRId64 " ms", call->timeout_ms);
}

static void set_deadline(struct call *call)
{
    const aluno_request_metadata *metadata = &call->envelope.metadata;
    call->timeout_ms = call->service->limits.most[LIMIT_deadline_ms];
    if (metadata->has.timeout_ms && metadata->timeout_ms < call->timeout_ms)
        call->timeout_ms = metadata->timeout_ms;
    call->deadline_ms = call->arrived_us / 1000 + call->timeout_ms;
}

/* ---- the audit ---- */

static bool is_audited(const struct call *call)
{
    return call->service->audit != NULL && audit_is_about(call->method);
}

/* A change that cannot be recorded is not made; a read is refused before it costs anything. */
static aluno_code check_audit(struct call *call)
{
    return is_audited(call) ? audit_health(call->service->audit, &call->outcome->error) : ALUNO_OK;
}

static aluno_code check_purpose(struct call *call)
{
    const enum purpose_policy policy = call->service->purpose;
    const bool is_required =
        policy == PURPOSE_OF_ALL || (policy == PURPOSE_OF_READS && call->method->effect != ALUNO_MUTATES);
    const bool is_own = audit_purpose_field(call->method) != NULL;
    if (!is_required || is_own || call->envelope.metadata.has.purpose ||
        !audit_is_about_students(call->method))
        return ALUNO_OK;
    return aluno__error_set(&call->outcome->error, ALUNO_REASON_PURPOSE_REQUIRED, NULL);
}

/* Prepares the record of a call that is not a change that was made. */
static void prepare_record(struct call *call)
{
    if (!call->is_recorded && !call->is_silent && is_audited(call))
        audit_event_write(call);
}

/* No record, no reply. */
static void record(struct call *call)
{
    struct outcome *outcome = call->outcome;
    struct audit *audit = call->service->audit;
    if (!is_audited(call) || call->is_silent)
        return;
    if (call->is_recorded) {
        audit_expect_change(audit);
        return;
    }
    const struct audit_record record = {outcome->record.data, outcome->record.size, outcome->record_shared};
    aluno_code code = ALUNO_UNAVAILABLE;
    if (outcome->record.failed)
        aluno__error_set(&outcome->error, ALUNO_REASON_AUDIT_UNAVAILABLE, "memory");
    else if (outcome->code != ALUNO_OK && outcome->alike.size > 0 && !outcome->alike.failed)
        code = audit_append_refusal(audit, &record, &outcome->alike, &outcome->error);
    else
        code = audit_append(audit, &record, &outcome->error);
    if (code != ALUNO_OK)
        reply_write_error(call, code);
}

/* ---- the call ---- */

/* A call that fails because of the service's deadline, not its caller's, has reached a limit. */
static void end_failure(struct call *call, aluno_code code)
{
    struct limits *limits = &call->service->limits;
    if (code == ALUNO_DEADLINE_EXCEEDED && call->timeout_ms == limits->most[LIMIT_deadline_ms])
        limits_reach(limits, LIMIT_deadline_ms);
    reply_write_error(call, code);
    prepare_record(call);
}

/* The ledger keeps a record for a day at least, and recognises by the time in a request id that it may have
 * purged the record. That fails for an id whose time is more than a day ahead. */
static aluno_code check_request_id(const aluno_request_metadata *metadata, aluno_error *error)
{
    enum { AHEAD_MS = 24 * 60 * 60 * 1000 };
    if (!metadata->has.request_id)
        return aluno__error_add_violation(error, "request_id", ALUNO_REASON_FIELD_REQUIRED, NULL);
    const int64_t ahead_ms = aluno__uuid_time(metadata->request_id) - aluno__clock_unix_ms();
    return ahead_ms <= AHEAD_MS ? ALUNO_OK
                                : aluno__error_set(error, ALUNO_REASON_CLOCK_DIFFERS,
                                                   "request_id is %" PRId64 " s ahead of the service's clock",
                                                   ahead_ms / 1000);
}

static aluno_code check_metadata(struct call *call)
{
    aluno_request_metadata *metadata = &call->envelope.metadata;
    aluno_error *error = &call->outcome->error;
    const aluno_code valid = aluno_validate(&aluno_request_metadata_type, metadata, false, error);
    if (valid != ALUNO_OK)
        return valid;
    const aluno_code known =
        call->method->effect == ALUNO_MUTATES ? check_request_id(metadata, error) : ALUNO_OK;
    if (known != ALUNO_OK)
        return known;
    call->is_valid = true;
    set_deadline(call);
    const aluno_code purpose = check_purpose(call);
    return purpose == ALUNO_OK ? check_wanted(call) : purpose;
}

static aluno_code find_method(struct call *call)
{
    aluno_error *error = &call->outcome->error;
    call->method = call->envelope.method;
    if (call->method == NULL)
        return aluno__error_set(error, ALUNO_REASON_METHOD_UNKNOWN, NULL);
    if (atomic_load(&call->service->draining) && call->method->id != ALUNO_METHOD_health_check)
        return aluno__error_set(error, ALUNO_REASON_DRAINING, NULL);
    return access_check(&call->caller, call->method, error);
}

/* The method's validate_only, if its request has that field. */
static bool is_dry_run(const struct call *call)
{
    static const char name[] = "validate_only";
    const aluno_field_desc *field = aluno_field_named(call->method->request, name, sizeof name - 1);
    return field != NULL && *aluno_has(field, call->request) &&
           *(const bool *)aluno_value(field, call->request);
}

static aluno_code read_message(struct call *call)
{
    const aluno_method_desc *method = call->method;
    aluno_error *error = &call->outcome->error;
    aluno__reader bytes = call->envelope.message;
    call->request = malloc(method->request->size);
    if (call->request == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_code code =
        aluno__codec_decode(method->request, call->request, &bytes, ALUNO_UNKNOWN_REFUSED, error);
    call->is_decoded = true;
    code = aluno__validate_expected(method->request, call->request, code, &call->service->required, error);
    if (code == ALUNO_OK)
        code = access_check_fields(&call->caller, method->request, call->request, error);
    call->is_dry_run = code == ALUNO_OK && is_dry_run(call);
    return code;
}

/* Enters a change into the registry of those in progress, until dispatch_close. */
static void enter_pending(struct call *call)
{
    if (call->method->effect != ALUNO_MUTATES || call->is_dry_run)
        return;
    call->pending.caller = call->caller.name;
    call->pending.request_id = call->envelope.metadata.request_id;
    call->pending.method = call->method;
    pending_add(&call->service->pending, &call->pending);
}

static aluno_code open_request(struct call *call, const uint8_t *bytes, size_t size)
{
    aluno_code code = aluno__envelope_read_request(bytes, size, &call->envelope, &call->outcome->error);
    if (code != ALUNO_OK)
        return code;
    call->language = language_of(&call->envelope.metadata);
    code = find_method(call);
    if (code == ALUNO_OK)
        code = check_audit(call);
    if (code == ALUNO_OK)
        code = account_check_calls(call->caller.account, &call->service->limits, &call->outcome->error);
    if (code == ALUNO_OK)
        code = check_metadata(call);
    if (code == ALUNO_OK)
        code = read_message(call);
    return code;
}

bool dispatch_open(struct call *call, struct outcome *outcome, struct service *service,
                   const struct caller *caller, const uint8_t *bytes, size_t size)
{
    *call = (struct call){.service = service,
                          .caller = *caller,
                          .arrived_us = aluno__clock_us(),
                          .language = ALUNO_EN,
                          .is_masked = access_is_masked(caller),
                          .outcome = outcome};
    outcome_clear(outcome);
    const aluno_code code = open_request(call, bytes, size);
    if (code != ALUNO_OK) {
        end_failure(call, code);
        return false;
    }
    enter_pending(call);
    return true;
}

static aluno_code open_workspace(struct call *call)
{
    struct workspace *workspace = workspace_of_thread();
    if (workspace == NULL)
        return aluno__error_set(&call->outcome->error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    call->reply = &workspace->reply;
    call->items = &workspace->items;
    call->students = &workspace->students;
    audit_students_clear(call->students);
    aluno_clear(call->method->reply, call->reply);
    aluno__buffer_reset(call->items);
    return ALUNO_OK;
}

/* A page that comes too late is neither written nor encrypted. */
static aluno_code run_read(struct call *call, struct store_session *session)
{
    aluno_code code = handlers_run(call, session);
    if (code == ALUNO_OK)
        code = check_wanted(call);
    if (code == ALUNO_OK)
        reply_write(call);
    return code;
}

bool dispatch_run(struct call *call, struct store_session *session)
{
    struct outcome *outcome = call->outcome;
    outcome_clear(outcome);
    call->now_ms = aluno__clock_unix_ms();
    call->is_recorded = call->is_silent = call->must_wait = false;
    call->reply = NULL;
    store_session_until(session, call->deadline_ms);
    aluno_code code = check_wanted(call);
    if (code == ALUNO_OK)
        code = open_workspace(call);
    if (code == ALUNO_OK)
        code = call->method->effect == ALUNO_MUTATES ? ledger_run(call, session) : run_read(call, session);
    if (code == ALUNO_OK && outcome->reply.failed)
        code = aluno__error_set(&outcome->error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code != ALUNO_OK) {
        call->is_recorded = call->is_silent = call->must_wait = false;
        end_failure(call, code);
    } else {
        prepare_record(call);
    }
    return code == ALUNO_OK && !call->is_dry_run && !outcome->metadata.has.replayed;
}

void dispatch_fail(struct call *call, const aluno_error *error)
{
    aluno_copy(&aluno_error_type, &call->outcome->error, error);
    call->is_recorded = false;
    reply_write_error(call, (aluno_code)error->code);
    prepare_record(call);
}

void dispatch_close(struct call *call)
{
    record(call);
    counters_call(&call->service->counters, call->method, call->outcome->code,
                  aluno__clock_us() - call->arrived_us);
    call_log(call);
    if (call->outcome->code == ALUNO_OK && call->outcome->metadata.has.replayed)
        pending_settle(&call->service->pending, call->caller.name, call->envelope.metadata.request_id);
    pending_remove(&call->service->pending, &call->pending);
    free(call->request);
    call->request = NULL;
}
