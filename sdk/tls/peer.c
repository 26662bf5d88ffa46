/* Asks nng for a pipe's only property that makes it call the engine: whether the peer is verified. */
#include "peer.h"

/* Where aluno__tls_peer_report stores the identity. Thread-local because nng calls the engine on the thread
 * that asks for the property, and returns only a bool. */
static _Thread_local aluno__tls_peer *peer_wanted;

void aluno__tls_peer_report(const aluno__tls_peer *peer)
{
    if (peer_wanted != NULL)
        *peer_wanted = *peer;
}

bool aluno__tls_peer_of(nng_pipe pipe, aluno__tls_peer *peer)
{
    bool verified = false;
    *peer = (aluno__tls_peer){0};
    peer_wanted = peer;
    const int result = nng_pipe_get_bool(pipe, NNG_OPT_TLS_VERIFIED, &verified);
    peer_wanted = NULL;
    return result == 0 && verified && peer->fingerprint[0] != '\0';
}
