/* The server: an nng REP socket behind mutual TLS. It knows bytes and who sent them; dispatch knows the rest.
 */
#ifndef ALUNOD_SERVER_H
#define ALUNOD_SERVER_H

#include "call.h"
#include "tls/engine.h"

struct server;

struct server_options {
    const char *listen; /* "tls+tcp://host:port" */
    aluno__tls_files files;
    size_t max_connections;
};

/* How many of the store's sessions the server uses at once: what store_open needs to know. */
size_t server_reader_count(void);

/* Listens and answers calls. Failures name the option and the remedy: certificate files, a port in use. The
 * service outlives the server; calls use its store. */
aluno_code server_start(struct server **out, const struct server_options *options, struct service *service,
                        aluno_error *error);

/* Reads the certificate files again and closes the connections that they no longer allow. On failure
 * everything stays as it was. */
aluno_code server_reload(struct server *server, const aluno__tls_files *files, aluno_error *error);

/* What is to be done now and then (every second or so): closes idle connections, warns of certificates that
 * end. True when nng has wedged and only a new process heals it. */
bool server_look_after(struct server *server);

/* Refuses new calls and new connections, and waits until every call in progress is answered, at most
 * timeout_ms. False when some were not. */
bool server_drain(struct server *server, int64_t timeout_ms);

/* Closes the socket and gives back everything; after server_drain. Leaves a wedged nng alone: closing it
 * would hang. */
void server_stop(struct server *server);

#endif
