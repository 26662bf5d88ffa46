/* GetOperation: reports the outcome of a change whose reply its caller did not get. */
#include "handlers.h"

#include "entry.h"
#include "protocol/error.h"

#include <stdlib.h>

static void set_students(const aluno_batch_create_students_reply *batch, aluno_operation *reply)
{
    reply->has.students = true;
    reply->students.count = batch->students.count;
    for (size_t i = 0; i < batch->students.count; i++)
        aluno_copy(&aluno_student_type, &reply->students.items[i], &batch->students.items[i]);
}

/* Reads the recorded reply: one student, a batch's, or another one, which an operation does not show. */
static aluno_code read_reply(const struct call *call, struct store_session *session,
                             const struct store_record *record, aluno_operation *reply, aluno_error *error)
{
    const aluno_method_desc *method = aluno_method_named(record->method, strlen(record->method));
    if (method == NULL)
        return aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "operation %s", record->method);
    aluno_any_message *recorded = malloc(sizeof *recorded);
    if (recorded == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    const aluno_code code =
        entry_read(session, record, method->reply, recorded, &call->outcome->metadata, error);
    if (code == ALUNO_OK && method->reply == &aluno_batch_create_students_reply_type)
        set_students(&recorded->batch_create_students_reply, reply);
    else if (code == ALUNO_OK && method->reply == &aluno_student_type)
        ALUNO_SET(*reply, student, recorded->student);
    free(recorded);
    return code;
}

/* Without the recorded reply when the change was made before the caller's certificate was valid: its name may
 * have been another person's then. */
static aluno_code fill_committed(const struct call *call, struct store_session *session,
                                 const struct store_record *record, aluno_operation *reply,
                                 aluno_error *error)
{
    const bool is_own = record->create_time >= call->caller.not_before_ms;
    const aluno_code code = is_own ? read_reply(call, session, record, reply, error) : ALUNO_OK;
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

static const aluno_method_desc *find_pending(struct call *call, const aluno_get_operation_request *request)
{
    return pending_find(&call->service->pending, call->caller.name, request->request_id);
}

aluno_code handle_get_operation(struct call *call, struct store_session *session,
                                const aluno_get_operation_request *request, aluno_operation *reply,
                                aluno_error *error)
{
    struct store_record record = {.bytes = {0}};
    bool found;
    /* A change leaves the registry when it is durable, after it is in the ledger: so one of the two has it,
     * and it is durable when it is in the ledger and then not in the registry. Or it leaves with an open
     * outcome, which the store says. */
    const aluno_method_desc *before = find_pending(call, request);
    aluno_code code = store_certainty(call->service->store, error);
    if (code != ALUNO_OK && before == NULL)
        return code;
    code = operation_read(session, call->caller.name, request->request_id, &found, &record, error);
    const aluno_method_desc *after = found ? find_pending(call, request) : before;
    if (code == ALUNO_OK && found && after == NULL)
        code = fill_committed(call, session, &record, reply, error);
    else if (code == ALUNO_OK)
        fill_uncommitted(after, reply);
    aluno__buffer_free(&record.bytes);
    return code;
}
