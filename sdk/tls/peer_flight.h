/* Skips the rest of the peer's flight of handshake messages (TLS 1.2), after which the peer waits for us: an
 * alert that is sent now is read, and closing the connection does not reset it. */
#ifndef ALUNO_TLS_PEER_FLIGHT_H
#define ALUNO_TLS_PEER_FLIGHT_H

#include "types.h"

/* The position in the peer's records; zeroed at first. */
typedef struct aluno__tls_peer_flight {
    uint8_t header[5], tail[4]; /* of the present record: its header, and the last bytes read of its body */
    size_t header_count, body_left;
    bool cipher_changed; /* ChangeCipherSpec was read */
} aluno__tls_peer_flight;

/* Reads from nng's TLS stream, and discards. Returns 0 at the end of the flight, NNG_EAGAIN while more is to
 * come, or another of nng's errors. */
int aluno__tls_peer_flight_skip(aluno__tls_peer_flight *flight, void *stream, aluno__tls_side peer_side);

#endif
