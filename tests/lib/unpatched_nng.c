/* Preloaded into alunod, this keeps it from patching nng's streams (sdk/nng/stream_patch.h): it ignores
 * nng_stream_send without an aio, by which the patch finds the operations. So nng wedges as it does by
 * itself, and the service has to recover. */
#include "nng/api.h"

#include <dlfcn.h>
#include <string.h>

void nng_stream_send(nng_stream *stream, nng_aio *aio)
{
    void (*send)(nng_stream *, nng_aio *);
    void *const symbol = dlsym(RTLD_NEXT, "nng_stream_send");
    memcpy(&send, &symbol, sizeof send);
    if (aio != NULL)
        send(stream, aio);
}
