/* Compares the contract of a program with the library's, row by row. */
#include "contract.h"

#include "error.h"

const char *const *aluno_library_contract(void)
{
    return aluno_contract;
}

/* "0.1.0", of a contract's first row. */
static const char *version_of(const char *const *contract)
{
    static const char prefix[] = "version ";
    const bool has_version = contract[0] != NULL && strncmp(contract[0], prefix, strlen(prefix)) == 0;
    return has_version ? contract[0] + strlen(prefix) : "?";
}

static bool has_row(const char *const *contract, const char *row)
{
    for (size_t i = 0; contract[i] != NULL; i++)
        if (strcmp(contract[i], row) == 0)
            return true;
    return false;
}

/* Whether a program with that contract has the library's aluno_error. */
static bool has_error(const char *const *contract)
{
    static const char *const names[] = {"message violation;", "message error;"};
    for (size_t i = 0; aluno_contract[i] != NULL; i++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            if (strncmp(aluno_contract[i], names[n], strlen(names[n])) == 0 &&
                !has_row(contract, aluno_contract[i]))
                return false;
    return true;
}

aluno_error *aluno__contract_error(const char *const *contract, aluno_error *error)
{
    return contract == NULL || has_error(contract) ? error : NULL;
}

/* The first row that differs; NULL when none does. Versions may differ. */
static const char *first_difference(const char *const *contract)
{
    if (contract[0] == NULL)
        return aluno_contract[1];
    for (size_t i = 1;; i++) {
        if (contract[i] == NULL || aluno_contract[i] == NULL)
            return contract[i] != NULL ? contract[i] : aluno_contract[i];
        if (strcmp(contract[i], aluno_contract[i]) != 0)
            return aluno_contract[i];
    }
}

aluno_code aluno__contract_check(const char *const *contract, aluno_error *error)
{
    static const char *const none[] = {NULL};
    const char *const *rows = contract != NULL ? contract : none;
    const char *row = first_difference(rows);
    if (row == NULL)
        return ALUNO_OK;
    return aluno__error_set(aluno__contract_error(contract, error), ALUNO_REASON_CONTRACT_MISMATCH,
                            "%.*s: headers %s, library %s", (int)strcspn(row, ";"), row, version_of(rows),
                            ALUNO_VERSION);
}
