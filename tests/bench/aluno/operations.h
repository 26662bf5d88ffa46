/* The calls that are measured, and what their replies must be. */
#ifndef BENCH_OPERATIONS_H
#define BENCH_OPERATIONS_H

#include "job.h"

#include <aluno/aluno.h>

/* A call in progress. */
typedef struct operation {
    int64_t id; /* the student asked for */
    uint64_t started_ns;
} operation;

/* Prepares the job's operation: a page's needs the tokens of pages. Exits on failure. */
void operation_prepare(const job *j, aluno_client *client);

/* Fills in the next request. It is valid until the next call. */
const void *operation_next(operation *o);

const aluno_method_desc *operation_method(void);

/* Exits when the reply is not the one expected. */
void operation_check(const operation *o, const void *reply);

#endif
