/* The service without a socket: requests go in as bytes and replies come out as bytes, over a store in a
 * folder of its own. Calls run on the threads that service/execute.c says.
 *
 * bed_call makes a whole call; bed_write and bed_send are its two halves. A call's reply, metadata and error
 * are in the bed until the next call. call_begin and call_end make calls that overlap. */
#ifndef ALUNO_TESTS_CALL_BED_H
#define ALUNO_TESTS_CALL_BED_H

#include "store_bed.h"
#include "whole_reply.h"

#include "dispatch.h"
#include "execute.h"
#include "log.h"
#include "protocol/error.h"

enum { BED_MSGID = 77 };

/* A call on its way. Begin with {0}. */
typedef struct bed_exchange {
    struct execution execution; /* first: `done` returns it */
    bool is_done;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} bed_exchange;

typedef struct call_bed {
    store_bed store; /* first: what the functions of store_bed.h take */
    struct service service;
    struct account account;          /* of every caller */
    atomic_bool gone;                /* the callers' connection */
    struct caller caller;            /* a registrar at first */
    aluno_request_metadata metadata; /* of every request; bed_call sets a new request id */
    aluno__codec_keys keys;          /* of every request: numbered, as the SDK's, at first */
    aluno__buffer request;
    bed_exchange last;
    unsigned ids;
    /* The last reply. */
    aluno_any_message reply;
    aluno_reply_metadata reply_metadata;
    aluno_error error;
} call_bed;

static inline void bed_call_as(call_bed *bed, const char *name, aluno_role role)
{
    static uint64_t number;
    bed->caller = (struct caller){
        .number = ++number, .role = role, .not_after_ms = 2000, .account = &bed->account, .gone = &bed->gone};
    snprintf(bed->caller.name, sizeof bed->caller.name, "%s", name);
}

static inline int call_bed_set_up(void **state)
{
    void *folder;
    aluno_error error;
    call_bed *bed = calloc(1, sizeof *bed);
    assert_non_null(bed);
    bed_make_folder(&folder);
    bed->store = *(store_bed *)folder;
    free(folder);
    if (service_open(&bed->service, bed->store.path, false, 1, &error) != ALUNO_OK)
        fail_msg("%s", error.message);
    bed->store.store = bed->service.store;
    bed_call_as(bed, "secretaria", ALUNO_ROLE_registrar);
    bed->keys = ALUNO_KEYS_NUMBERED;
    log_set_level(LOG_ERROR);
    *state = bed;
    return 0;
}

static inline int call_bed_tear_down(void **state)
{
    call_bed *bed = *state;
    service_close(&bed->service);
    bed->store.store = NULL;
    execution_free(&bed->last.execution);
    aluno__buffer_free(&bed->request);
    return bed_tear_down(state);
}

/* ---- the bytes of requests and replies ---- */

/* Writes a request as a client does, with the metadata of the bed. */
static inline void bed_encode(call_bed *bed, aluno_method_id id, const void *message, aluno__buffer *out)
{
    const aluno_method_desc *method = aluno_method_of(id);
    aluno__envelope_begin_request(out, BED_MSGID, method, bed->keys);
    aluno__codec_encode(method->request, message, bed->keys, out);
    aluno__envelope_end_request(out, &bed->metadata, bed->keys);
}

/* Writes it to bed->request. */
static inline void bed_write(call_bed *bed, aluno_method_id id, const void *message)
{
    aluno__buffer_reset(&bed->request);
    bed_encode(bed, id, message, &bed->request);
}

/* Decodes a reply into the bed. */
static inline aluno_code bed_read(call_bed *bed, const struct outcome *outcome, aluno_method_id id)
{
    aluno_clear(&aluno_error_type, &bed->error);
    const aluno_code code =
        whole_reply_read(outcome->reply.data, outcome->reply.size, BED_MSGID, aluno_method_of(id)->reply,
                         &bed->reply, &bed->reply_metadata, &bed->error);
    assert_false(code != ALUNO_OK && aluno_error_is(&bed->error, ALUNO_REASON_REPLY_MALFORMED));
    assert_int_equal(code, outcome->code);
    return code;
}

/* ---- calls ---- */

static inline void exchange_done(struct execution *execution)
{
    bed_exchange *at = (bed_exchange *)(void *)execution;
    account_end_call(execution->call.caller.account, 0, execution->is_watch);
    execution->is_watch = false;
    pthread_mutex_lock(&at->lock);
    at->is_done = true;
    pthread_cond_broadcast(&at->changed);
    pthread_mutex_unlock(&at->lock);
}

static inline void exchange_init(call_bed *bed, bed_exchange *at)
{
    account_begin_call(&bed->account, 0);
    at->is_done = false;
    pthread_mutex_init(&at->lock, NULL);
    pthread_cond_init(&at->changed, NULL);
}

/* Starts to answer a request, which must stay as it is until exchange_end. */
static inline void exchange_begin(call_bed *bed, bed_exchange *at, const aluno__buffer *request)
{
    exchange_init(bed, at);
    execute(&at->execution, &bed->service, &bed->caller, request->data, request->size, exchange_done);
}

/* Waits for the end of a call. */
static inline void exchange_wait(bed_exchange *at)
{
    pthread_mutex_lock(&at->lock);
    while (!at->is_done)
        pthread_cond_wait(&at->changed, &at->lock);
    pthread_mutex_unlock(&at->lock);
    pthread_cond_destroy(&at->changed);
    pthread_mutex_destroy(&at->lock);
}

/* Waits for the reply and reads it into the bed. */
static inline aluno_code exchange_end(call_bed *bed, bed_exchange *at, aluno_method_id id)
{
    exchange_wait(at);
    return bed_read(bed, &at->execution.outcome, id);
}

/* Sends bed->request and reads its reply. */
static inline aluno_code bed_send(call_bed *bed, aluno_method_id id)
{
    exchange_begin(bed, &bed->last, &bed->request);
    return exchange_end(bed, &bed->last, id);
}

/* Makes a call with that request id. */
static inline aluno_code bed_call_with_id(call_bed *bed, aluno_method_id id, const void *message,
                                          const char *request_id)
{
    assert_true(ALUNO_SET_TEXT(bed->metadata, request_id, request_id));
    bed_write(bed, id, message);
    return bed_send(bed, id);
}

/* Makes a call with a new request id. */
static inline aluno_code bed_call(call_bed *bed, aluno_method_id id, const void *message)
{
    char request_id[37];
    snprintf(request_id, sizeof request_id, "01900000-0000-7000-8000-%012x", ++bed->ids);
    return bed_call_with_id(bed, id, message, request_id);
}

/* ---- usual calls ---- */

static inline aluno_code bed_create(call_bed *bed, const char *name, int64_t age, int64_t cpf)
{
    aluno_create_student_request request = {.has = {.none = false}};
    ALUNO_SET(request, student, bed_student(name, age, cpf));
    return bed_call(bed, ALUNO_METHOD_create_student, &request);
}

/* Creates a student who must be accepted. */
static inline aluno_student bed_add(call_bed *bed, const char *name, int64_t age, int64_t cpf)
{
    assert_int_equal(bed_create(bed, name, age, cpf), ALUNO_OK);
    return bed->reply.student;
}

static inline aluno_code bed_get_by_id(call_bed *bed, int64_t id)
{
    const aluno_get_student_request request = {.has.id = true, .id = id};
    return bed_call(bed, ALUNO_METHOD_get_student, &request);
}

static inline aluno_code bed_delete(call_bed *bed, int64_t id)
{
    const aluno_delete_student_request request = {.has.id = true, .id = id};
    return bed_call(bed, ALUNO_METHOD_delete_student, &request);
}

static inline aluno_code bed_list(call_bed *bed, int64_t page_size, const char *token)
{
    aluno_list_students_request request = {.has = {.none = false}};
    ALUNO_SET(request, page_size, page_size);
    if (token != NULL)
        assert_true(ALUNO_SET_TEXT(request, page_token, token));
    return bed_call(bed, ALUNO_METHOD_list_students, &request);
}

/* How many students there are. */
static inline int64_t bed_total(call_bed *bed)
{
    assert_int_equal(bed_list(bed, 1, NULL), ALUNO_OK);
    return bed->reply.list_students_reply.total_size;
}

/* ---- the last call's error ---- */

static inline void check_reason(const call_bed *bed, aluno_reason reason)
{
    assert_string_equal(bed->error.reason, aluno_reason_of(reason)->name);
    assert_int_equal(bed->error.code, aluno_reason_of(reason)->code);
}

/* That violation is at that index. */
static inline void check_violation_at(const call_bed *bed, size_t i, const char *field, aluno_reason reason)
{
    assert_true(i < bed->error.violations.count);
    assert_string_equal(bed->error.violations.items[i].field, field);
    assert_string_equal(bed->error.violations.items[i].reason, aluno_reason_of(reason)->name);
}

/* FIELDS_INVALID with that violation alone. */
static inline void check_violation(const call_bed *bed, const char *field, aluno_reason reason)
{
    check_reason(bed, ALUNO_REASON_FIELDS_INVALID);
    assert_int_equal(bed->error.violations.count, 1);
    check_violation_at(bed, 0, field, reason);
}

#endif
