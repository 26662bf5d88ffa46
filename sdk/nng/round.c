/* The aio of a round and its states. */
#include "round.h"

enum { IDLE, GOING, ENDING };

static void send_token(aluno__nng_round *round)
{
    nng_iov token = {.iov_buf = &round->token, .iov_len = sizeof round->token};
    nng_aio_set_iov(round->aio, 1, &token);
    nng_stream_send(round->stream, round->aio);
}

/* nng's callback, on a task thread: the aio has come through the queue. */
static void advance(void *argument)
{
    aluno__nng_round *round = argument;
    int ending = ENDING;
    if (nng_aio_result(round->aio) != 0)
        return;
    if (!atomic_compare_exchange_strong(&round->state, &ending, IDLE))
        send_token(round);
}

int aluno__nng_round_init(aluno__nng_round *round, nng_stream *stream)
{
    round->stream = stream;
    atomic_init(&round->state, IDLE);
    return nng_aio_alloc(&round->aio, advance, round);
}

void aluno__nng_round_fini(aluno__nng_round *round)
{
    nng_aio_free(round->aio);
}

void aluno__nng_round_request(aluno__nng_round *round)
{
    if (atomic_exchange(&round->state, GOING) == IDLE && nng_aio_begin(round->aio))
        nng_aio_finish(round->aio, 0);
}

bool aluno__nng_round_is_token(const aluno__nng_round *round, const uint8_t *bytes)
{
    return bytes == &round->token;
}

void aluno__nng_round_end(aluno__nng_round *round)
{
    atomic_store(&round->state, ENDING);
}
