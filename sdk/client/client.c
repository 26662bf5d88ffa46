/* Opens and closes clients: options, certificates, the socket and its connector. */
#include "client.h"

#include "protocol/codec.h"
#include "protocol/fail.h"
#include "transport/socket_close.h"

#include <stdlib.h>
#include <time.h>

enum {
    TIMEOUT_MS = 5000,         /* of a call that names none */
    TIMEOUT_MAX_MS = 86400000, /* a day */
    CLOSE_MS = 3000,           /* the bound on closing */
    USER_AGENT_MAX = 64,
};

static const char default_server[] = "tls+tcp://127.0.0.1:3000";

int64_t aluno_steady_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool aluno_wait_until(aluno_client *client, int64_t until_ms)
{
    const struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    return pthread_cond_timedwait(&client->changed, &client->mutex, &until) == 0;
}

/* ---- options ---- */

static aluno_code wrong(aluno_error *error, const char *what)
{
    return aluno_fail(error, ALUNO_REASON_OPTION_INVALID, "%s", what);
}

/* "tls+tcp://host:port" or "tls+tcp://[ipv6]:port" into its parts. */
static aluno_code read_server(aluno_client *client, const char *server, aluno_error *error)
{
    static const char scheme[] = "tls+tcp://";
    if (server == NULL)
        server = default_server;
    if (strncmp(server, scheme, strlen(scheme)) != 0)
        return aluno_fail(error, ALUNO_REASON_OPTION_INVALID, "--server %s: tls+tcp://HOST:PORT", server);
    const char *host = server + strlen(scheme);
    const char *colon = strrchr(host, ':');
    if (colon == NULL || colon == host || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
        atol(colon + 1) < 1 || atol(colon + 1) > 65535)
        return aluno_fail(error, ALUNO_REASON_OPTION_INVALID, "--server %s: tls+tcp://HOST:PORT", server);
    size_t length = (size_t)(colon - host);
    if (host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    client->host = strndup(host, length);
    client->port = strdup(colon + 1);
    return client->host != NULL && client->port != NULL ? ALUNO_OK
                                                        : aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
}

static aluno_code read_options(aluno_client *client, const aluno_client_options *options, aluno_error *error)
{
    client->timeout_ms = options->timeout_ms == 0 ? TIMEOUT_MS : options->timeout_ms;
    if (client->timeout_ms < 1 || client->timeout_ms > TIMEOUT_MAX_MS)
        return wrong(error, "--timeout: 1 ms – 86400 s");
    if (options->language != ALUNO_EN && options->language != ALUNO_PT)
        return wrong(error, "language: ALUNO_EN | ALUNO_PT");
    if (options->user_agent != NULL && strlen(options->user_agent) > USER_AGENT_MAX)
        return wrong(error, "user_agent: <= 64 bytes");
    if (options->ca_file == NULL)
        return wrong(error, "--ca FILE");
    if (options->cert_file == NULL)
        return wrong(error, "--cert FILE");
    if (options->key_file == NULL)
        return wrong(error, "--key FILE");
    const aluno_code server = read_server(client, options->server, error);
    if (server != ALUNO_OK)
        return server;
    client->language = options->language;
    client->tls_name = strdup(options->tls_name != NULL ? options->tls_name : client->host);
    client->user_agent = options->user_agent != NULL ? strdup(options->user_agent) : NULL;
    if (client->tls_name == NULL || (options->user_agent != NULL && client->user_agent == NULL))
        return aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return ALUNO_OK;
}

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
        failure = nng_pipe_notify(client->socket, NNG_PIPE_EV_ADD_POST, aluno_connection_made, client);
    if (failure == 0)
        failure = nng_pipe_notify(client->socket, NNG_PIPE_EV_REM_POST, aluno_connection_gone, client);
    return failure;
}

static aluno_code start(aluno_client *client, const aluno_client_options *options, aluno_error *error)
{
    const aluno_tls_files files = {
        .ca = options->ca_file,
        .cert = options->cert_file,
        .key = options->key_file,
        .crl = options->crl_file,
    };
    const aluno_tls_limits limits = {.handshake_ms = 0};
    const aluno_code tls = aluno_tls_open(&client->tls, ALUNO_TLS_CLIENT, &files, &limits,
                                          aluno_connection_refused, client, error);
    if (tls != ALUNO_OK)
        return tls;
    const int failure = open_socket(client);
    if (failure != 0)
        return aluno_fail(error, ALUNO_REASON_INTERNAL_ERROR, "nng: %s", nng_strerror(failure));
    if (pthread_create(&client->connector, NULL, aluno_connector, client) != 0) {
        client->ended = true;
        return aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    }
    return ALUNO_OK;
}

static aluno_client *new_client(void)
{
    aluno_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return NULL;
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&client->changed, &steady);
    pthread_condattr_destroy(&steady);
    pthread_mutex_init(&client->mutex, NULL);
    client->link = ALUNO_LINK_DIALING;
    return client;
}

static void free_client(aluno_client *client)
{
    while (client->slots != NULL) {
        aluno_slot *slot = client->slots;
        client->slots = slot->next;
        free(slot);
    }
    aluno_tls_close(client->tls);
    pthread_cond_destroy(&client->changed);
    pthread_mutex_destroy(&client->mutex);
    free(client->host);
    free(client->port);
    free(client->tls_name);
    free(client->user_agent);
    free(client);
}

aluno_code aluno_client_open(aluno_client **out, const aluno_client_options *options, aluno_error *error)
{
    aluno_client *client = new_client();
    if (client == NULL)
        return aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_code code = read_options(client, options, error);
    if (code == ALUNO_OK)
        code = start(client, options, error);
    if (code != ALUNO_OK) {
        if (error != NULL)
            aluno_error_translate(error, options->language == ALUNO_PT ? ALUNO_PT : ALUNO_EN);
        if (nng_socket_id(client->socket) > 0)
            nng_close(client->socket);
        free_client(client);
        return code;
    }
    *out = client;
    return ALUNO_OK;
}

/* ---- closing ---- */

/* nng must not have endpoints closed while their socket is (its #1657): the connector ends first, and with it
 * its dialer, unless it is inside a dial, which nothing but closing the socket ends. False when it does
 * neither in time: the resolver hangs. */
static bool stop_connector(aluno_client *client)
{
    const int64_t until_ms = aluno_steady_ms() + CLOSE_MS;
    pthread_mutex_lock(&client->mutex);
    client->closing = true;
    pthread_cond_broadcast(&client->changed);
    while (!client->ended && !client->starting && aluno_wait_until(client, until_ms))
        continue;
    const bool stopped = client->ended || client->starting;
    pthread_mutex_unlock(&client->mutex);
    return stopped;
}

static void wait_for_end(aluno_client *client)
{
    pthread_mutex_lock(&client->mutex);
    while (!client->ended || client->calls > 0)
        pthread_cond_wait(&client->changed, &client->mutex);
    pthread_mutex_unlock(&client->mutex);
    pthread_join(client->connector, NULL);
}

/* Closing the socket ends the calls in progress. What hangs is left as it is, and so is the client. */
void aluno_client_close(aluno_client *client)
{
    if (client == NULL || !stop_connector(client) || !aluno_socket_close(client->socket, CLOSE_MS))
        return;
    wait_for_end(client);
    free_client(client);
}

aluno_code aluno_client_connect(aluno_client *client, int64_t timeout_ms, aluno_error *error)
{
    const int64_t timeout = timeout_ms > 0 ? timeout_ms : client->timeout_ms;
    return aluno_connection_wait(client, aluno_steady_ms() + timeout, error);
}
