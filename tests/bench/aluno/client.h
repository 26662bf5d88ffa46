/* Clients of the job's server. */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include "job.h"

#include <aluno/aluno.h>

/* Prints the error and exits. */
_Noreturn void client_fail(const char *what, const aluno_error *error);

/* Returns the options of a client that no one has opened yet. They live as long as the process. */
aluno_client_options client_options(const job *j);

/* Opens a client and waits until it is connected. Exits on failure. */
aluno_client *client_opened(const aluno_client_options *options);

/* Makes a health check. Exits on failure. */
void client_greet(aluno_client *client);

#endif
