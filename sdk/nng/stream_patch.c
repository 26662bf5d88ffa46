/* Replaces send and receive in a stream's table of operations.
 *
 * A stream begins with pointers to its operations, in an order that is private to nng. The order is
 * found by calling nng_stream_send and nng_stream_recv on a fake stream whose operations record that
 * they were called. */
#include "stream_patch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

typedef void operation(void *stream, nng_aio *aio);

enum { SLOTS = 6 }; /* a stream's operations; as a slot's index: not found */

static size_t send_slot, receive_slot;
static _Atomic(operation *) original_send, original_receive; /* the same in all TLS streams */

/* ---- the replacements ---- */

/* Set when the engine is called. Thread-local because nng calls the engine inside `original`, on the same
 * thread, and passes no argument through. */
static _Thread_local bool engine_called;

void aluno__nng_stream_patch_engine_called(void)
{
    engine_called = true;
}

/* Detects a dropped aio: the engine was not called during `original`, and the aio's result is NNG_ECANCELED.
 * nng calls no callback for it. */
static void run(operation *original, void *stream, nng_aio *aio)
{
    engine_called = false;
    original(stream, aio);
    if (!engine_called && nng_aio_result(aio) == NNG_ECANCELED)
        nng_aio_finish(aio, NNG_ECONNRESET);
}

static void patched_send(void *stream, nng_aio *aio)
{
    run(atomic_load_explicit(&original_send, memory_order_relaxed), stream, aio);
}

static void patched_receive(void *stream, nng_aio *aio)
{
    run(atomic_load_explicit(&original_receive, memory_order_relaxed), stream, aio);
}

/* ---- finding the slots ---- */

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

void aluno__nng_stream_patch(nng_stream *stream)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    operation **slots = (operation **)(void *)stream;
    pthread_once(&once, find_slots);
    if (send_slot == SLOTS || receive_slot == SLOTS)
        return;
    atomic_store_explicit(&original_send, slots[send_slot], memory_order_relaxed);
    atomic_store_explicit(&original_receive, slots[receive_slot], memory_order_relaxed);
    slots[send_slot] = patched_send;
    slots[receive_slot] = patched_receive;
}
