/* Closing a socket of nng's for a bounded time. */
#ifndef ALUNO_NNG_SOCKET_CLOSE_H
#define ALUNO_NNG_SOCKET_CLOSE_H

#include "api.h"

#include <stdbool.h>
#include <stdint.h>

/* Closes the socket, waiting for that at most `most_ms`. False when nng hangs (its #1543, and the wedge that
 * tls_mend.h describes): the socket, and the thread that closes it, are then left to the end of the process,
 * and so must be all that its callbacks use. */
bool aluno__socket_close(nng_socket socket, int64_t most_ms);

#endif
