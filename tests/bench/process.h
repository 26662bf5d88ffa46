/* A server in a process of its own: started, looked at and stopped by its pid. */
#ifndef ALUNO_BENCH_PROCESS_H
#define ALUNO_BENCH_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct process {
    pid_t pid; /* 0: none runs */
    char url[64];
} process;

/* The service, on a free port, with a database in the run's folder; or this program as an echo over the same
 * transport. False, and told, when they cannot be started. */
bool process_start_service(process *server, const char *database);
bool process_start_echo(process *server);

/* bench-hammer, as a client of the service at `url`, with calls of that deadline. */
bool process_start_hammer(process *client, const char *url, int64_t timeout_ms);

/* Sends SIGTERM and waits for the end. */
void process_stop(process *server);

/* Seconds of CPU that all its threads have used. */
double process_cpu(const process *server);

/* Its resident memory, MiB. */
double process_memory(const process *server);

#endif
