/* Keeps threads out of nng while a socket closes. nng frees the socket while nng_ctx_send, nng_ctx_recv,
 * nng_ctx_open or nng_aio_abort on one of its contexts still uses it. */
#ifndef ALUNO_NNG_GATE_H
#define ALUNO_NNG_GATE_H

#include <pthread.h>
#include <stdbool.h>

typedef struct aluno__nng_gate {
    pthread_rwlock_t lock; /* shared by the threads inside */
    bool closed;           /* guarded */
} aluno__nng_gate;

void aluno__nng_gate_init(aluno__nng_gate *gate);
void aluno__nng_gate_destroy(aluno__nng_gate *gate);

/* Call one of those functions between these two. False when the gate is closed: do not call it. */
bool aluno__nng_gate_enter(aluno__nng_gate *gate);
void aluno__nng_gate_leave(aluno__nng_gate *gate);

/* Closes the gate for ever and waits for the threads inside. */
void aluno__nng_gate_close(aluno__nng_gate *gate);

#endif
