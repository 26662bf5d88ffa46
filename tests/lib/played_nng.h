/* Plays nng for a test of rounds (nng/round.h): one aio, one stream, and a queue that moves when the test
 * says so. These functions replace nng's. Include it in one file of a program. */
#ifndef ALUNO_TESTS_PLAYED_NNG_H
#define ALUNO_TESTS_PLAYED_NNG_H

#include "nng/api.h"
#include "unit.h"

#include <string.h>

static struct {
    void (*callback)(void *);
    void *argument;
    const uint8_t *token; /* that the aio sends */
    bool queued;          /* the aio is in the task queue */
    bool sending;         /* the aio is in the stream's queue */
    bool stopped;         /* the aio begins no more */
    int result;           /* of the aio's last operation */
    size_t begun;
} nng;

int nng_aio_alloc(nng_aio **out, void (*callback)(void *), void *argument)
{
    nng.callback = callback;
    nng.argument = argument;
    *out = (nng_aio *)(void *)&nng;
    return 0;
}

void nng_aio_free(nng_aio *aio)
{
    assert_true(aio == NULL || (!nng.queued && !nng.sending));
}

bool nng_aio_begin(nng_aio *aio)
{
    (void)aio;
    assert_false(nng.queued || nng.sending); /* never twice */
    nng.begun += !nng.stopped;
    return !nng.stopped;
}

void nng_aio_finish(nng_aio *aio, int result)
{
    (void)aio;
    nng.result = result;
    nng.queued = true;
    nng.sending = false;
}

int nng_aio_result(nng_aio *aio)
{
    (void)aio;
    return nng.result;
}

int nng_aio_set_iov(nng_aio *aio, unsigned count, const nng_iov *iov)
{
    (void)aio;
    assert_int_equal(count, 1);
    assert_int_equal(iov->iov_len, 1);
    nng.token = iov->iov_buf;
    return 0;
}

void nng_stream_send(nng_stream *stream, nng_aio *aio)
{
    (void)stream;
    (void)aio;
    assert_false(nng.queued || nng.sending);
    nng.sending = true;
}

/* Runs the queued callback. */
static void run_queue(void)
{
    assert_true(nng.queued);
    nng.queued = false;
    nng.callback(nng.argument);
}

#endif
