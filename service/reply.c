/* A reply is an envelope with a message and metadata, or with an error. */
#include "reply.h"

#include "protocol/error.h"

#include <aluno/masking.h>

void outcome_clear(struct outcome *outcome)
{
    outcome->code = ALUNO_OK;
    aluno_clear(&aluno_error_type, &outcome->error);
    aluno_clear(&aluno_reply_metadata_type, &outcome->metadata);
    outcome->metadata.warnings.count = 0;
    aluno__buffer_reset(&outcome->reply);
    aluno__buffer_reset(&outcome->entry);
    aluno__buffer_reset(&outcome->record);
    aluno__buffer_reset(&outcome->alike);
}

void outcome_free(struct outcome *outcome)
{
    aluno__buffer_free(&outcome->reply);
    aluno__buffer_free(&outcome->entry);
    aluno__buffer_free(&outcome->record);
    aluno__buffer_free(&outcome->alike);
}

static void end_success(struct call *call)
{
    const aluno_request_metadata *request = &call->envelope.metadata;
    aluno_reply_metadata *metadata = &call->outcome->metadata;
    if (request->has.request_id)
        ALUNO_SET_TEXT(*metadata, request_id, request->request_id);
    ALUNO_SET_TEXT(*metadata, server_version, ALUNO_VERSION);
    aluno__envelope_end_success(&call->outcome->reply, metadata, call->envelope.keys);
}

void reply_add(struct call *call, const aluno_message_desc *type, void *item)
{
    if (call->is_masked)
        aluno_mask_message(type, item);
    aluno__codec_encode(type, item, call->envelope.keys, call->items);
}

/* Elements that reply_add has encoded are masked, and are not in the message. */
static void mask(struct call *call)
{
    if (call->items->size == 0)
        aluno_mask_message(call->method->reply, call->reply);
}

void reply_write(struct call *call)
{
    if (call->is_masked)
        mask(call);
    aluno__envelope_begin_success(&call->outcome->reply, call->envelope.msgid);
    aluno__codec_encode_list(call->method->reply, call->reply, call->envelope.keys, call->items,
                             &call->outcome->reply);
    end_success(call);
}

void reply_write_encoded(struct call *call, const uint8_t *message, size_t size)
{
    aluno__envelope_begin_success(&call->outcome->reply, call->envelope.msgid);
    aluno__buffer_append(&call->outcome->reply, message, size);
    end_success(call);
}

void reply_write_error(struct call *call, aluno_code code)
{
    const aluno_request_metadata *request = &call->envelope.metadata;
    struct outcome *outcome = call->outcome;
    outcome->code = code;
    if (request->has.request_id)
        ALUNO_SET_TEXT(outcome->error, request_id, request->request_id);
    aluno_error_translate(&outcome->error, call->language);
    aluno__buffer_reset(&outcome->reply);
    aluno__envelope_write_failure(&outcome->reply, call->envelope.msgid, &outcome->error,
                                  call->envelope.keys);
}
