/* Loaded into alunod before its libraries, this keeps it from mending nng's streams
 * (sdk/nng/stream_patch.h): the trial by which they are examined, a send without an operation, comes to
 * nothing. So nng wedges as it would by itself, and the service has to heal. */
#include <dlfcn.h>
#include <nng/nng.h>
#include <string.h>

void nng_stream_send(nng_stream *stream, nng_aio *aio)
{
    void (*send)(nng_stream *, nng_aio *);
    void *const symbol = dlsym(RTLD_NEXT, "nng_stream_send");
    memcpy(&send, &symbol, sizeof send);
    if (aio != NULL)
        send(stream, aio);
}
