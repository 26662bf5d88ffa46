/* The ledger's entry of a change is its reply's message and, after it, its reply's metadata, for the
 * warnings. */
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

/* Reads the recorded entry: the size of its message, and its metadata. */
static aluno_code replay(struct call *call, size_t *message_size)
{
    struct outcome *outcome = call->outcome;
    aluno__reader recorded = {outcome->entry.data, outcome->entry.size, 0};
    if (!aluno__reader_skip(&recorded))
        return aluno__error_set(&outcome->error, ALUNO_REASON_STORE_CORRUPT, "operation");
    *message_size = recorded.at;
    const aluno_code code = aluno__codec_decode(&aluno_reply_metadata_type, &outcome->metadata, &recorded,
                                                ALUNO_UNKNOWN_IGNORED, &outcome->error);
    ALUNO_SET(outcome->metadata, replayed, true);
    return code;
}

/* Runs the handler and records its entry. */
static aluno_code make(struct call *call, struct store_session *session,
                       const struct store_operation *operation, size_t *message_size)
{
    struct outcome *outcome = call->outcome;
    aluno__buffer *entry = &outcome->entry;
    const aluno_code code = handlers_run(call, session);
    if (code != ALUNO_OK)
        return code;
    aluno__codec_encode(call->method->reply, call->reply, entry);
    *message_size = entry->size;
    if (call->is_dry_run) {
        ALUNO_SET(outcome->metadata, validate_only, true);
        return ALUNO_OK;
    }
    aluno__codec_encode(&aluno_reply_metadata_type, &outcome->metadata, entry);
    if (entry->failed)
        return aluno__error_set(&outcome->error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return operation_record(session, operation, entry->data, entry->size, aluno__clock_unix_ms(),
                            &outcome->error);
}

aluno_code ledger_run(struct call *call, struct store_session *session)
{
    const struct store_operation operation = {
        .caller = call->caller.name,
        .method = call->method->name,
        .request_id = call->envelope.metadata.request_id,
        .digest = digest(call->envelope.message),
    };
    struct outcome *outcome = call->outcome;
    bool is_recorded = false;
    size_t message_size = 0;
    aluno_code code = operation_find(session, &operation, &is_recorded, &outcome->entry, &outcome->error);
    if (code == ALUNO_OK)
        code = is_recorded ? replay(call, &message_size) : make(call, session, &operation, &message_size);
    if (code == ALUNO_OK)
        reply_write_encoded(call, outcome->entry.data, message_size);
    return code;
}
