/* Watches: the changes of students as they happen, in order, none left out. Implemented by sdk/client:
 * watch.c, watch_next.c, watch_start.c and watch_close.c.
 *
 * A watch asks the service for the changes after a token (aluno_watch_students), waits for the first when
 * there are none, and asks again. When the connection is lost, the service restarts or another address
 * serves, it goes on after the last change that it has returned: each change comes at least once, in the
 * order of `place`, and one that comes again has the same place.
 *
 * Each change has a token. Who stores it in the transaction of its own work, and opens the next watch with
 * it, has done that work exactly once for each change: examples/c/mirror.c. To begin with all students, list
 * them and watch from the watch_token of the list's first page, with the same query and show_deleted:
 *
 *     options.after = first_page.watch_token;
 *     code = aluno_watch_open(&watch, client, &options, &error);
 *     while (code == ALUNO_OK) {
 *         const aluno_student_change *change;
 *         code = aluno_watch_next(watch, -1, &change, &error);
 *         if (code == ALUNO_OK && change->has.student)
 *             code = put(&change->student, change->token);
 *         else if (code == ALUNO_OK)
 *             code = forget(change->student_id, change->token);
 *     }
 *     aluno_watch_close(watch);
 *
 * A change has the student as of the reply, which may show later changes already: these follow. A change
 * without student is of one that is not among those that are watched, or no longer: removed (unless
 * show_deleted), erased, or changed so that the query no longer finds it. A student that was never among them
 * may be in such a change, too. A query on ages does not report birthdays, which change nothing. */
#ifndef ALUNO_WATCH_H
#define ALUNO_WATCH_H

#include <aluno/async.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A watch, from aluno_watch_open or aluno_watch_start to aluno_watch_close. Close it before its client. One
 * thread at a time. */
typedef struct aluno_watch aluno_watch;

/* The options of a watch. Initialise with ALUNO_WATCH_OPTIONS_INIT. The texts are copied. */
typedef struct aluno_watch_options {
    size_t size;       /* sizeof (aluno_watch_options) */
    const char *after; /* token: the changes after it; NULL: those from now on */
    const char *query; /* as of aluno_list_students; NULL: all students */
    bool show_deleted; /* show removed students too; needs the role registrar */
    int64_t page_size; /* changes of one reply at most, 1 to 100; 0: 100 */
    int64_t wait_ms; /* how long one call may wait, 1 to 86400000; the service has its own bound; 0: 25000 */
    const char *purpose; /* what the data are for, for the audit; NULL: the client's */
} aluno_watch_options;

#define ALUNO_WATCH_OPTIONS_INIT                                                                             \
    {                                                                                                        \
        sizeof(aluno_watch_options), NULL, NULL, false, 0, 0, NULL                                           \
    }

/* Opens a watch and stores it in *out; the caller closes it with aluno_watch_close. Without options->after it
 * asks the service for a token, from which on no change is missed, and blocks as any call does; with it, it
 * does not block, and whether the service knows the token is known by the first aluno_watch_next. `options`
 * may be NULL.
 *
 * INVALID_ARGUMENT: an option is not valid. Further failures as of aluno_watch_next. */
ALUNO_API aluno_code aluno_watch_open(aluno_watch **out, aluno_client *client,
                                      const aluno_watch_options *options, aluno_error *error);

/* Waits for the next change, at most timeout_ms (0: does not wait for the service; -1: without a bound).
 * ALUNO_OK: *change is the change, which lives until the next call with this watch; or NULL, when none came
 * in time. While the service cannot be reached, or refuses for now, it goes on trying, up to once a second:
 * the client's on_state (observe.h) reports why.
 *
 * OUT_OF_RANGE / WATCH_EXPIRED: the changes after the token are no longer kept; WATCH_OTHER_DATABASE: the
 * token is of another database, or of the time before a backup was restored. List the students anew then, and
 * open a watch with the watch_token of the first page. INVALID_ARGUMENT with WATCH_TOKEN_INVALID,
 * WATCH_QUERY_CHANGED or QUERY_SYNTAX; PERMISSION_DENIED / ROLE_MISSING; UNAUTHENTICATED; CANCELLED /
 * CLIENT_CLOSED. After a failure the watch stands where it stood, and may be asked again. */
ALUNO_API aluno_code aluno_watch_next(aluno_watch *watch, int64_t timeout_ms,
                                      const aluno_student_change **change, aluno_error *error);

/* Returns the token of what follows the last change that was returned: the watch's own text, until the next
 * call with it. Before the first change, the token with which the watch began; "" when aluno_watch_start has
 * not got one yet. */
ALUNO_API const char *aluno_watch_token(const aluno_watch *watch);

/* Called by the thread that dispatches (aluno_client_dispatch, aluno_client_wait, aluno_client_close): with
 * each change, which lives until this returns; with `change` and `error` NULL once, when a watch that began
 * without a token has one; and with an error, as aluno_watch_next fails, after which the watch does nothing
 * more. It may close the watch; it must not close the client, nor dispatch. */
typedef void aluno_watch_observer(void *user, aluno_watch *watch, const aluno_student_change *change,
                                  const aluno_error *error);

/* Opens a watch that calls `observer` with each change, for programs with an event loop: returns at once, and
 * never blocks. It takes one of the client's max_pending calls. Not for aluno_watch_next. CALLS_TOO_MANY;
 * INVALID_ARGUMENT: an option is not valid. */
ALUNO_API aluno_code aluno_watch_start(aluno_watch **out, aluno_client *client,
                                       const aluno_watch_options *options, aluno_watch_observer *observer,
                                       void *user, aluno_error *error);

/* Closes the watch and frees it. The call that waits at the service ends at once. Of a watch of
 * aluno_watch_start: from the thread that dispatches, or guarded against it; the observer is not called
 * again. Of one of aluno_watch_open: blocks for a reply of the service, at most a second. NULL is allowed. */
ALUNO_API void aluno_watch_close(aluno_watch *watch);

#ifdef __cplusplus
}
#endif

#endif
