/* Limits guesses of masked values. A masked CPF leaves a thousand candidates, and a lookup confirms the right
 * one. A lookup of a known value seldom misses, so --certificate-misses bounds the misses of each
 * certificate. Callers who see values whole have no such limit. */
#ifndef ALUNOD_HANDLERS_GUESS_H
#define ALUNOD_HANDLERS_GUESS_H

#include "call.h"

/* Before a lookup by a value, or by none: BUSY when the caller has missed too often. */
aluno_code guess_check(struct call *call, bool by_value, aluno_error *error);

/* After it: whether it found somebody. */
void guess_end(struct call *call, bool by_value, bool has_found);

/* Whether a search has a value among its conditions. */
bool guess_is_by_value(const struct store_search *search);

/* Both for a watch, whose changes show who fits the search: counts a miss when nobody does, removed students
 * included. BUSY as guess_check. */
aluno_code guess_watch(struct call *call, struct store_session *session, const struct store_search *search,
                       aluno_error *error);

#endif
