/* Bytes in, bytes out: opens the envelope, finds the method, checks who calls and what, runs the handler and
 * writes the reply. dispatch.h shows the order. */
#include "dispatch.h"

#include "access.h"
#include "base/clock.h"
#include "handlers/handlers.h"
#include "hash.h"
#include "log.h"

#include "protocol/error.h"
#include "protocol/identifiers.h"
#include "user_agent.h"

#include <aluno/validate.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- replies ---- */

static void write_failure(struct call *call)
{
    const aluno_request_metadata *asked = &call->request.metadata;
    if (asked->has.request_id)
        ALUNO_SET_TEXT(call->error, request_id, asked->request_id);
    aluno_error_translate(&call->error, call->language);
    aluno__buffer_reset(&call->reply);
    aluno__envelope_write_failure(&call->reply, call->request.msgid, &call->error);
}

/* Ends the call with what call->error says. */
static bool refuse(struct call *call, aluno_code code)
{
    call->code = code;
    write_failure(call);
    return false;
}

void dispatch_fail(struct call *call, const aluno_error *error)
{
    aluno_copy(&aluno_error_type, &call->error, error);
    refuse(call, (aluno_code)error->code);
}

static void end_success(struct call *call)
{
    aluno_reply_metadata *metadata = &call->metadata;
    if (call->request.metadata.has.request_id)
        ALUNO_SET_TEXT(*metadata, request_id, call->request.metadata.request_id);
    ALUNO_SET_TEXT(*metadata, server_version, ALUNO_VERSION);
    metadata->has.warnings = metadata->warnings.count > 0;
    aluno__envelope_end_success(&call->reply, metadata);
}

/* ---- opening ---- */

static aluno_language language_of(const aluno_request_metadata *metadata)
{
    return metadata->has.language && strncmp(metadata->language, "pt", 2) == 0 ? ALUNO_PT : ALUNO_EN;
}

static aluno_code check_deadline(struct call *call)
{
    if (aluno__clock_ms() < call->until_ms)
        return ALUNO_OK;
    return aluno__error_set(&call->error, ALUNO_REASON_DEADLINE_PASSED, "%" PRId64 " ms",
                            call->request.metadata.timeout_ms);
}

static aluno_code check_metadata(struct call *call)
{
    aluno_request_metadata *metadata = &call->request.metadata;
    const aluno_code valid = aluno_validate(&aluno_request_metadata_type, metadata, false, &call->error);
    if (valid != ALUNO_OK)
        return valid;
    if (call->method->effect == ALUNO_MUTATES && !metadata->has.request_id)
        return aluno__error_add_violation(&call->error, "request_id", ALUNO_REASON_FIELD_REQUIRED, NULL);
    if (metadata->has.timeout_ms)
        call->until_ms = call->arrived_ms + metadata->timeout_ms;
    return check_deadline(call);
}

static aluno_code find_method(struct call *call)
{
    const aluno__request *request = &call->request;
    call->method = aluno_method_named(request->method, request->method_length);
    if (call->method == NULL)
        return aluno__error_set(&call->error, ALUNO_REASON_METHOD_UNKNOWN, NULL);
    const bool refused =
        atomic_load(&call->service->draining) && call->method->id != ALUNO_METHOD_health_check;
    if (refused)
        return aluno__error_set(&call->error, ALUNO_REASON_DRAINING, NULL);
    return access_check(&call->caller, call->method, &call->error);
}

static aluno_code read_message(struct call *call)
{
    call->message = malloc(call->method->request->size);
    call->answer = malloc(call->method->reply->size);
    if (call->message == NULL || call->answer == NULL)
        return aluno__error_set(&call->error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_clear(call->method->reply, call->answer);
    aluno__reader bytes = call->request.message;
    const aluno_code decoded = aluno__codec_decode(call->method->request, call->message, &bytes,
                                                   ALUNO_UNKNOWN_REFUSED, &call->error);
    if (decoded != ALUNO_OK && !aluno_error_is(&call->error, ALUNO_REASON_FIELDS_INVALID))
        return decoded;
    return aluno_validate_read(call->method->request, call->message, decoded, &call->error);
}

/* Empties a call, but for the memory of its reply. The large arrays inside stay as they are: their counts
 * rule. */
static void start(struct call *call, struct service *service, const struct caller *caller)
{
    call->service = service;
    call->caller = *caller;
    call->arrived_ms = aluno__clock_ms();
    call->until_ms = INT64_MAX;
    call->method = NULL;
    call->language = ALUNO_EN;
    call->message = call->answer = NULL;
    call->pending.caller = NULL;
    aluno_clear(&aluno_request_metadata_type, &call->request.metadata);
    aluno_clear(&aluno_reply_metadata_type, &call->metadata);
    call->metadata.warnings.count = 0;
    aluno_clear(&aluno_error_type, &call->error);
    call->code = ALUNO_OK;
    aluno__buffer_reset(&call->reply);
}

/* Whether the request only asks what would happen (AIP-163): all is judged and answered, nothing stays. */
static bool is_rehearsal(const struct call *call)
{
    static const char name[] = "validate_only";
    const aluno_field_desc *field = aluno_field_named(call->method->request, name, sizeof name - 1);
    return field != NULL && *aluno_has(field, call->message) && *(bool *)aluno_value(field, call->message);
}

/* From here until its reply a change is in progress. */
static void enter_pending(struct call *call)
{
    if (call->method->effect != ALUNO_MUTATES || is_rehearsal(call))
        return;
    call->pending.caller = call->caller.name;
    call->pending.request_id = call->request.metadata.request_id;
    call->pending.method = call->method;
    pending_add(&call->service->pending, &call->pending);
}

bool dispatch_open(struct call *call, struct service *service, const struct caller *caller,
                   const uint8_t *bytes, size_t size)
{
    start(call, service, caller);
    aluno_code code = aluno__envelope_read_request(bytes, size, &call->request, &call->error);
    if (code != ALUNO_OK)
        return refuse(call, code);
    call->language = language_of(&call->request.metadata);
    code = find_method(call);
    if (code == ALUNO_OK)
        code = check_metadata(call);
    if (code == ALUNO_OK)
        code = read_message(call);
    if (code != ALUNO_OK)
        return refuse(call, code);
    enter_pending(call);
    return true;
}

/* ---- running ---- */

/* One adapter a method, expanded from the contract: a method without a handler does not build. */
#define ALUNO_METHOD(id, wire, in, out, ...)                                                                 \
    static aluno_code run_##id(struct call *call, store_session *session)                                    \
    {                                                                                                        \
        const aluno_##in *request = call->message;                                                           \
        return handle_##id(call, session, request, call->answer, &call->error);                              \
    }
#include <aluno/contract.def>

static aluno_code handle(struct call *call, store_session *session)
{
    static aluno_code (*const handlers[])(struct call *, store_session *) = {
#define ALUNO_METHOD(id, ...) [ALUNO_METHOD_##id] = run_##id,
#include <aluno/contract.def>
    };
    return handlers[call->method->id](call, session);
}

/* Tells a repeated request from another one under the same id. Nobody gains by deceiving it, since the id is
 * bound to the caller. */
static uint64_t digest(aluno__reader bytes)
{
    return hash_bytes(HASH_START, bytes.data + bytes.at, bytes.size - bytes.at);
}

static void answer(struct call *call)
{
    aluno__envelope_begin_success(&call->reply, call->request.msgid);
    aluno__codec_encode(call->method->reply, call->answer, &call->reply);
    end_success(call);
}

/* A page that comes too late is not worth encoding, nor encrypting. */
static aluno_code read_only(struct call *call, store_session *session)
{
    aluno_code code = handle(call, session);
    if (code == ALUNO_OK)
        code = check_deadline(call);
    if (code == ALUNO_OK)
        answer(call);
    return code;
}

/* Records the reply that begins at `start`: the message and, behind it, the warnings that go with it. */
static aluno_code record(struct call *call, store_session *session, const store_operation *operation,
                         size_t start)
{
    const size_t end = call->reply.size;
    call->metadata.has.warnings = call->metadata.warnings.count > 0;
    aluno__codec_encode(&aluno_reply_metadata_type, &call->metadata, &call->reply);
    const aluno_code code = operation_record(session, operation, call->reply.data + start,
                                             call->reply.size - start, aluno__clock_unix_ms(), &call->error);
    call->reply.size = end;
    return code;
}

/* Takes a recorded reply apart again: the message stays at `start`, the warnings go where they came from. */
static aluno_code replay(struct call *call, size_t start)
{
    aluno__reader recorded = {call->reply.data, call->reply.size, start};
    const bool whole = aluno__reader_skip(&recorded);
    const size_t end = recorded.at;
    const aluno_code code = whole ? aluno__codec_decode(&aluno_reply_metadata_type, &call->metadata,
                                                        &recorded, ALUNO_UNKNOWN_IGNORED, &call->error)
                                  : aluno__error_set(&call->error, ALUNO_REASON_STORE_CORRUPT, "operation");
    call->reply.size = end;
    ALUNO_SET(call->metadata, replayed, true);
    return code;
}

/* Makes a change that was not made before and, in the same transaction, records its reply. */
static aluno_code make_change(struct call *call, store_session *session, const store_operation *operation,
                              size_t start)
{
    const aluno_code code = handle(call, session);
    if (code != ALUNO_OK)
        return code;
    aluno__codec_encode(call->method->reply, call->answer, &call->reply);
    if (!is_rehearsal(call))
        return record(call, session, operation, start);
    ALUNO_SET(call->metadata, validate_only, true);
    return ALUNO_OK;
}

/* Runs a change once: what its request id did before is answered again from the ledger. */
static aluno_code change_once(struct call *call, store_session *session, const store_operation *operation)
{
    bool found = false;
    aluno__envelope_begin_success(&call->reply, call->request.msgid);
    const size_t start = call->reply.size;
    aluno_code code = operation_find(session, operation, &found, &call->reply, &call->error);
    if (code == ALUNO_OK && found)
        code = replay(call, start);
    else if (code == ALUNO_OK)
        code = make_change(call, session, operation, start);
    if (code == ALUNO_OK)
        end_success(call);
    return code;
}

static aluno_code mutate(struct call *call, store_session *session)
{
    const store_operation operation = {
        .caller = call->caller.name,
        .method = call->method->name,
        .request_id = call->request.metadata.request_id,
        .digest = digest(call->request.message),
    };
    return change_once(call, session, &operation);
}

aluno_code dispatch_run(struct call *call, store_session *session)
{
    aluno_code code = check_deadline(call);
    if (code == ALUNO_OK)
        code = call->method->effect == ALUNO_MUTATES ? mutate(call, session) : read_only(call, session);
    if (code == ALUNO_OK && call->reply.failed)
        code = aluno__error_set(&call->error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code != ALUNO_OK)
        refuse(call, code);
    call->code = code;
    return call->metadata.has.validate_only && code == ALUNO_OK ? ALUNO_ABORTED : code;
}

/* ---- closing ---- */

/* The ids by which a call is found again, for the log; NULL where the caller gave none that is one: what else
 * it wrote there may be personal. */
static const char *request_id_of(const struct call *call)
{
    const aluno_request_metadata *metadata = &call->request.metadata;
    return metadata->has.request_id && aluno__uuid_is_valid(metadata->request_id) ? metadata->request_id
                                                                                  : NULL;
}

static const char *trace_of(const struct call *call, char out[ALUNO_TRACE_ID_DIGITS + 1])
{
    const aluno_request_metadata *metadata = &call->request.metadata;
    return metadata->has.traceparent && aluno__trace_id(metadata->traceparent, out) ? out : NULL;
}

static log_level level_of(aluno_code code)
{
    return code == ALUNO_INTERNAL || code == ALUNO_DATA_LOSS ? LOG_ERROR : LOG_INFO;
}

/* One line a change or listing, in the words that the project's users know; one a refusal. */
static void log_call(const struct call *call)
{
    char event[64] = "Call refused.", took[24], trace[ALUNO_TRACE_ID_DIGITS + 1], agent[USER_AGENT_SIZE];
    const bool done = call->code == ALUNO_OK;
    if (done && call->method->effect == ALUNO_READS)
        return;
    if (done)
        snprintf(event, sizeof event, "Ação %s %s.", call->method->verb[ALUNO_PT],
                 call->metadata.has.validate_only ? "validada" : "executada");
    snprintf(took, sizeof took, "%" PRId64, aluno__clock_ms() - call->arrived_ms);
    log_line(level_of(call->code), event, "method", call->method == NULL ? "?" : call->method->name,
             "user_agent", user_agent_clean(&call->request.metadata, agent), "caller", call->caller.name,
             "code", aluno_code_name(call->code), "reason", done ? NULL : call->error.reason, "ms", took,
             "request_id", request_id_of(call), "trace", trace_of(call, trace), NULL);
}

void dispatch_close(struct call *call)
{
    log_call(call);
    pending_remove(&call->service->pending, &call->pending);
    free(call->message);
    free(call->answer);
    call->message = call->answer = NULL;
}
