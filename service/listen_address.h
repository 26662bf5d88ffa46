/* The address that --listen names. */
#ifndef ALUNOD_LISTEN_ADDRESS_H
#define ALUNOD_LISTEN_ADDRESS_H

#include <aluno/error.h>

#include <stdbool.h>

/* Whether "tls+tcp://HOST:PORT" has a port, 1 to 65535. */
bool listen_address_has_port(const char *url);

/* Whether a socket can be bound to it. OPTION_INVALID with the cause: an unknown host, an address that this
 * host lacks, a port that is not permitted. *in_use: whether another socket has it, which is no failure here.
 */
aluno_code listen_address_check(const char *url, bool *in_use, aluno_error *error);

#endif
