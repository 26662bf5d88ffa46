/* The server: an nng REP socket behind mutual TLS. It knows bytes and who sent them; execute.h knows the
 * rest. */
#ifndef ALUNOD_SERVER_H
#define ALUNOD_SERVER_H

#include "service.h"
#include "tls/engine.h"

struct server;

struct server_options {
    const char *listen; /* "tls+tcp://host:port" */
    aluno__tls_files files;
};

/* How many threads the server starts calls on at once, nearly always: for service_open. */
size_t server_callers(void);

/* Listens and answers calls. OPTION_INVALID, with the option and the remedy: a certificate's file, a port in
 * use. The service must outlive the server. */
aluno_code server_start(struct server **out, const struct server_options *options, struct service *service,
                        aluno_error *error);

/* Reads the certificate files again and closes the connections that they no longer allow. On failure nothing
 * changes. */
aluno_code server_reload(struct server *server, const aluno__tls_files *files, aluno_error *error);

/* Call it every second or so: closes idle connections and those of slow readers, warns of certificates that
 * expire. True when nng has wedged and only a new process heals it. */
bool server_tick(struct server *server);

/* Refuses new calls and connections, and waits until every call in progress is answered, at most timeout_ms.
 * False when some were not. */
bool server_drain(struct server *server, int64_t timeout_ms);

/* Closes the socket and frees everything; after server_drain. Leaves a wedged socket open: closing it would
 * hang. */
void server_stop(struct server *server);

#endif
