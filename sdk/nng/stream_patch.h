/* Mends a defect of nng (seen in 1.5.2, the same code up to 1.12): a stream that is asked to send or receive
 * for an operation that was stopped meanwhile drops it without a word. The transport does just that when a
 * connection closes between two parts of a message; then it waits for that part for ever, and with it nng's
 * one thread that gives connections back, so that none comes back any more, in the whole process, and sockets
 * do not close.
 *
 * The mended stream completes the dropped operation with an error, and all goes its way. */
#ifndef ALUNO_NNG_STREAM_PATCH_H
#define ALUNO_NNG_STREAM_PATCH_H

#include "api.h"

/* Mends a TLS stream of nng's that nobody uses yet. Does nothing when this version's streams are not of the
 * known form. */
void tls_mend_stream(nng_stream *stream);

/* To be called by the engine's send and receive: so a dropped operation is told from one that was begun. */
void tls_mend_note_engine(void);

#endif
