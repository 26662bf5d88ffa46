/* Opens and closes clients. */
#include "client.h"

#include "base/clock.h"
#include "base/fork.h"
#include "base/memory.h"
#include "base/thread.h"
#include "nng/threads.h"
#include "protocol/contract.h"
#include "protocol/error.h"
#include "protocol/sized.h"

#include <stdatomic.h>

enum { CLOSE_MS = 3000 }; /* the bound on closing */

/* ---- opening ---- */

static aluno_code start_threads(aluno_client *client, aluno_error *error)
{
    if (!aluno__scheduler_start(&client->scheduler, &client->lock))
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "threads");
    aluno__lock_acquire(&client->lock);
    aluno__deadlines_start(&client->calls.deadlines, &client->scheduler);
    aluno__lock_release(&client->lock);
    if (aluno__connector_start(&client->connector, &client->connection))
        return ALUNO_OK;
    aluno__lock_acquire(&client->lock);
    aluno__lock_close(&client->lock);
    aluno__lock_release(&client->lock);
    aluno__scheduler_join(&client->scheduler);
    return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "threads");
}

static aluno_code init(aluno_client *client, const aluno_client_options *options, aluno_error *error)
{
    aluno__settings *settings = &client->settings;
    client->calls = (aluno__calls){.settings = settings,
                                   .lock = &client->lock,
                                   .scheduler = &client->scheduler,
                                   .connection = &client->connection,
                                   .stats = &client->stats};
    aluno_code code = aluno__settings_init(settings, options, error);
    if (code == ALUNO_OK)
        code = aluno__queue_init(&client->queue, &client->lock, error);
    if (code == ALUNO_OK)
        code = aluno__connection_init(&client->connection, settings, options, &client->lock,
                                      &client->scheduler, &client->stats, error);
    if (code == ALUNO_OK)
        code = start_threads(client, error);
    return code;
}

static void free_client(aluno_client *client)
{
    aluno__connection_free(&client->connection);
    aluno__exchange_pool_free(&client->calls.exchanges);
    aluno__queue_free(&client->queue);
    aluno__free(client->reply.at);
    aluno__lock_destroy(&client->lock);
    aluno__settings_free(&client->settings);
    aluno__free(client);
}

static atomic_bool one_thread;

void aluno_use_one_thread(void)
{
    atomic_store(&one_thread, true);
}

static aluno_code open_client(aluno_client **out, const aluno_client_options *options, aluno_error *error)
{
    aluno_client *client = aluno__calloc(sizeof *client);
    if (client == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno__lock_init(&client->lock);
    aluno__stats_init(&client->stats);
    sigset_t saved;
    aluno__signals_block(&saved); /* the first client starts nng's threads */
    if (atomic_load(&one_thread))
        aluno__nng_use_one_thread();
    const aluno_code code = init(client, options, error);
    aluno__signals_restore(&saved);
    if (code == ALUNO_OK) {
        *out = client;
        return code;
    }
    aluno__connection_close(&client->connection, CLOSE_MS);
    free_client(client);
    return code;
}

static unsigned nng_generation;

static void note_generation(void)
{
    nng_generation = aluno__fork_generation();
}

/* nng's threads start with the process's first client and do not survive a fork. */
static aluno_code check_process(aluno_error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, note_generation);
    return nng_generation != aluno__fork_generation()
               ? aluno__error_set(error, ALUNO_REASON_CLIENT_FORKED, NULL)
               : ALUNO_OK;
}

aluno_code aluno_client_open(aluno_client **out, const aluno_client_options *options, aluno_error *error)
{
    aluno_client_options own = ALUNO_CLIENT_OPTIONS_INIT;
    own.contract = NULL; /* a program that passes none is refused */
    aluno_code code = aluno__sized_read(&own, sizeof own, options, "aluno_client_options", error);
    if (code == ALUNO_OK)
        code = aluno__contract_check(own.contract, error);
    if (code == ALUNO_OK)
        code = check_process(error);
    if (code == ALUNO_OK)
        code = open_client(out, &own, error);
    aluno_error *const known = aluno__contract_error(own.contract, error);
    if (code != ALUNO_OK && known != NULL)
        aluno_error_translate(known, own.language == ALUNO_PT ? ALUNO_PT : ALUNO_EN);
    return code;
}

/* ---- closing ---- */

/* Both threads end before the socket closes: nng must not have dialers closed while their socket is (its
 * #1657). False when they do not end in time: the resolver hangs. */
static bool stop_threads(aluno_client *client)
{
    const int64_t until_ms = aluno__clock_ms() + CLOSE_MS;
    const aluno__scheduler *scheduler = &client->scheduler;
    const aluno__connection *connection = &client->connection;
    aluno__lock *lock = &client->lock;
    aluno__lock_acquire(lock);
    aluno__lock_close(lock);
    while ((!scheduler->ended || connection->state != ALUNO_SHUTDOWN) && aluno__lock_wait(lock, until_ms))
        continue;
    const bool ended = scheduler->ended && connection->state == ALUNO_SHUTDOWN;
    aluno__lock_release(lock);
    return ended;
}

static void wait_for_end(aluno_client *client)
{
    aluno__connector_join(&client->connector);
    aluno__scheduler_join(&client->scheduler);
    aluno__lock_acquire(&client->lock);
    while (client->calls.active > 0 || client->inside > 0)
        aluno__lock_wait(&client->lock, INT64_MAX);
    aluno__lock_release(&client->lock);
}

/* Closing the socket ends the calls in progress. If a thread or the socket hangs, the client is not freed. A
 * client of the parent process is not freed either: its threads and memory are the parent's. */
void aluno_client_close(aluno_client *client)
{
    if (client == NULL || aluno__client_check(client, NULL) != ALUNO_OK)
        return;
    const bool closed = stop_threads(client) && aluno__connection_close(&client->connection, CLOSE_MS);
    if (closed)
        wait_for_end(client);
    aluno_client_dispatch(client, 0);
    if (closed)
        free_client(client);
}

/* ---- while it is open ---- */

aluno_code aluno_client_connect(aluno_client *client, int64_t timeout_ms, aluno_error *error)
{
    aluno_code code = aluno__client_enter(client, error);
    if (code != ALUNO_OK)
        return code;
    const int64_t timeout = timeout_ms > 0 ? timeout_ms : client->settings.timeout_ms;
    code = aluno__connection_wait(&client->connection, aluno__clock_deadline(timeout), error);
    aluno__client_leave(client);
    return code;
}

void aluno_client_statistics(aluno_client *client, aluno_statistics *out)
{
    aluno_statistics now = {.last_tls_reason = ""};
    if (aluno__client_check(client, NULL) == ALUNO_OK) {
        aluno__lock_acquire(&client->lock);
        now = aluno__stats_snapshot(&client->stats);
        aluno__lock_release(&client->lock);
    }
    aluno__sized_write(out, &now, sizeof now);
}
