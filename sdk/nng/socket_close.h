/* Closing one of nng's sockets in bounded time. */
#ifndef ALUNO_NNG_SOCKET_CLOSE_H
#define ALUNO_NNG_SOCKET_CLOSE_H

#include "api.h"

#include <stdbool.h>
#include <stdint.h>

/* Closes the socket and waits at most `timeout_ms` for it. Returns false when nng_close still hangs then: the
 * socket and the thread that closes it are abandoned, and all that the socket's callbacks use must stay valid
 * until the process ends. */
bool aluno__nng_socket_close(nng_socket socket, int64_t timeout_ms);

#endif
