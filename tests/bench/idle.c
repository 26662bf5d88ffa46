/* The memory that a service holds for each idle connection: bench-idle PORT CERTIFICATES PID CONNECTIONS
 *
 * idle.sh starts the service. */
#include "aluno/client.h"
#include "meter.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static void measure(const job *j)
{
    const aluno_client_options options = client_options(j);
    aluno_client **clients = calloc(j->connections, sizeof(aluno_client *));
    if (clients == NULL)
        exit(EXIT_FAILURE);
    const long before = meter_memory(j->server);
    for (unsigned i = 0; i < j->connections; i++) {
        clients[i] = client_opened(&options);
        client_greet(clients[i]);
    }
    const long after = meter_memory(j->server);
    printf("idle connections: %.1f kB each (service: %.1f MB before, %.1f MB with %u)\n",
           (double)(after - before) / j->connections, (double)before / 1024, (double)after / 1024,
           j->connections);
    for (unsigned i = 0; i < j->connections; i++)
        aluno_client_close(clients[i]);
    free(clients);
}

static void raise_limit_on_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

int main(int argc, char *argv[])
{
    job j = {.program = argv[0]};
    if (argc == 5)
        j.connections = (unsigned)strtoul(argv[4], NULL, 10);
    if (j.connections == 0) {
        fprintf(stderr, "usage: bench-idle PORT CERTIFICATES PID CONNECTIONS\n");
        return 2;
    }
    j.port = (unsigned)strtoul(argv[1], NULL, 10);
    j.server = (pid_t)strtol(argv[3], NULL, 10);
    snprintf(j.ca, sizeof j.ca, "%s/ca.crt", argv[2]);
    snprintf(j.cert, sizeof j.cert, "%s/clients/ana.crt", argv[2]);
    snprintf(j.key, sizeof j.key, "%s/clients/ana.key", argv[2]);
    raise_limit_on_files();
    measure(&j);
    return EXIT_SUCCESS;
}
