/* A recorded reply is given to certificates of its caller's name that were valid when the change was made: to
 * the same one, and to one that renews it, since certificates are backdated. A name that is issued again
 * later, to somebody else perhaps, learns that a request id was used and reads no reply.
 *
 * The ledger's entry of a change is its reply's message and, after it, its reply's metadata, for the
 * warnings. Both are kept with numbered keys; a replay has the keys that its own request asks for. */
#include "ledger.h"

#include "base/clock.h"
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

/* Reads the recorded entry: its message and its metadata. */
static aluno_code replay(struct call *call)
{
    struct outcome *outcome = call->outcome;
    aluno__reader recorded = {outcome->entry.data, outcome->entry.size, 0};
    if (aluno__codec_decode(call->method->reply, call->reply, &recorded, ALUNO_UNKNOWN_IGNORED, NULL) !=
            ALUNO_OK ||
        aluno__codec_decode(&aluno_reply_metadata_type, &outcome->metadata, &recorded, ALUNO_UNKNOWN_IGNORED,
                            NULL) != ALUNO_OK)
        return aluno__error_set(&outcome->error, ALUNO_REASON_STORE_CORRUPT, "operation");
    ALUNO_SET(outcome->metadata, replayed, true);
    reply_write(call);
    return ALUNO_OK;
}

/* Answers with the recorded entry, if there is one. */
static aluno_code look_up(struct call *call, struct store_session *session,
                          const struct store_operation *operation, bool *found)
{
    struct outcome *outcome = call->outcome;
    aluno__buffer_reset(&outcome->entry);
    const aluno_code code = operation_find(session, operation, found, &outcome->entry, &outcome->error);
    return code == ALUNO_OK && *found ? replay(call) : code;
}

/* Writes the reply, whose message begins the entry, encoded with numbered keys. */
static void write_made(struct call *call, size_t message_size)
{
    if (call->envelope.keys == ALUNO_KEYS_NUMBERED && !call->is_masked)
        reply_write_encoded(call, call->outcome->entry.data, message_size);
    else
        reply_write(call);
}

/* Runs the handler, records its entry and writes the reply. */
static aluno_code make(struct call *call, struct store_session *session,
                       const struct store_operation *operation)
{
    struct outcome *outcome = call->outcome;
    aluno__buffer *entry = &outcome->entry;
    aluno_code code = handlers_run(call, session);
    if (code != ALUNO_OK)
        return code;
    if (call->is_dry_run) {
        ALUNO_SET(outcome->metadata, validate_only, true);
        reply_write(call);
        return ALUNO_OK;
    }
    aluno__codec_encode(call->method->reply, call->reply, ALUNO_KEYS_NUMBERED, entry);
    const size_t message_size = entry->size;
    aluno__codec_encode(&aluno_reply_metadata_type, &outcome->metadata, ALUNO_KEYS_NUMBERED, entry);
    if (entry->failed)
        return aluno__error_set(&outcome->error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    code = operation_record(session, operation, entry->data, entry->size, aluno__clock_unix_ms(),
                            &outcome->error);
    if (code == ALUNO_OK)
        write_made(call, message_size);
    return code;
}

/* A request that its caller repeats, or that would not be recorded, is looked up before it is made. Any other
 * one is nearly always new: it is made at once, and a repeat fails to be recorded, or by its handler. */
static bool is_likely_repeat(const struct call *call)
{
    const aluno_request_metadata *metadata = &call->envelope.metadata;
    return call->is_dry_run || (metadata->has.attempt && metadata->attempt > 1);
}

/* Makes the change, or finds it made. */
static aluno_code make_once(struct call *call, struct store_session *session,
                            const struct store_operation *operation)
{
    bool found = false;
    const bool looks_first = is_likely_repeat(call);
    if (looks_first) {
        const aluno_code code = look_up(call, session, operation, &found);
        if (code != ALUNO_OK || found)
            return code;
    }
    const aluno_code made = make(call, session, operation);
    if (made == ALUNO_OK || looks_first)
        return made;
    const aluno_code code = look_up(call, session, operation, &found);
    return code != ALUNO_OK || found ? code : made;
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
