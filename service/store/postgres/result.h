/* Interprets PostgreSQL's results. */
#ifndef ALUNOD_POSTGRES_RESULT_H
#define ALUNOD_POSTGRES_RESULT_H

#include "store/store.h"

#include <libpq-fe.h>

/* The kind of failure of the last statement that failed. */
enum session_failure {
    FAILURE_NONE,
    FAILURE_LOST,  /* the connection was, and its transaction with it, unless it committed */
    FAILURE_RETRY, /* the transaction may succeed at another attempt */
    FAILURE_TAKEN, /* a unique key is another row's */
    FAILURE_OTHER
};

bool result_is_fine(const PGresult *result);

/* STORE_UNREACHABLE, with when to try again: a new primary takes seconds. */
aluno_code fail_unreachable(aluno_error *error);

/* Classifies a failed result; *reason is for the caller. Logs what a caller cannot act on, without values. */
enum session_failure result_failure(const PGresult *result, aluno_reason *reason);

/* ---- rows ---- */

bool row_has(const PGresult *rows, int row, int column);
int64_t row_int(const PGresult *rows, int row, int column);
const char *row_text(const PGresult *rows, int row, int column); /* NULL: none */
size_t row_size(const PGresult *rows, int row, int column);

#endif
