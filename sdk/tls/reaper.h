/* The reaper: one thread that looks at every connection each 250 ms and wakes those that nng would forget:
 * handshakes past their deadline, and connections whose TCP is dead.
 *
 * nng offers no way in from outside, but a stream runs the engine for the *first* operation in its queue, the
 * stuck one, whenever another is queued. So the reaper marks the connection, which then errs whatever it is
 * asked, and queues an operation of its own: the kick. It completes the stuck operation and itself.
 *
 * Lock order: the reaper's list, then a stream's lock. */
#ifndef ALUNO_TLS_REAPER_H
#define ALUNO_TLS_REAPER_H

#include "engine.h"

struct nng_tls_engine_conn;

/* Starts the thread unless it runs. It ends when the program does. */
bool tls_reaper_start(void);

/* Puts a connection under watch, and takes it off. Not under the stream's lock. */
void tls_reaper_watch(struct nng_tls_engine_conn *connection);
void tls_reaper_forget(struct nng_tls_engine_conn *connection);

#endif
