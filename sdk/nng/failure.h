/* What nng's error numbers mean. */
#ifndef ALUNO_NNG_FAILURE_H
#define ALUNO_NNG_FAILURE_H

#include <aluno/error.h>

/* The reason for an error number of nng's; `otherwise` for those that have none of their own. */
aluno_reason aluno__nng_reason(int failure, aluno_reason otherwise);

#endif
