/* Patches nng's TLS streams, whose send and receive drop an aio that was stopped before they were called: its
 * callback never runs.
 *
 * nng's transport stops an aio like that when a connection closes between two parts of a message. It then
 * waits for the part forever, and so does nng's one reap thread: from then on no connection in the process is
 * freed and no socket closes. A patched stream completes the dropped aio with an error. */
#ifndef ALUNO_NNG_STREAM_PATCH_H
#define ALUNO_NNG_STREAM_PATCH_H

#include "api.h"

/* Patches a TLS stream that is not in use yet. Does nothing when this version's streams do not have the
 * expected layout. */
void aluno__nng_stream_patch(nng_stream *stream);

/* Must be called at the start of the TLS engine's send and recv: it distinguishes an aio that began from a
 * dropped one. */
void aluno__nng_stream_patch_engine_called(void);

#endif
