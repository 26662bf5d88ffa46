/* A recorded reply is given to certificates of its caller's name that were valid when the change was made: to
 * the same one, and to one that renews it, since certificates are backdated. A name that is issued again
 * later, to somebody else perhaps, learns that a request id was used and reads no reply. */
#include "ledger.h"

#include "audit/event.h"
#include "entry.h"
#include "handlers/handlers.h"
#include "hash.h"
#include "reply.h"

#include "protocol/error.h"

/* Distinguishes a retry from reuse of the request id. Not collision-resistant; need not be: ids are scoped to
 * the caller. */
static uint64_t digest(aluno__reader bytes)
{
    return hash_bytes(HASH_START, bytes.data + bytes.at, bytes.size - bytes.at);
}

/* Answers with the recorded reply. */
static aluno_code replay(struct call *call, struct store_session *session, const struct store_record *record)
{
    struct outcome *outcome = call->outcome;
    const aluno_code code =
        entry_read(session, record, call->method->reply, call->reply, &outcome->metadata, &outcome->error);
    if (code != ALUNO_OK)
        return code;
    aluno__buffer_reset(call->items);
    ALUNO_SET(outcome->metadata, replayed, true);
    reply_write(call);
    return ALUNO_OK;
}

/* Answers with the recorded reply, if there is one. */
static aluno_code look_up(struct call *call, struct store_session *session,
                          const struct store_operation *operation, bool *found)
{
    struct store_record record = {.bytes = {0}};
    aluno_code code = operation_find(session, operation, found, &record, &call->outcome->error);
    call->is_repeat = call->is_repeat || *found;
    if (code == ALUNO_OK && *found)
        code = replay(call, session, &record);
    aluno__buffer_free(&record.bytes);
    return code;
}

/* Writes the reply, whose message may begin the entry, encoded with numbered keys. */
static void write_made(struct call *call, size_t message_size)
{
    const bool is_encoded = call->items->size == 0 && !call->is_masked;
    if (call->envelope.keys == ALUNO_KEYS_NUMBERED && is_encoded)
        reply_write_encoded(call, call->outcome->entry.data, message_size);
    else
        reply_write(call);
}

/* Writes the audit's record into the change's transaction. */
static aluno_code record(struct call *call, struct store_session *session)
{
    struct outcome *outcome = call->outcome;
    if (call->service->audit == NULL || !audit_is_about(call->method))
        return ALUNO_OK;
    audit_event_write(call);
    call->is_recorded = true;
    return outcome->record.failed
               ? aluno__error_set(&outcome->error, ALUNO_REASON_OUT_OF_MEMORY, NULL)
               : audit_record(session, outcome->record.data, outcome->record.size, &outcome->error);
}

/* Runs the handler, records its entry and writes the reply. */
static aluno_code make(struct call *call, struct store_session *session,
                       const struct store_operation *operation)
{
    struct outcome *outcome = call->outcome;
    struct store_reply entry;
    size_t message_size;
    aluno_code code = handlers_run(call, session);
    if (code != ALUNO_OK)
        return code;
    if (call->is_dry_run) {
        ALUNO_SET(outcome->metadata, validate_only, true);
        reply_write(call);
        return ALUNO_OK;
    }
    code = entry_write(call, &entry, &message_size, &outcome->error);
    if (code == ALUNO_OK)
        code = operation_record(session, operation, &entry, call->now_ms, &outcome->error);
    if (code == ALUNO_OK)
        code = record(call, session);
    if (code == ALUNO_OK)
        write_made(call, message_size);
    return code;
}

/* A request that its caller repeats, or that would not be recorded, is looked up before it is made. Any other
 * one is nearly always new: it is made at once, and a repeat fails to be recorded, or by its handler. Its
 * reply may then show what its handler has changed; but the store undoes that and runs the call again, which
 * is known as a repeat by then. */
static bool is_likely_repeat(const struct call *call)
{
    const aluno_request_metadata *metadata = &call->envelope.metadata;
    return call->is_repeat || call->is_dry_run || (metadata->has.attempt && metadata->attempt > 1);
}

/* Makes the change, or finds it made. A request id that the ledger may have forgotten makes no change.
 *
 * A change that fails is looked up afterwards, a repeat too: over PostgreSQL another service may have
 * committed its first attempt in between, and the failure may be a conflict with that. */
static aluno_code make_once(struct call *call, struct store_session *session,
                            const struct store_operation *operation)
{
    aluno_error *error = &call->outcome->error;
    bool found = false, forgotten;
    const aluno_code read = operation_may_be_forgotten(session, operation->request_id, &forgotten, error);
    if (read != ALUNO_OK)
        return read;
    if (forgotten || is_likely_repeat(call)) {
        const aluno_code code = look_up(call, session, operation, &found);
        if (code != ALUNO_OK || found)
            return code;
    }
    if (forgotten)
        return aluno__error_set(error, ALUNO_REASON_REQUEST_ID_EXPIRED, "%s", operation->request_id);
    const aluno_code made = make(call, session, operation);
    if (made == ALUNO_OK)
        return made;
    const aluno_code code = look_up(call, session, operation, &found);
    return code != ALUNO_OK || found ? code : made;
}

const aluno_error *ledger_commit_error(const struct call *call, const aluno_error *error,
                                       aluno_error *unsettled)
{
    if (call->is_dry_run || !is_likely_repeat(call) || error->code == ALUNO_UNAVAILABLE)
        return error;
    aluno__error_set(unsettled, ALUNO_REASON_STORE_UNSETTLED, NULL);
    return unsettled;
}

aluno_code ledger_run(struct call *call, struct store_session *session)
{
    const struct store_operation operation = {
        .caller = call->caller.name,
        .method = call->method->name,
        .request_id = call->envelope.metadata.request_id,
        .digest = digest(call->envelope.message),
        .since_ms = call->caller.not_before_ms,
    };
    return make_once(call, session, &operation);
}
