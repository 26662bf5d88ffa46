/* Opens and closes clients: settings, certificates, the socket and the two threads. */
#include "client.h"

#include "protocol/codec.h"
#include "protocol/contract.h"
#include "protocol/error.h"
#include "base/memory.h"
#include "base/thread.h"
#include "protocol/sized.h"
#include "nng/socket_close.h"

#include <sys/eventfd.h>
#include <unistd.h>

enum { CLOSE_MS = 3000 }; /* the bound on closing */

/* ---- opening ---- */

/* nng's REQ would send a request again by itself when a connection is lost: only the SDK decides that. */
static int open_socket(aluno_client *client)
{
    int failure = nng_req0_open(&client->socket);
    if (failure == 0)
        failure = nng_socket_set_ms(client->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
    if (failure == 0)
        failure = nng_socket_set_size(client->socket, NNG_OPT_RECVMAXSZ, ALUNO_MESSAGE_MAX + 1024);
    if (failure == 0)
        failure = nng_pipe_notify(client->socket, NNG_PIPE_EV_ADD_POST, aluno__connection_made, client);
    if (failure == 0)
        failure = nng_pipe_notify(client->socket, NNG_PIPE_EV_REM_POST, aluno__connection_gone, client);
    return failure;
}

static aluno_code start_threads(aluno_client *client, aluno_error *error)
{
    if (aluno__thread_start(&client->calls.scheduler, aluno__scheduler, client) != 0)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (aluno__thread_start(&client->connection.thread, aluno__connector, client) == 0)
        return ALUNO_OK;
    pthread_mutex_lock(&client->mutex);
    client->closing = true;
    pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
    pthread_join(client->calls.scheduler, NULL);
    return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
}

static aluno_code start(aluno_client *client, const aluno_client_options *options, aluno_error *error)
{
    const aluno__tls_files files = {
        .ca = options->ca_file,
        .cert = options->cert_file,
        .key = options->key_file,
        .crl = options->crl_file,
    };
    const aluno__tls_limits limits = {.handshake_ms = 0};
    const aluno_code tls = aluno__tls_open(&client->tls, ALUNO_TLS_CLIENT, &files, &limits,
                                           aluno__connection_refused, client, error);
    if (tls != ALUNO_OK)
        return tls;
    client->calls.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (client->calls.event < 0)
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "eventfd");
    const int failure = open_socket(client);
    if (failure == NNG_ENOMEM)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (failure != 0)
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "nng: %s", nng_strerror(failure));
    return start_threads(client, error);
}

static aluno_client *new_client(void)
{
    aluno_client *client = aluno__calloc(sizeof *client);
    if (client == NULL)
        return NULL;
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&client->changed, &steady);
    pthread_condattr_destroy(&steady);
    pthread_mutex_init(&client->mutex, NULL);
    client->connection.link = ALUNO_LINK_DIALING;
    client->calls.event = -1;
    client->figures.totals.last_tls_reason = "";
    return client;
}

static void free_client(aluno_client *client)
{
    while (client->calls.slots != NULL) {
        aluno__slot *slot = client->calls.slots;
        client->calls.slots = slot->next;
        aluno__free(slot);
    }
    aluno__tls_close(client->tls);
    if (client->calls.event >= 0)
        close(client->calls.event);
    pthread_cond_destroy(&client->changed);
    pthread_mutex_destroy(&client->mutex);
    aluno__settings_free(&client->settings);
    aluno__free(client);
}

aluno_code aluno_client_open(aluno_client **out, const aluno_client_options *options, aluno_error *error)
{
    aluno_client_options own = ALUNO_CLIENT_OPTIONS_INIT;
    aluno_code code = aluno__sized_read(&own, sizeof own, options, "aluno_client_options", error);
    if (code == ALUNO_OK)
        code = aluno__contract_check(own.contract, error);
    if (code != ALUNO_OK)
        return code;
    aluno_client *client = new_client();
    if (client == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    code = aluno__settings_read(&client->settings, &own, error);
    if (code == ALUNO_OK) {
        sigset_t saved;
        aluno__signals_block(&saved); /* the first client starts nng's threads */
        code = start(client, &own, error);
        aluno__signals_restore(&saved);
    }
    if (code != ALUNO_OK) {
        if (error != NULL)
            aluno_error_translate(error, own.language == ALUNO_PT ? ALUNO_PT : ALUNO_EN);
        if (nng_socket_id(client->socket) > 0)
            nng_close(client->socket);
        free_client(client);
        return code;
    }
    *out = client;
    return ALUNO_OK;
}

/* ---- closing ---- */

/* nng must not have endpoints closed while their socket is (its #1657): the scheduler, which cuts dials
 * short, ends first, and the connector with its dialer, unless it is inside a dial, which then nothing but
 * closing the socket ends. False when it does neither in time: the resolver hangs. */
static bool stop_threads(aluno_client *client)
{
    const int64_t until_ms = aluno__clock_ms() + CLOSE_MS;
    const aluno__connection *connection = &client->connection;
    pthread_mutex_lock(&client->mutex);
    client->closing = true;
    pthread_cond_broadcast(&client->changed);
    while (!client->calls.ended)
        pthread_cond_wait(&client->changed, &client->mutex);
    while (!connection->ended && !connection->starting && aluno__wait_until(client, until_ms))
        continue;
    const bool stopped = connection->ended || connection->starting;
    pthread_mutex_unlock(&client->mutex);
    return stopped;
}

static void wait_for_end(aluno_client *client)
{
    pthread_mutex_lock(&client->mutex);
    while (!client->connection.ended || client->calls.active > 0 || client->calls.inside > 0)
        pthread_cond_wait(&client->changed, &client->mutex);
    pthread_mutex_unlock(&client->mutex);
    pthread_join(client->connection.thread, NULL);
    pthread_join(client->calls.scheduler, NULL);
}

/* Closing the socket ends the calls in progress. What hangs is left as it is, and so is the client. */
void aluno_client_close(aluno_client *client)
{
    if (client == NULL)
        return;
    const bool ended = stop_threads(client) && aluno__nng_socket_close(client->socket, CLOSE_MS);
    if (ended)
        wait_for_end(client);
    aluno_client_dispatch(client, 0);
    if (ended)
        free_client(client);
}

aluno_code aluno_client_connect(aluno_client *client, int64_t timeout_ms, aluno_error *error)
{
    aluno__client_enter(client);
    const int64_t timeout = timeout_ms > 0 ? timeout_ms : client->settings.timeout_ms;
    const aluno_code code = aluno__connection_wait(client, aluno__clock_deadline(timeout), error);
    aluno__client_leave(client);
    return code;
}
