/* One address of the service: resolved, dialled, and why that failed. */
#include "client.h"

#include "protocol/error.h"
#include "tls/binding.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>

/* How long one dial may take: TCP's connection, TLS's handshake and SP's greeting. Short when there is
 * another address to try. */
enum { DIAL_MS = 10000, DIAL_AMONG_MS = 2000 };

/* ---- failures ---- */

/* Who refused whom, and which certificate: what a person needs to mend it. */
static aluno_code fail_refused(aluno_client *client, const char *address, aluno_error *error)
{
    pthread_mutex_lock(&client->mutex);
    const aluno__tls_handshake_failure refusal = client->connection.refusal;
    pthread_mutex_unlock(&client->mutex);
    return aluno__error_set(error, refusal.reason, "%s %s%s%s", refusal.by_peer ? "<-" : "->", address,
                            *refusal.detail ? ": " : "", refusal.detail);
}

aluno_code aluno__endpoint_fail(aluno_client *client, size_t endpoint, int failure, aluno_error *error)
{
    const char *const address = client->settings.endpoints[endpoint].address;
    pthread_mutex_lock(&client->mutex);
    const bool refused = client->connection.refused;
    pthread_mutex_unlock(&client->mutex);
    if (refused)
        return fail_refused(client, address, error);
    switch (failure) {
    case NNG_ECONNREFUSED:
        return aluno__error_set(error, ALUNO_REASON_CONNECTION_REFUSED, "%s", address);
    case NNG_EUNREACHABLE:
        return aluno__error_set(error, ALUNO_REASON_HOST_UNREACHABLE, "%s", address);
    case NNG_ETIMEDOUT:
        return aluno__error_set(error, ALUNO_REASON_CONNECTION_TIMEOUT, "%s", address);
    case NNG_ECLOSED:
        return aluno__error_set(error, ALUNO_REASON_CLIENT_CLOSED, "%s", address);
    case NNG_ENOMEM:
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "%s", address);
    default:
        return aluno__error_set(error, ALUNO_REASON_CONNECTION_LOST, "%s: %s", address,
                                nng_strerror(failure));
    }
}

/* ---- dialling ---- */

/* "tls+tcp://address:port" of one resolved address. */
static bool write_url(const struct addrinfo *address, const char *port, char *url, size_t size)
{
    char text[INET6_ADDRSTRLEN];
    const bool v6 = address->ai_family == AF_INET6;
    const void *bytes =
        v6 ? (const void *)&((const struct sockaddr_in6 *)(const void *)address->ai_addr)->sin6_addr
           : (const void *)&((const struct sockaddr_in *)(const void *)address->ai_addr)->sin_addr;
    if (inet_ntop(address->ai_family, bytes, text, sizeof text) == NULL)
        return false;
    snprintf(url, size, v6 ? "tls+tcp://[%s]:%s" : "tls+tcp://%s:%s", text, port);
    return true;
}

/* Notes that the connector enters nng_dialer_start; false when the client is closing. */
static bool enter_start(aluno_client *client, nng_dialer dialer)
{
    aluno__connection *connection = &client->connection;
    const bool alone = client->settings.endpoint_count == 1;
    pthread_mutex_lock(&client->mutex);
    connection->starting = !client->closing;
    connection->dialing = dialer;
    connection->dial_until_ms = aluno__clock_ms() + (alone ? DIAL_MS : DIAL_AMONG_MS);
    connection->refused = false;
    pthread_cond_broadcast(&client->changed);
    const bool go_on = connection->starting;
    pthread_mutex_unlock(&client->mutex);
    return go_on;
}

/* Notes that it has left it; nng's failure, or what that means here. Once the client is closing, the dialer
 * belongs to the socket's closing. */
static int leave_start(aluno_client *client, int failure)
{
    aluno__connection *connection = &client->connection;
    pthread_mutex_lock(&client->mutex);
    const bool closing = client->closing, cut = connection->dial_until_ms == INT64_MAX;
    connection->starting = false;
    pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
    if (closing)
        return NNG_ECLOSED;
    if (cut)
        return NNG_ETIMEDOUT;
    return failure == NNG_ECLOSED ? NNG_ECONNRESET : failure; /* nng's word for EPIPE */
}

int64_t aluno__endpoint_watch(aluno_client *client)
{
    aluno__connection *connection = &client->connection;
    if (!connection->starting || client->closing)
        return INT64_MAX;
    if (aluno__clock_ms() < connection->dial_until_ms || connection->dial_until_ms == INT64_MAX)
        return connection->dial_until_ms;
    const nng_dialer dialer = connection->dialing;
    connection->dial_until_ms = INT64_MAX;
    pthread_mutex_unlock(&client->mutex);
    nng_dialer_close(dialer);
    pthread_mutex_lock(&client->mutex);
    return INT64_MAX;
}

/* Dials one address and waits for the outcome; on success *dialer is open. */
static int dial(aluno_client *client, const aluno__endpoint *endpoint, const char *url, nng_dialer *dialer)
{
    int failure = nng_dialer_create(dialer, client->socket, url);
    if (failure != 0)
        return failure;
    failure = aluno__tls_bind_dialer(client->tls, *dialer, endpoint->name);
    if (failure == 0)
        failure = nng_dialer_set_bool(*dialer, NNG_OPT_TCP_KEEPALIVE, true);
    if (failure == 0 && !enter_start(client, *dialer))
        failure = NNG_ECLOSED;
    else if (failure == 0 && (failure = leave_start(client, nng_dialer_start(*dialer, 0))) == NNG_ECLOSED)
        return failure;
    if (failure != 0)
        nng_dialer_close(*dialer);
    return failure;
}

/* nng would try only the first of a name's addresses. */
aluno_code aluno__endpoint_dial(aluno_client *client, size_t index, nng_dialer *dialer, aluno_error *error)
{
    const aluno__endpoint *endpoint = &client->settings.endpoints[index];
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    const int unknown = getaddrinfo(endpoint->host, endpoint->port, &hints, &addresses);
    if (unknown != 0)
        return aluno__error_set(error, ALUNO_REASON_ADDRESS_UNKNOWN, "%s: %s", endpoint->host,
                                gai_strerror(unknown));
    int failure = NNG_EUNREACHABLE;
    for (const struct addrinfo *each = addresses; each != NULL && failure != 0 && failure != NNG_ECLOSED;
         each = each->ai_next) {
        char url[128];
        if (write_url(each, endpoint->port, url, sizeof url))
            failure = dial(client, endpoint, url, dialer);
    }
    freeaddrinfo(addresses);
    return failure == 0 ? ALUNO_OK : aluno__endpoint_fail(client, index, failure, error);
}
