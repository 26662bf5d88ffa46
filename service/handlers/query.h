/* Parses the texts of ListStudents: query and order_by. */
#ifndef ALUNOD_HANDLERS_QUERY_H
#define ALUNOD_HANDLERS_QUERY_H

#include "store/store.h"

/* Adds the conditions of a query to *search. Violations: QUERY_SYNTAX, with the grammar as
 * its detail, QUERY_WORDS. */
aluno_code query_parse(const char *query, struct store_search *search, aluno_error *error);

/* Sets the order of *search. Violation: ORDER_UNKNOWN, with the orders as its detail. */
aluno_code query_parse_order(const char *order_by, struct store_search *search, aluno_error *error);

#endif
