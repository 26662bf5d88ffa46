/* GetOperation: reports the outcome of a change whose reply its caller did not get. */
#include "handlers.h"

/* Decodes the recorded reply: one student, or a batch's, whose field `students` has the same name in
 * Operation. */
static aluno_code read_reply(const struct store_record *record, aluno_operation *reply, aluno_error *error)
{
    aluno__reader bytes = {record->reply.data, record->reply.size, 0};
    const aluno_method_desc *method = aluno_method_named(record->method, strlen(record->method));
    if (method == NULL || method->reply != &aluno_student_type)
        return aluno__codec_decode(&aluno_operation_type, reply, &bytes, ALUNO_UNKNOWN_IGNORED, error);
    reply->has.student = true;
    return aluno__codec_decode(&aluno_student_type, &reply->student, &bytes, ALUNO_UNKNOWN_IGNORED, error);
}

static aluno_code fill_committed(const struct store_record *record, aluno_operation *reply,
                                 aluno_error *error)
{
    const aluno_code code = read_reply(record, reply, error);
    ALUNO_SET_TEXT(*reply, state, "COMMITTED");
    ALUNO_SET_TEXT(*reply, method, record->method);
    ALUNO_SET(*reply, commit_time, record->create_time);
    return code;
}

static void fill_uncommitted(const aluno_method_desc *pending, aluno_operation *reply)
{
    ALUNO_SET_TEXT(*reply, state, pending != NULL ? "IN_PROGRESS" : "NOT_SEEN");
    if (pending != NULL)
        ALUNO_SET_TEXT(*reply, method, pending->name);
}

aluno_code handle_get_operation(struct call *call, struct store_session *session,
                                const aluno_get_operation_request *request, aluno_operation *reply,
                                aluno_error *error)
{
    struct store_record record = {.reply = {0}};
    bool found;
    /* In this order: a change leaves the registry after it is in the ledger, so one of them has it. */
    const aluno_method_desc *pending =
        pending_find(&call->service->pending, call->caller.name, request->request_id);
    aluno_code code = operation_read(session, call->caller.name, request->request_id, &found, &record, error);
    if (code == ALUNO_OK && found)
        code = fill_committed(&record, reply, error);
    else if (code == ALUNO_OK)
        fill_uncommitted(pending, reply);
    aluno__buffer_free(&record.reply);
    return code;
}
