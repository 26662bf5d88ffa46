/* Those inside share a lock; closing takes it alone. */
#include "gate.h"

void aluno__nng_gate_init(aluno__nng_gate *gate)
{
    gate->closed = false;
    pthread_rwlock_init(&gate->lock, NULL);
}

void aluno__nng_gate_destroy(aluno__nng_gate *gate)
{
    pthread_rwlock_destroy(&gate->lock);
}

bool aluno__nng_gate_enter(aluno__nng_gate *gate)
{
    if (pthread_rwlock_tryrdlock(&gate->lock) != 0) /* another thread closes the gate */
        return false;
    if (!gate->closed)
        return true;
    pthread_rwlock_unlock(&gate->lock);
    return false;
}

void aluno__nng_gate_leave(aluno__nng_gate *gate)
{
    pthread_rwlock_unlock(&gate->lock);
}

void aluno__nng_gate_close(aluno__nng_gate *gate)
{
    pthread_rwlock_wrlock(&gate->lock);
    gate->closed = true;
    pthread_rwlock_unlock(&gate->lock);
}
