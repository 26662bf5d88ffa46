/* `--trace`: each attempt of each call, a line on stderr. */
#ifndef ALUNO_TRACE_H
#define ALUNO_TRACE_H

#include <aluno/aluno.h>

/* Makes a client that is opened with these options write what it does to stderr. No personal data. */
void trace_set(aluno_client_options *options);

#endif
