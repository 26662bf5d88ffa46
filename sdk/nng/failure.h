/* Translates nng's error numbers to the contract's reasons. */
#ifndef ALUNO_NNG_FAILURE_H
#define ALUNO_NNG_FAILURE_H

#include <aluno/error.h>

/* Returns the reason of an error number; `otherwise` for a number without one of its own. */
aluno_reason aluno__nng_failure_reason(int failure, aluno_reason otherwise);

#endif
