/* --check-config: whether the service would start and serve. */
#ifndef ALUNOD_CHECK_H
#define ALUNOD_CHECK_H

#include "options.h"

#include <stdbool.h>

/* Examines the address, the database, the folder of backups, the files and the limits. Changes nothing and
 * takes nothing from a service that runs with them. Writes a line about each to stdout, and a line for each
 * problem to stderr. Returns whether there is none. */
bool check_configuration(const struct options *given);

#endif
