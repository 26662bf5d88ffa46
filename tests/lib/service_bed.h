/* The service without a socket: calls go in as bytes and come out as bytes, over a store in a folder of its
 * own. */
#ifndef ALUNO_TESTS_SERVICE_BED_H
#define ALUNO_TESTS_SERVICE_BED_H

#include "store_bed.h"

#include "dispatch.h"
#include "log.h"

#include "protocol/error.h"

enum { BED_MSGID = 77 };

typedef struct service_bed {
    store_bed *store_bed;
    struct service service;
    struct caller caller;            /* who calls; a registrar at first */
    aluno_request_metadata metadata; /* what goes beside each request; each change gets a new request id */
    uint64_t changes;
    aluno__buffer request;
    struct call call;
    /* What came back. */
    aluno_any_message reply;
    aluno_reply_metadata beside;
    aluno_error error;
} service_bed;

static inline void service_be(service_bed *bed, const char *name, aluno_role role)
{
    snprintf(bed->caller.name, sizeof bed->caller.name, "%s", name);
    bed->caller.role = role;
}

static inline int service_set_up(void **state)
{
    service_bed *bed = calloc(1, sizeof *bed);
    assert_non_null(bed);
    void *folder = NULL;
    bed_set_up(&folder);
    bed->store_bed = folder;
    bed->service.store = bed->store_bed->store;
    bed->service.start_ms = 1000;
    bed->caller.not_after_ms = 2000;
    service_be(bed, "secretaria", ALUNO_ROLE_registrar);
    log_set_level(LOG_ERROR);
    *state = bed;
    return 0;
}

static inline int service_tear_down(void **state)
{
    service_bed *bed = *state;
    void *folder = bed->store_bed;
    bed_tear_down(&folder);
    aluno__buffer_free(&bed->request);
    aluno__buffer_free(&bed->call.reply);
    free(bed);
    return 0;
}

/* ---- one call ---- */

typedef struct service_job {
    job job; /* first: `work` gets this */
    struct call *call;
} service_job;

static inline aluno_code service_apply(job *at, store_session *session)
{
    return dispatch_run(((service_job *)(void *)at)->call, session);
}

/* Runs a call that dispatch_open let through, where its effect says: on the writer, or here. */
static inline aluno_code service_run(service_bed *bed)
{
    if (bed->call.method->effect == ALUNO_MUTATES) {
        service_job at = {.call = &bed->call};
        const aluno_code code = job_run(bed->store_bed, &at.job, service_apply);
        assert_true(at.job.is_committed);
        return code;
    }
    store_session *session = store_session_acquire(bed->store_bed->store);
    const aluno_code code = dispatch_run(&bed->call, session);
    store_session_release(bed->store_bed->store, session);
    return code;
}

/* Answers these bytes; the reply's bytes are in bed->call.reply. */
static inline aluno_code service_answer(service_bed *bed, const uint8_t *bytes, size_t size)
{
    const bool opened = dispatch_open(&bed->call, &bed->service, &bed->caller, bytes, size);
    const aluno_code code = opened ? service_run(bed) : bed->call.code;
    dispatch_close(&bed->call);
    assert_int_equal(code, bed->call.code);
    return code;
}

/* Reads the reply in bed->call.reply: into bed->reply and bed->beside, or bed->error. */
static inline aluno_code service_read(service_bed *bed, const aluno_method_desc *method)
{
    aluno_clear(&aluno_error_type, &bed->error);
    const aluno_code code = aluno__envelope_read_reply(bed->call.reply.data, bed->call.reply.size, BED_MSGID,
                                                       method->reply, &bed->reply, &bed->beside, &bed->error);
    assert_false(code != ALUNO_OK && aluno_error_is(&bed->error, ALUNO_REASON_REPLY_MALFORMED));
    assert_int_equal(code, bed->call.code);
    return code;
}

/* Sends bed->request and reads its reply. */
static inline aluno_code service_send(service_bed *bed, const aluno_method_desc *method)
{
    service_answer(bed, bed->request.data, bed->request.size);
    return service_read(bed, method);
}

/* Writes a request into bed->request, as a client would; with the request id that bed->metadata has. */
static inline void service_write(service_bed *bed, aluno_method_id id, const void *message)
{
    aluno__buffer_reset(&bed->request);
    aluno__envelope_begin_request(&bed->request, BED_MSGID, aluno_method_of(id));
    aluno__codec_encode(aluno_method_of(id)->request, message, &bed->request);
    aluno__envelope_end_request(&bed->request, &bed->metadata);
}

/* Makes a call; a change gets a new request id. */
static inline aluno_code service_call(service_bed *bed, aluno_method_id id, const void *message)
{
    char request_id[37];
    snprintf(request_id, sizeof request_id, "00000000-0000-7000-8000-%012llx",
             (unsigned long long)++bed->changes);
    ALUNO_SET_TEXT(bed->metadata, request_id, request_id);
    service_write(bed, id, message);
    return service_send(bed, aluno_method_of(id));
}

/* ---- usual calls ---- */

static inline aluno_code service_create(service_bed *bed, const char *name, int64_t cpf)
{
    aluno_create_student_request request = {0};
    ALUNO_SET(request, student, bed_student(name, 20, cpf));
    return service_call(bed, ALUNO_METHOD_create_student, &request);
}

static inline aluno_code service_get(service_bed *bed, int64_t id)
{
    aluno_get_student_request request = {0};
    ALUNO_SET(request, id, id);
    return service_call(bed, ALUNO_METHOD_get_student, &request);
}

static inline aluno_code service_list(service_bed *bed, int64_t page_size, const char *token)
{
    aluno_list_students_request request = {0};
    ALUNO_SET(request, page_size, page_size);
    if (token != NULL)
        assert_true(ALUNO_SET_TEXT(request, page_token, token));
    return service_call(bed, ALUNO_METHOD_list_students, &request);
}

/* How many students there are. */
static inline int64_t service_total(service_bed *bed)
{
    assert_int_equal(service_list(bed, 1, NULL), ALUNO_OK);
    return bed->reply.list_students_reply.total_size;
}

/* The last call was refused for this reason. */
static inline void check_refusal(const service_bed *bed, aluno_reason reason)
{
    assert_string_equal(bed->error.reason, aluno_reason_of(reason)->name);
    assert_int_equal(bed->error.code, aluno_reason_of(reason)->code);
}

/* The last call was refused for this one field. */
static inline void check_violation(const service_bed *bed, const char *field, aluno_reason reason)
{
    check_refusal(bed, ALUNO_REASON_FIELDS_INVALID);
    assert_int_equal(bed->error.violations.count, 1);
    assert_string_equal(bed->error.violations.items[0].field, field);
    assert_string_equal(bed->error.violations.items[0].reason, aluno_reason_of(reason)->name);
}

#endif
