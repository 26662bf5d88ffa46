/* The folder of one run: certificates, databases, the service's log. It is in TMPDIR or /var/tmp. It must be
 * on a disk because durable writes are measured in it. */
#ifndef ALUNO_BENCH_PLACE_H
#define ALUNO_BENCH_PLACE_H

#include "tls/engine.h"

#include <stdbool.h>

/* Creates the folder and the certificates. Returns false, and prints why, on failure. */
bool place_make(void);
void place_remove(void);

/* Uses a folder that another process created. */
void place_enter(const char *path);
const char *place_path(void);

/* Returns the path of a file in the folder, in static text that stays valid during the next few calls. */
const char *place_file(const char *name);

/* The certificate files of one side. */
aluno__tls_files place_files(aluno__tls_side side);

#endif
