/* nng's task threads, on which it runs callbacks: two per processor, and at least two.
 *
 * A message takes about eight callbacks. nng hands each to a thread that waits, even when the one that hands
 * it over is about to wait itself, and two threads wait for each other's locks. With one thread the next
 * callback runs where the last one has ended, without a wake-up. nng cannot have fewer than two, so the
 * others are parked: each is kept inside a callback.
 *
 * With one thread a callback must not wait for another callback, as nng_aio_free, nng_aio_stop, nng_aio_wait
 * and nng_close do. One that computes for milliseconds lends a parked thread, which runs the other callbacks
 * meanwhile. */
#ifndef ALUNO_NNG_THREADS_H
#define ALUNO_NNG_THREADS_H

#include <stdbool.h>
#include <stddef.h>

/* The most threads that nng runs callbacks on at once: those that are parked may be lent. */
size_t aluno__nng_threads(void);

/* Parks threads, for as long as the process lives, until so many are parked, but never the last one; returns
 * how many are. Starts nng, and waits until a callback has run. One thread at a time may call it. */
size_t aluno__nng_park(size_t count);

/* Parks all but one. Any thread, any number of times. More than one remain when memory runs out. */
void aluno__nng_use_one_thread(void);

/* Lets a parked thread run callbacks until it is taken back; false when none is parked. Neither waits. Costs
 * some 20 µs. */
bool aluno__nng_lend_thread(void);
void aluno__nng_take_thread_back(void);

#endif
