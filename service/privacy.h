/* Who may read what holds students' data. The files that the service makes are its user's alone, whatever the
 * umask; files that were copied by hand may not be. */
#ifndef ALUNOD_PRIVACY_H
#define ALUNOD_PRIVACY_H

#include "options.h"

/* Calls `found` for the database, its write-ahead log and the folder of backups, as far as they exist and
 * other users may read or write them. */
void privacy_check(const struct options *given, void (*found)(const char *option, const char *path));

#endif
