/* Parses record headers only: the bodies may be encrypted. */
#include "peer_flight.h"

#include "mbed.h"
#include "nng/api.h"

/* A client's flight ends with the record after ChangeCipherSpec (Finished), a server's first one with
 * ServerHelloDone: 0e 00 00 00. */
static bool ends_flight(aluno__tls_peer_flight *flight, aluno__tls_side peer_side)
{
    static const uint8_t server_hello_done[4] = {MBEDTLS_SSL_HS_SERVER_HELLO_DONE, 0, 0, 0};
    if (peer_side == ALUNO_TLS_SERVER)
        return flight->header[0] == MBEDTLS_SSL_MSG_HANDSHAKE &&
               memcmp(flight->tail, server_hello_done, sizeof flight->tail) == 0;
    if (flight->cipher_changed)
        return true;
    flight->cipher_changed = flight->header[0] == MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC;
    return false;
}

/* Returns true when the byte ends the flight. */
static bool skip_byte(aluno__tls_peer_flight *flight, aluno__tls_side peer_side, uint8_t byte)
{
    if (flight->header_count < sizeof flight->header) {
        flight->header[flight->header_count++] = byte;
        flight->body_left = (size_t)flight->header[3] << 8 | flight->header[4];
        if (flight->header_count == sizeof flight->header && flight->body_left == 0)
            flight->header_count = 0;
        return false;
    }
    memmove(flight->tail, flight->tail + 1, sizeof flight->tail - 1);
    flight->tail[sizeof flight->tail - 1] = byte;
    if (--flight->body_left > 0)
        return false;
    flight->header_count = 0;
    return ends_flight(flight, peer_side);
}

int aluno__tls_peer_flight_skip(aluno__tls_peer_flight *flight, void *stream, aluno__tls_side peer_side)
{
    uint8_t bytes[1024];
    for (;;) {
        size_t size = sizeof bytes;
        const int result = nng_tls_engine_recv(stream, bytes, &size);
        if (result != 0)
            return result;
        for (size_t i = 0; i < size; i++)
            if (skip_byte(flight, peer_side, bytes[i]))
                return 0;
    }
}
