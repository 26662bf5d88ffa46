#include "client.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void client_fail(const char *what, const aluno_error *error)
{
    fprintf(stderr, "bench-aluno: %s: %s: %s\n", what, error->reason, error->message);
    exit(EXIT_FAILURE);
}

aluno_client_options client_options(const job *j)
{
    static char server[48];
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    snprintf(server, sizeof server, "tls+tcp://127.0.0.1:%u", j->port);
    options.server = server;
    options.ca_file = j->ca;
    options.cert_file = j->cert;
    options.key_file = j->key;
    options.tls_name = "localhost";
    options.timeout_ms = 30000;
    return options;
}

aluno_client *client_opened(const aluno_client_options *options)
{
    aluno_client *client;
    aluno_error error;
    if (aluno_client_open(&client, options, &error) != ALUNO_OK ||
        aluno_client_connect(client, 0, &error) != ALUNO_OK)
        client_fail("connect", &error);
    return client;
}

void client_greet(aluno_client *client)
{
    const aluno_health_check_request request = {.has = {.none = false}};
    aluno_health_check_reply reply;
    aluno_error error;
    if (aluno_health_check(client, &request, &reply, NULL, &error) != ALUNO_OK)
        client_fail("health", &error);
}
