/* The texts of ListStudents, query and order_by, and what they ask for. */
#ifndef ALUNOD_HANDLERS_QUERY_H
#define ALUNOD_HANDLERS_QUERY_H

#include "store/store.h"

/* Adds what a query asks for to *search. Violation: QUERY_SYNTAX, with the grammar as its detail. */
aluno_code query_read(const char *query, store_search *search, aluno_error *error);

/* Sets the order of *search. Violation: ORDER_UNKNOWN, with the orders as its detail. */
aluno_code query_read_order(const char *order_by, store_search *search, aluno_error *error);

#endif
