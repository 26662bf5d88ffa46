/* A lock that is shared by those inside and held by nobody but a closed gate. */
#include "gate.h"

void aluno__nng_gate_init(aluno__nng_gate *gate)
{
    pthread_rwlock_init(&gate->lock, NULL);
}

void aluno__nng_gate_destroy(aluno__nng_gate *gate)
{
    pthread_rwlock_destroy(&gate->lock);
}

bool aluno__nng_gate_enter(aluno__nng_gate *gate)
{
    return pthread_rwlock_tryrdlock(&gate->lock) == 0;
}

void aluno__nng_gate_leave(aluno__nng_gate *gate)
{
    pthread_rwlock_unlock(&gate->lock);
}

void aluno__nng_gate_close(aluno__nng_gate *gate)
{
    pthread_rwlock_wrlock(&gate->lock);
}
