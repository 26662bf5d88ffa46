/* The options that name files for TLS. */
#ifndef ALUNOD_TLS_FILES_H
#define ALUNOD_TLS_FILES_H

#include "options.h"
#include "tls/types.h"

/* The files, and their options for errors. Valid as long as the options. */
aluno__tls_files tls_files_of(const struct options *given);

#endif
