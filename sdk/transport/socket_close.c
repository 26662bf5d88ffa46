/* nng_close on a thread of its own, for which the caller waits no longer than it wants to. */
#include "socket_close.h"

#include "protocol/memory.h"

#include <pthread.h>
#include <time.h>

static void *close_socket(void *argument)
{
    const nng_socket *socket = argument;
    nng_close(*socket);
    return NULL;
}

bool aluno_socket_close(nng_socket socket, int64_t most_ms)
{
    pthread_t thread;
    struct timespec until;
    nng_socket *own = aluno_allocate(sizeof *own);
    if (own == NULL)
        return false;
    *own = socket;
    if (pthread_create(&thread, NULL, close_socket, own) != 0) {
        aluno_release(own);
        return false;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += most_ms / 1000;
    if (pthread_timedjoin_np(thread, NULL, &until) != 0) {
        pthread_detach(thread);
        return false;
    }
    aluno_release(own);
    return true;
}
