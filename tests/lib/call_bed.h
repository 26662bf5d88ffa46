/* Calls from the bytes of their request to the bytes of their reply, on a service with a store of its own:
 * all that the service does but the socket. */
#ifndef ALUNO_TESTS_CALL_BED_H
#define ALUNO_TESTS_CALL_BED_H

#include "store_bed.h"

#include "dispatch.h"
#include "protocol/error.h"

typedef struct call_bed {
    store_bed store; /* first: store_bed.h's set-up and tear-down know no more */
    struct service service;
    struct caller caller;
    unsigned ids;
} call_bed;

/* One call on its way. */
typedef struct exchange {
    store_change change; /* first: the store gives it back */
    call_bed *bed;
    struct call call;
    aluno__buffer bytes;
    bool is_done;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} exchange;

static inline int call_bed_set_up(void **state)
{
    void *folder;
    call_bed *bed = calloc(1, sizeof *bed);
    bed_make_folder(&folder);
    bed->store = *(store_bed *)folder;
    free(folder);
    bed_open(&bed->store);
    bed->service = (struct service){.store = bed->store.store, .pending = PENDING_INIT};
    bed->caller = (struct caller){.name = "rita", .role = ALUNO_ROLE_registrar};
    *state = bed;
    return 0;
}

static inline bool exchange_apply(store_change *change, store_session *session)
{
    exchange *at = (exchange *)(void *)change;
    return dispatch_run(&at->call, session) == ALUNO_OK;
}

static inline void exchange_settle(exchange *at)
{
    dispatch_close(&at->call);
    pthread_mutex_lock(&at->lock);
    at->is_done = true;
    pthread_cond_broadcast(&at->changed);
    pthread_mutex_unlock(&at->lock);
}

static inline void exchange_done(store_change *change, const aluno_error *commit_error)
{
    exchange *at = (exchange *)(void *)change;
    if (commit_error != NULL)
        dispatch_fail(&at->call, commit_error);
    exchange_settle(at);
}

/* Sends a request: a change is queued, anything else answered at once. `at` is zeroed. */
static inline void exchange_begin(call_bed *bed, exchange *at, aluno_method_id id, const void *request,
                                  const char *request_id)
{
    const aluno_method_desc *method = aluno_method_of(id);
    aluno_request_metadata metadata = {.has = {.none = false}};
    pthread_mutex_init(&at->lock, NULL);
    pthread_cond_init(&at->changed, NULL);
    at->bed = bed;
    if (request_id != NULL)
        ALUNO_SET_TEXT(metadata, request_id, request_id);
    aluno__envelope_begin_request(&at->bytes, 1, method);
    aluno__codec_encode(method->request, request, &at->bytes);
    aluno__envelope_end_request(&at->bytes, &metadata);
    if (!dispatch_open(&at->call, &bed->service, &bed->caller, at->bytes.data, at->bytes.size)) {
        exchange_settle(at);
    } else if (method->effect == ALUNO_MUTATES) {
        at->change = (store_change){.apply = exchange_apply, .done = exchange_done};
        assert_int_equal(store_submit(bed->service.store, &at->change, NULL), ALUNO_OK);
    } else {
        store_session *session = store_session_acquire(bed->service.store);
        dispatch_run(&at->call, session);
        store_session_release(bed->service.store, session);
        exchange_settle(at);
    }
}

/* Waits for the reply and reads it; any of the three may be NULL. */
static inline aluno_code exchange_end(exchange *at, aluno_method_id id, void *reply,
                                      aluno_reply_metadata *metadata, aluno_error *error)
{
    static aluno_any_message ignored;
    static aluno_reply_metadata ignored_metadata;
    pthread_mutex_lock(&at->lock);
    while (!at->is_done)
        pthread_cond_wait(&at->changed, &at->lock);
    pthread_mutex_unlock(&at->lock);
    const aluno_code code =
        aluno__envelope_read_reply(at->call.reply.data, at->call.reply.size, 1, aluno_method_of(id)->reply,
                                   reply ? reply : &ignored, metadata ? metadata : &ignored_metadata, error);
    pthread_cond_destroy(&at->changed);
    pthread_mutex_destroy(&at->lock);
    aluno__buffer_free(&at->call.reply);
    aluno__buffer_free(&at->bytes);
    return code;
}

/* A request id that no other call of this bed has. */
static inline const char *bed_request_id(call_bed *bed, char out[37])
{
    snprintf(out, 37, "01900000-0000-7000-8000-%012x", ++bed->ids);
    return out;
}

static inline aluno_code bed_call_as(call_bed *bed, aluno_method_id id, const void *request,
                                     const char *request_id, void *reply, aluno_reply_metadata *metadata,
                                     aluno_error *error)
{
    exchange at = {.bed = bed};
    exchange_begin(bed, &at, id, request, request_id);
    return exchange_end(&at, id, reply, metadata, error);
}

/* A whole call with a request id of its own. */
static inline aluno_code bed_call(call_bed *bed, aluno_method_id id, const void *request, void *reply,
                                  aluno_error *error)
{
    char request_id[37];
    return bed_call_as(bed, id, request, bed_request_id(bed, request_id), reply, NULL, error);
}

/* Creates a student who must be accepted. */
static inline aluno_student bed_create(call_bed *bed, const char *name, int64_t age, int64_t cpf)
{
    aluno_student made;
    const aluno_create_student_request request = {.has.student = true,
                                                  .student = bed_student(name, age, cpf)};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request, &made, NULL), ALUNO_OK);
    return made;
}

static inline void check_reason(const aluno_error *error, aluno_reason reason)
{
    assert_string_equal(error->reason, aluno_reason_of(reason)->name);
}

/* The error must be FIELDS_INVALID with that violation at that place in its list. */
static inline void check_violation(const aluno_error *error, size_t i, const char *field, aluno_reason reason)
{
    assert_true(i < error->violations.count);
    assert_string_equal(error->violations.items[i].field, field);
    assert_string_equal(error->violations.items[i].reason, aluno_reason_of(reason)->name);
}

#endif
