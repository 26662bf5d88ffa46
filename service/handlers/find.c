/* Parses what a list and a watch have in common. */
#include "find.h"

#include "query.h"
#include "school_day.h"

#include "base/clock.h"
#include "protocol/error.h"

/* Searches by parts would reveal a masked CPF digit by digit: only callers who see it whole may use them. */
static aluno_code check_part(const struct call *call, const struct store_search *search, aluno_error *error)
{
    const bool is_part =
        *search->br_document != '\0' && strlen(search->br_document) + 1 < sizeof search->br_document;
    if (!call->is_masked || !is_part)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_ROLE_MISSING, "query, part of a CPF: %s < %s",
                            aluno_role_name(call->caller.role), aluno_role_name(ALUNO_ROLE_registrar));
}

aluno_code find_parse(const struct call *call, const char *query, bool show_deleted,
                      struct store_search *search, aluno_error *error)
{
    search->deadline_ms = call->deadline_ms;
    search->abandoned = call->caller.gone;
    search->day = school_day(aluno__clock_unix_ms());
    search->scope = show_deleted ? STORE_WITH_REMOVED : STORE_PRESENT;
    const aluno_code code = query != NULL ? query_parse(query, search, error) : ALUNO_OK;
    return code == ALUNO_OK ? check_part(call, search, error) : code;
}
