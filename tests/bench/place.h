/* The folder of one run: certificates of its own, databases, the service's log. It must be on a disk, for
 * durable writes are measured in it: TMPDIR, or /var/tmp. */
#ifndef ALUNO_BENCH_PLACE_H
#define ALUNO_BENCH_PLACE_H

#include "tls/engine.h"

#include <stdbool.h>

/* Makes the folder and the certificates; false, and told, when that fails. */
bool place_make(void);
void place_remove(void);

/* Uses the folder that another process made. */
void place_enter(const char *path);
const char *place_path(void);

/* The path of a file in the folder, in static text that the next few calls leave alone. */
const char *place_file(const char *name);

/* One side's certificate files. */
aluno__tls_files place_files(aluno__tls_side side);

#endif
