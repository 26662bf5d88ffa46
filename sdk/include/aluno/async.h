/* Calls that do not block: many in flight from one thread. Implemented by sdk/client: async.c, call.c,
 * call_state.c and calls.c.
 *
 * aluno_start begins a call and returns. The completion of a call that has ended is called once, by the
 * thread that dispatches: inside aluno_client_dispatch, aluno_client_wait or aluno_client_close.
 *
 * A program with an event loop polls aluno_client_fd and then calls aluno_client_dispatch. A program without
 * one calls aluno_client_wait. Any thread may make synchronous calls at the same time. To register many
 * students, 100 at a time:
 *
 *     for (size_t i = 0; i < count; i++) {
 *         while (aluno_client_pending(client) >= 100)
 *             aluno_client_wait(client, -1);
 *         if (aluno_start_create_student(client, &requests[i], NULL, on_created, &rows[i], NULL, &error))
 *             refused(&rows[i], &error);
 *     }
 *     while (aluno_client_pending(client) > 0)
 *         aluno_client_wait(client, -1);
 */
#ifndef ALUNO_ASYNC_H
#define ALUNO_ASYNC_H

#include <aluno/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A started call, until its completion is called. The client owns it. */
typedef struct aluno__call aluno_pending;

/* The result of a call. All of it lives until the completion returns. */
typedef struct aluno_result {
    const aluno_method_desc *method;
    aluno_code code;
    const void *reply;                    /* a message of method->reply; NULL unless code is ALUNO_OK */
    const aluno_reply_metadata *metadata; /* the reply's metadata; NULL unless code is ALUNO_OK */
    const aluno_error *error;             /* NULL when code is ALUNO_OK */
} aluno_result;

/* Called when a call has ended; `user` is the argument of aluno_start. It may start and cancel calls of this
 * client and make synchronous ones. It must not close the client, nor dispatch. */
typedef void aluno_completion(void *user, const aluno_result *result);

/* Begins a call: validated, with the deadline and the retries of aluno_call. Returns at once. ALUNO_OK:
 * `done` will be called with `user`. Any other code (FIELDS_INVALID …): it will not be called.
 * RESOURCE_EXHAUSTED / CALLS_TOO_MANY: the client's max_pending calls are in progress; dispatch, then start
 * more. CANCELLED / CLIENT_CLOSED: in a completion that aluno_client_close calls.
 *
 * Copies the request and the options. Ignores options->metadata: the result has it. `done` may be NULL.
 * *out (may be NULL) receives the call, for aluno_cancel: valid until `done` is called, or would be. Any
 * thread may start calls. */
ALUNO_API aluno_code aluno_start(aluno_client *client, const aluno_method_desc *method, const void *request,
                                 const aluno_call_options *options, aluno_completion *done, void *user,
                                 aluno_pending **out, aluno_error *error);

/* Cancels a call. Its completion follows soon, by the dispatching thread: CANCELLED / CALL_CANCELLED, or the
 * result that the call already had. A change may or may not have been made: pass the error's request id to
 * aluno_get_operation. Call this while the call is pending: from the dispatching thread, or guarded against
 * it. */
ALUNO_API void aluno_cancel(aluno_pending *call);

/* Returns the request id of a started change; NULL for a read. Call it, and read the text, while the call is
 * pending, as with aluno_cancel. */
ALUNO_API const char *aluno_pending_request_id(const aluno_pending *call);

/* Returns a descriptor that is readable (POLLIN) while ended calls wait to be dispatched. It is the same for
 * the client's whole life. The client owns it: neither read nor close it. Edge-triggered (EPOLLET) it reports
 * only the first call: dispatch all then. Any thread. */
ALUNO_API int aluno_client_fd(const aluno_client *client);

/* Calls the completions of at most `most` ended calls (0: of all that have ended by now). Returns how many.
 * Never blocks. One thread at a time. */
ALUNO_API size_t aluno_client_dispatch(aluno_client *client, size_t most);

/* Waits until a call has ended, at most timeout_ms (0: does not wait; -1: without a bound), then dispatches.
 * Returns how many completions it called: 0 when the time has passed, when a signal's handler has run, or, at
 * once, when no call is pending. One thread at a time. */
ALUNO_API size_t aluno_client_wait(aluno_client *client, int64_t timeout_ms);

/* Returns how many started calls have not been dispatched. The call of a running completion is not counted.
 * Any thread. */
ALUNO_API size_t aluno_client_pending(aluno_client *client);

/* ---- typed: aluno_start_create_student, aluno_start_list_students … ----
 *
 * aluno_start for each method of the contract: the compiler checks the request's type. result->reply points
 * to the same type as the reply of the synchronous call. */
#define ALUNO_METHOD(id, number, wire, in, out, ...)                                                         \
    ALUNO_API aluno_code aluno_start_##id(aluno_client *client, const aluno_##in *request,                   \
                                          const aluno_call_options *options, aluno_completion *done,         \
                                          void *user, aluno_pending **call, aluno_error *error);
#include <aluno/contract.def>

#ifdef __cplusplus
}
#endif

#endif
