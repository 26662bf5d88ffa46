/* --check-config: whether the service would start and serve. */
#ifndef ALUNOD_CHECK_H
#define ALUNOD_CHECK_H

#include "options.h"

#include <aluno/error.h>

#include <stdbool.h>

/* Examines the address, the database, the folder of backups, the files and the limits. Changes nothing and
 * takes nothing from a service that runs with them. Writes a line about each to stdout, and a line for each
 * problem to stderr. Returns whether there is none. */
bool check_configuration(const struct options *given);

/* Whether the process that runs can listen at these addresses after a restart: no other program may have
 * them. check_configuration, which a restart runs in a child, cannot distinguish that from this process's own
 * sockets. OPTION_INVALID. */
aluno_code check_addresses_of_restart(const struct options *given, aluno_error *error);

#endif
