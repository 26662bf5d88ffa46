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

/* Asks each millisecond: a join with a bound takes the calendar clock, which may be set, and the thread
 * sanitizer does not know pthread_clockjoin_np. */
bool aluno__nng_socket_close(nng_socket socket, int64_t timeout_ms)
{
    pthread_t thread;
    const int64_t until_ms = aluno__clock_deadline(timeout_ms);
    if (aluno__thread_start(&thread, close_socket, (void *)(uintptr_t)socket.id) != 0) {
        nng_close(socket); /* no thread, no bound */
        return true;
    }
    while (pthread_tryjoin_np(thread, NULL) != 0) {
        if (aluno__clock_ms() >= until_ms) {
            pthread_detach(thread);
            return false;
        }
        aluno__clock_sleep(1);
    }
    return true;
}
