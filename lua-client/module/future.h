/* Futures: calls, from their start until the script drops their results. */
#ifndef ALUNO_FUTURE_H
#define ALUNO_FUTURE_H

#include "lua_api.h"

#include <aluno/aluno.h>

#define FUTURE_METATABLE "aluno.future"

struct future;

/* A client's connection, as far as its calls are concerned. */
typedef struct connection {
    aluno_client *handle; /* NULL once it is closed */
    aluno_language language;
    struct future *first_ended, **last_ended; /* futures that have ended and are still pinned */
    struct watch *first_watch;                /* those that are open */
    int changes;                              /* calls that change data, under way */
    int lost;                                 /* of those, how many failed while the connection was closed */
    aluno_code lost_code;                     /* the last one's */
    bool closing;
} connection;

typedef enum wait_result { WAIT_ENDED, WAIT_TIMED_OUT, WAIT_INTERRUPTED } wait_result;

/* Pushes the future of a call that is still to be started. The values at `owner`, the client, and at
 * `request`, the table whose keys name what is wrong in it, stay alive as long as the future. */
struct future *future_push(lua_State *L, int owner, int request, connection *origin,
                           const aluno_method_desc *method);

/* Starts the call of the future on top of the stack. While the client has as many calls as it may, waits for
 * some to end. */
void future_start(lua_State *L, struct future *self, const void *request, const aluno_call_options *options);

/* Ends the future with an error that is known before the call is started. */
void future_fail(struct future *self, aluno_code code, const aluno_error *error);

/* Waits until the call has ended, at most timeout_ms (0: as long as it takes). Interrupted by Ctrl-C or a
 * script's time limit, it cancels the call and waits for its end: WAIT_INTERRUPTED when the call failed,
 * whose error is then to be raised in place of the interrupt. */
wait_result future_wait(lua_State *L, struct future *self, int64_t timeout_ms);

/* Returns from the C function what the call of the future at `index` came to: reply, nil, metadata; or nil
 * and the error, which is raised if `raises` says so. */
int future_return(lua_State *L, int index, bool raises);

/* Waits until no call that changes data is in progress, at most until their deadlines, or until an interrupt.
 * Counts the calls that fail meanwhile as lost: no script waits for them any more. */
void future_settle(lua_State *L, connection *origin);

/* Unpins the futures that have ended: until then they are kept, whether or not the script keeps them. Call it
 * after everything that dispatches. */
void future_harvest(lua_State *L, connection *origin);

/* ---- interrupts: Ctrl-C and a script's time limit ---- */

/* The hook of the script, before it waits. */
lua_Hook future_hook(lua_State *L);

/* Whether an interrupt is pending: a hook that is not the script's own. */
bool future_interrupted(lua_State *L, lua_Hook own);

/* Raises the interrupt that is pending, in whichever coroutine is running. */
void future_raise_interrupt(lua_State *L) __attribute__((noreturn));

#endif
