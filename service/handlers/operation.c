/* GetOperation reports the outcome of a change whose reply its caller did not get; CancelOperation makes it
 * certain. */
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

static bool is_cancelled(const struct store_record *record)
{
    return *record->method == '\0';
}

/* Fills in the ledger's record of the change: committed or cancelled. */
static aluno_code fill_recorded(const struct call *call, struct store_session *session,
                                const struct store_record *record, aluno_operation *reply, aluno_error *error)
{
    if (!is_cancelled(record))
        return fill_committed(call, session, record, reply, error);
    ALUNO_SET_TEXT(*reply, state, "CANCELLED");
    return ALUNO_OK;
}

static void fill_in_progress(const aluno_method_desc *pending, aluno_operation *reply)
{
    ALUNO_SET_TEXT(*reply, state, "IN_PROGRESS");
    ALUNO_SET_TEXT(*reply, method, pending->name);
}

/* REQUEST_ID_EXPIRED when the ledger may have forgotten a change that it does not have. */
static aluno_code check_remembered(struct store_session *session, const char *request_id, aluno_error *error)
{
    bool forgotten;
    const aluno_code code = operation_may_be_forgotten(session, request_id, &forgotten, error);
    return code == ALUNO_OK && forgotten
               ? aluno__error_set(error, ALUNO_REASON_REQUEST_ID_EXPIRED, "%s", request_id)
               : code;
}

static aluno_code fill_not_seen(struct store_session *session, const char *request_id, aluno_operation *reply,
                                aluno_error *error)
{
    const aluno_code code = check_remembered(session, request_id, error);
    ALUNO_SET_TEXT(*reply, state, "NOT_SEEN");
    return code;
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
    if (code == ALUNO_OK && after != NULL)
        fill_in_progress(after, reply);
    else if (code == ALUNO_OK && found)
        code = fill_recorded(call, session, &record, reply, error);
    else if (code == ALUNO_OK)
        code = fill_not_seen(session, request->request_id, reply, error);
    aluno__buffer_free(&record.bytes);
    return code;
}

/* The record of a cancelled operation takes the place that the change's own would need. */
static aluno_code cancel(struct call *call, struct store_session *session, const char *request_id,
                         aluno_operation *reply, aluno_error *error)
{
    aluno_code code = check_remembered(session, request_id, error);
    if (code == ALUNO_OK && !call->is_dry_run)
        code = operation_cancel(session, call->caller.name, request_id, call->now_ms, error);
    ALUNO_SET_TEXT(*reply, state, "CANCELLED");
    return code;
}

/* Without the recorded reply, of which the ledger would keep a copy with this change. */
static void fill_made(const struct store_record *record, aluno_operation *reply)
{
    ALUNO_SET_TEXT(*reply, state, is_cancelled(record) ? "CANCELLED" : "COMMITTED");
    if (is_cancelled(record))
        return;
    ALUNO_SET_TEXT(*reply, method, record->method);
    ALUNO_SET(*reply, commit_time, record->create_time);
}

aluno_code handle_cancel_operation(struct call *call, struct store_session *session,
                                   const aluno_cancel_operation_request *request, aluno_operation *reply,
                                   aluno_error *error)
{
    struct store_record record = {.bytes = {0}};
    bool found;
    aluno_code code = operation_read(session, call->caller.name, request->request_id, &found, &record, error);
    if (code == ALUNO_OK && found)
        fill_made(&record, reply);
    else if (code == ALUNO_OK)
        code = cancel(call, session, request->request_id, reply, error);
    aluno__buffer_free(&record.bytes);
    return code;
}
