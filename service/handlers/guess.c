/* Counts in the caller's account. */
#include "guess.h"

#include "access.h"

aluno_code guess_check(struct call *call, bool by_value, aluno_error *error)
{
    if (!by_value || !access_is_masked(&call->caller))
        return ALUNO_OK;
    return account_check_misses(call->caller.account, &call->service->limits, error);
}

void guess_end(struct call *call, bool by_value, bool has_found)
{
    if (by_value && !has_found && access_is_masked(&call->caller))
        account_miss(call->caller.account, &call->service->limits);
}
