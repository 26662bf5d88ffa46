/* The table of nng's error numbers and their reasons. */
#include "failure.h"

#include "api.h"

static const struct {
    int failure;
    aluno_reason reason;
} meanings[] = {
    {NNG_ENOMEM, ALUNO_REASON_OUT_OF_MEMORY},          {NNG_ECLOSED, ALUNO_REASON_CLIENT_CLOSED},
    {NNG_ECANCELED, ALUNO_REASON_CALL_CANCELLED},      {NNG_ECONNREFUSED, ALUNO_REASON_CONNECTION_REFUSED},
    {NNG_EUNREACHABLE, ALUNO_REASON_HOST_UNREACHABLE}, {NNG_ETIMEDOUT, ALUNO_REASON_CONNECTION_TIMEOUT},
    {NNG_ECONNRESET, ALUNO_REASON_CONNECTION_LOST},
};

aluno_reason aluno__nng_failure_reason(int failure, aluno_reason otherwise)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].failure == failure)
            return meanings[i].reason;
    return otherwise;
}
