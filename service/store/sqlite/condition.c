/* SQLite forgets a commit that failed, but its frames may be whole in the file: a crash now would bring them
 * back. The next commit that writes begins at the same place, so they are gone once it is on the disk. Until
 * then the outcome of the failed one is open. */
#include "condition.h"

#include "log.h"
#include "protocol/error.h"

void condition_begin(struct condition *condition)
{
    condition->has_failed = condition->wrote = false;
}

void condition_fail(struct condition *condition, aluno_reason reason)
{
    condition->has_failed = true;
    condition->last_cause = reason;
}

void condition_open(struct condition *condition)
{
    atomic_store(&condition->is_open, true);
}

void condition_wrote(struct condition *condition)
{
    condition->wrote = true;
}

void condition_settle(struct condition *condition)
{
    atomic_store(&condition->is_open, false);
}

void condition_end(struct condition *condition, bool done)
{
    const int before = atomic_load(&condition->failure);
    int now = before;
    if (condition->has_failed)
        now = (int)condition->last_cause + 1;
    if (done && condition->wrote)
        now = 0;
    atomic_store(&condition->failure, now);
    if (now != 0 && now != before)
        log_line(LOG_ERROR, "Changes fail.", "reason", aluno_reason_of((aluno_reason)(now - 1))->name, NULL);
    else if (now == 0 && before != 0)
        log_line(LOG_INFO, "Changes succeed again.", NULL);
}

aluno_code condition_health(const struct condition *condition, aluno_error *error)
{
    const int failure = atomic_load(&condition->failure);
    return failure == 0 ? ALUNO_OK : aluno__error_set(error, (aluno_reason)(failure - 1), NULL);
}

aluno_code condition_certainty(const struct condition *condition, aluno_error *error)
{
    return atomic_load(&condition->is_open) ? aluno__error_set(error, ALUNO_REASON_STORE_UNSETTLED, NULL)
                                            : ALUNO_OK;
}
