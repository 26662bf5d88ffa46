/* Puts our send and receive before nng's in a stream.
 *
 * A stream begins with pointers to its operations, in an order that is nng's own affair: which is which is
 * found out by sending and receiving on a stream of our own, whose operations only tell that they were
 * called. */
#include "stream_patch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

typedef void operation(void *stream, nng_aio *aio);

enum { SLOTS = 6 }; /* a stream's operations; SLOTS as a result: not found */

static size_t send_slot, receive_slot;
static _Atomic(operation *) original_send, original_receive; /* what all TLS streams had there before */

/* ---- the operations ---- */

/* Whether the engine was asked for anything since `run` began, on this thread. */
static _Thread_local bool engine_ran;

void tls_mend_note_engine(void)
{
    engine_ran = true;
}

/* Nothing else tells of a dropped operation: its callback is not called, and its result says no more than
 * that of one that was cancelled while it waited, which completes by itself. But an operation that was begun
 * has come to the engine, under this very call. */
static void run(operation *original, void *stream, nng_aio *aio)
{
    engine_ran = false;
    original(stream, aio);
    if (!engine_ran && nng_aio_result(aio) == NNG_ECANCELED)
        nng_aio_finish(aio, NNG_ECONNRESET);
}

static void send_mended(void *stream, nng_aio *aio)
{
    run(atomic_load_explicit(&original_send, memory_order_relaxed), stream, aio);
}

static void receive_mended(void *stream, nng_aio *aio)
{
    run(atomic_load_explicit(&original_receive, memory_order_relaxed), stream, aio);
}

/* ---- where they are ---- */

static bool called;

static void note_call(void *stream, nng_aio *aio)
{
    (void)stream;
    (void)aio;
    called = true;
}

static void ignore_call(void *stream, nng_aio *aio)
{
    (void)stream;
    (void)aio;
}

static size_t find_slot(void (*call)(nng_stream *stream, nng_aio *aio))
{
    size_t slot = 0;
    for (; slot < SLOTS; slot++) {
        operation *slots[SLOTS];
        for (size_t i = 0; i < SLOTS; i++)
            slots[i] = i == slot ? note_call : ignore_call;
        called = false;
        call((nng_stream *)(void *)slots, NULL);
        if (called)
            break;
    }
    return slot;
}

static void find_slots(void)
{
    send_slot = find_slot(nng_stream_send);
    receive_slot = find_slot(nng_stream_recv);
}

void tls_mend_stream(nng_stream *stream)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    operation **slots = (operation **)(void *)stream;
    pthread_once(&once, find_slots);
    if (send_slot == SLOTS || receive_slot == SLOTS)
        return;
    atomic_store_explicit(&original_send, slots[send_slot], memory_order_relaxed);
    atomic_store_explicit(&original_receive, slots[receive_slot], memory_order_relaxed);
    slots[send_slot] = send_mended;
    slots[receive_slot] = receive_mended;
}
