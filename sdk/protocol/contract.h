/* Compares the contract of a program with the library's. */
#ifndef ALUNO_PROTOCOL_CONTRACT_H
#define ALUNO_PROTOCOL_CONTRACT_H

#include <aluno/contract.h>
#include <aluno/error.h>

/* ALUNO_OK, or FAILED_PRECONDITION / CONTRACT_MISMATCH with the first row that differs and both versions as
 * the detail. `contract` is the program's aluno_contract, or NULL. *error is in English, and is not written
 * when the program's aluno_error has another layout. */
aluno_code aluno__contract_check(const char *const *contract, aluno_error *error);

/* Returns `error`, or NULL when the aluno_error of a program with that contract has another layout than the
 * library's: it is neither read nor written then. */
aluno_error *aluno__contract_error(const char *const *contract, aluno_error *error);

#endif
