/* Which students a list or a watch is of: its query and show_deleted. */
#ifndef ALUNOD_HANDLERS_FIND_H
#define ALUNOD_HANDLERS_FIND_H

#include "call.h"

/* Sets the conditions of *search, which begins as STORE_SEARCH_ALL, those of the call itself among them: its
 * deadline, and today. `query`: NULL is any student. Violations as query_parse; PERMISSION_DENIED /
 * ROLE_MISSING. */
aluno_code find_parse(const struct call *call, const char *query, bool show_deleted,
                      struct store_search *search, aluno_error *error);

#endif
