/* Runs nng_close on a thread of its own and abandons it when it takes too long. */
#include "socket_close.h"

#include "base/clock.h"
#include "base/thread.h"

/* The argument is the socket's id, not a pointer: nothing has to be freed, whichever thread ends first. */
static void *close_socket(void *id)
{
    nng_close((nng_socket){.id = (uint32_t)(uintptr_t)id});
    return NULL;
}

bool aluno__nng_socket_close(nng_socket socket, int64_t timeout_ms)
{
    pthread_t thread;
    if (aluno__thread_start(&thread, close_socket, (void *)(uintptr_t)socket.id) != 0) {
        nng_close(socket); /* no thread, no bound */
        return true;
    }
    /* The thread sanitizer does not know pthread_clockjoin_np, which would take the monotonic clock. */
    const struct timespec deadline = aluno__clock_timespec(aluno__clock_unix_ms() + timeout_ms);
    if (pthread_timedjoin_np(thread, NULL, &deadline) == 0)
        return true;
    pthread_detach(thread);
    return false;
}
