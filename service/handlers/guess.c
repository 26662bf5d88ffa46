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

bool guess_is_by_value(const struct store_search *search)
{
    return *search->br_document != '\0' || *search->email != '\0';
}

static void ignore_student(struct store_page *page, aluno_student *student)
{
    (void)page;
    (void)student;
}

aluno_code guess_watch(struct call *call, struct store_session *session, const struct store_search *search,
                       aluno_error *error)
{
    const bool by_value = guess_is_by_value(search);
    const struct store_position nowhere = {.id = 0};
    struct store_position last;
    struct store_search of_all = *search;
    struct store_page page = {ignore_student};
    int64_t count = 0;
    aluno_code code = guess_check(call, by_value, error);
    if (code != ALUNO_OK || !by_value || !access_is_masked(&call->caller))
        return code;
    of_all.scope = STORE_WITH_REMOVED;
    code = student_search(session, &of_all, &nowhere, 1, &page, &count, &last, error);
    guess_end(call, by_value, code != ALUNO_OK || count > 0);
    return code;
}
