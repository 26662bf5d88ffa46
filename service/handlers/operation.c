/* GetOperation: what became of a change whose reply its caller did not get. */
#include "handlers.h"

/* The ledger holds the reply as it was sent: the student that the change made or left. */
static aluno_code read_committed(const store_record *record, aluno_operation *reply, aluno_error *error)
{
    aluno_reader bytes = {record->reply.data, record->reply.size, 0};
    ALUNO_SET_TEXT(*reply, state, "COMMITTED");
    ALUNO_SET_TEXT(*reply, method, record->method);
    ALUNO_SET(*reply, commit_time, record->create_time);
    reply->has.student = true;
    return aluno_decode(&aluno_student_type, &reply->student, &bytes, ALUNO_UNKNOWN_IGNORED, error);
}

static void tell_uncommitted(const aluno_method *pending, aluno_operation *reply)
{
    ALUNO_SET_TEXT(*reply, state, pending != NULL ? "IN_PROGRESS" : "NOT_SEEN");
    if (pending != NULL)
        ALUNO_SET_TEXT(*reply, method, pending->name);
}

aluno_code handle_get_operation(struct call *call, store_session *session,
                                const aluno_get_operation_request *request, aluno_operation *reply,
                                aluno_error *error)
{
    store_record record = {.reply = {0}};
    bool found;
    /* In this order: a change leaves the registry after it is in the ledger, so it is seen in one of them. */
    const aluno_method *pending =
        pending_find(&call->service->pending, call->caller.name, request->request_id);
    aluno_code code = operation_read(session, call->caller.name, request->request_id, &found, &record, error);
    if (code == ALUNO_OK && found)
        code = read_committed(&record, reply, error);
    else if (code == ALUNO_OK)
        tell_uncommitted(pending, reply);
    aluno_buffer_free(&record.reply);
    return code;
}
