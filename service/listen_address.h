/* The address that --listen names. */
#ifndef ALUNOD_LISTEN_ADDRESS_H
#define ALUNOD_LISTEN_ADDRESS_H

#include <aluno/error.h>

#include <stdbool.h>
#include <stdint.h>

/* The port of "tls+tcp://HOST:PORT" or "HOST:PORT", 1 to 65535; 0: it has none. */
uint16_t listen_address_port(const char *url);

/* Whether it has one. */
bool listen_address_has_port(const char *url);

/* Whether "HOST:PORT" or "HOST" is of this machine alone: 127.0.0.1 and the like, [::1], localhost. */
bool listen_address_names_loopback(const char *address);

/* The same, and it has a port. */
bool listen_address_is_loopback(const char *address);

/* Whether a socket can be bound to the address, with or without "tls+tcp://", that the option (such as
 * "--listen") names. OPTION_INVALID with the cause: an unknown host, an address that this
 * host lacks, a port that is not permitted. *in_use: whether another socket has it, which is no failure here.
 */
aluno_code listen_address_check(const char *option, const char *url, bool *in_use, aluno_error *error);

/* Opens a socket, which does not block, that listens there. OPTION_INVALID, also when another socket has the
 * address. */
aluno_code listen_address_open(int *fd, const char *option, const char *address, aluno_error *error);

#endif
