/* Calls that do not block: many in flight from one thread.
 *
 * aluno_start begins a call and returns; when the call has ended, its completion is called, once, and only by
 * the thread that dispatches: inside aluno_client_dispatch, aluno_client_wait or aluno_client_close.
 *
 * A program with an event loop watches aluno_client_fd for reading and then calls aluno_client_dispatch; one
 * without calls aluno_client_wait. Synchronous calls may be made beside it, by any thread. To register many
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

/* A call that was started and whose completion has not been called yet. The client owns it. */
typedef struct aluno__call aluno_pending;

/* What a call that has ended came to. All of it lives until the completion returns. */
typedef struct aluno_result {
    const aluno_method_desc *method;
    aluno_code code;
    const void *reply;                    /* a message of method->reply; NULL unless code is ALUNO_OK */
    const aluno_reply_metadata *metadata; /* what came beside it; NULL unless code is ALUNO_OK */
    const aluno_error *error;             /* NULL when code is ALUNO_OK */
} aluno_result;

/* Told of a call's end: `user` is what it was started with, the program's own. It may start and cancel calls
 * of this client and make synchronous ones, but not close it, nor dispatch. */
typedef void aluno_completion(void *user, const aluno_result *result);

/* Begins a call as aluno_call would make it: judged, with its deadline and its retries. Returns at once:
 * ALUNO_OK, and `done` will be called with `user`; or a failure that is known already (FIELDS_INVALID …), and
 * it will not be. RESOURCE_EXHAUSTED / CALLS_TOO_MANY: the client's max_pending calls are under way;
 * dispatch, then start more. CANCELLED / CLIENT_CLOSED: in a completion that aluno_client_close calls.
 *
 * The request and the options are copied; options->metadata is ignored, for the result has it. `done` may be
 * NULL. *out (may be NULL) receives the call, for aluno_cancel: valid until `done` is called, or would be.
 * Any thread may start calls.
 */
ALUNO_API aluno_code aluno_start(aluno_client *client, const aluno_method_desc *method, const void *request,
                                 const aluno_call_options *options, aluno_completion *done, void *user,
                                 aluno_pending **out, aluno_error *error);

/* Gives up on a call. Its completion comes soon, through the dispatching thread as ever: CANCELLED /
 * CALL_CANCELLED, or what the call had come to before. A change may or may not have been made: the error has
 * its request id, by which aluno_get_operation tells. Call it while the call is pending: from the dispatching
 * thread, or guarded against it. */
ALUNO_API void aluno_cancel(aluno_pending *call);

/* The request id that a started change carries; NULL for a read. Ask, and read it, while the call is pending,
 * as with aluno_cancel. */
ALUNO_API const char *aluno_pending_request_id(const aluno_pending *call);

/* A descriptor that poll() says is readable (POLLIN) while calls have ended that are not dispatched yet; the
 * same for the client's whole life. The client owns it: neither read it nor close it. Watched edge-triggered
 * (EPOLLET) it tells only of the first: dispatch all then. Any thread. */
ALUNO_API int aluno_client_fd(const aluno_client *client);

/* Calls the completions of at most `most` calls that have ended (0: of all that have by now). Returns how
 * many; never blocks. One thread at a time. */
ALUNO_API size_t aluno_client_dispatch(aluno_client *client, size_t most);

/* Waits until a call has ended, at most timeout_ms (0: does not wait; -1: as long as it takes), then
 * dispatches. Returns how many completions it called: 0 after the time, when a signal's handler has run, or
 * when no call is pending, which it does not wait for. One thread at a time. */
ALUNO_API size_t aluno_client_wait(aluno_client *client, int64_t timeout_ms);

/* How many started calls have not been dispatched yet; inside a completion its own is no more among them. Any
 * thread. */
ALUNO_API size_t aluno_client_pending(aluno_client *client);

/* ---- typed: aluno_start_create_student, aluno_start_list_students … ----
 *
 * aluno_start for each method of the contract, whose request the compiler then checks. result->reply points
 * to the reply that the synchronous call of that name has. */
#define ALUNO_METHOD(id, wire, in, out, ...)                                                                 \
    ALUNO_API aluno_code aluno_start_##id(aluno_client *client, const aluno_##in *request,                   \
                                          const aluno_call_options *options, aluno_completion *done,         \
                                          void *user, aluno_pending **call, aluno_error *error);
#include <aluno/contract.def>

#ifdef __cplusplus
}
#endif

#endif
