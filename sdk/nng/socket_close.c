/* nng_close on a thread of its own, for which the caller waits no longer than it wants to. */
#include "socket_close.h"

#include "base/thread.h"

#include <time.h>

/* The argument is the socket's id itself: nothing is left to free, whoever ends first. */
static void *close_socket(void *id)
{
    nng_close((nng_socket){.id = (uint32_t)(uintptr_t)id});
    return NULL;
}

bool aluno__socket_close(nng_socket socket, int64_t most_ms)
{
    pthread_t thread;
    struct timespec until;
    if (aluno__thread_start(&thread, close_socket, (void *)(uintptr_t)socket.id) != 0) {
        nng_close(socket); /* without a thread, without a bound */
        return true;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += most_ms / 1000;
    if (pthread_timedjoin_np(thread, NULL, &until) == 0)
        return true;
    pthread_detach(thread);
    return false;
}
