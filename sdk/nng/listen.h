/* Listening sockets that outlive their process: an interposer of bind, listen and accept, in programs that
 * link aluno_nng_interposers. nng 1.5.2 cannot be given a socket (NNG_OPT_LISTEN_FD is of later versions),
 * and closing one shuts it down, for its duplicates, too. */
#ifndef ALUNO_NNG_LISTEN_H
#define ALUNO_NNG_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

/* Accepts no more: connections wait in the kernel. */
void aluno__nng_listen_pause(void);

/* Lets the sockets that listen now outlive execv, and names them in the environment. Call it right before,
 * after what makes descriptors close on exec. */
void aluno__nng_listen_hand_over(void);

/* Takes what the process before handed over: binding a socket to one's address gives that one. Binding
 * to another address of the same port closes that one. Call it before threads are started. */
void aluno__nng_listen_inherit(void);

/* Closes those that nobody took. */
void aluno__nng_listen_drop_inherited(void);

/* Whether a socket that listens now has that port, at whatever address. */
bool aluno__nng_listen_has_port(uint16_t port);

/* Whether the descriptor has become an inherited socket, which removed it from epoll. True once. */
bool aluno__nng_listen_take_replaced(int fd);

/* How often a connection could not be accepted for want of a descriptor. */
unsigned long aluno__nng_listen_starved(void);

#endif
