/* A server as a child process. */
#ifndef ALUNO_BENCH_PROCESS_H
#define ALUNO_BENCH_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct process {
    pid_t pid; /* 0: not running */
    char url[64];
} process;

/* Start the service on a free port with a database in the run's folder, or this program as an echo server
 * over the same transport. Return false, and print why, on failure. */
bool process_start_service(process *server, const char *database);
bool process_start_echo(process *server);

/* Starts bench-hammer as a client of the service at `url`, with that deadline for its calls. */
bool process_start_hammer(process *client, const char *url, int64_t timeout_ms);

/* Sends SIGTERM and waits for the end. */
void process_stop(process *server);

/* Returns the seconds of CPU that its threads have used. */
double process_cpu(const process *server);

/* Returns its resident memory in MiB. */
double process_memory(const process *server);

#endif
