/* The conditions of a search as SQL. */
#ifndef ALUNOD_POSTGRES_CONDITIONS_H
#define ALUNOD_POSTGRES_CONDITIONS_H

#include "session.h"

enum { CONDITIONS_WORDS = 16 /* that an index finds; the others are compared with what is left */ };

struct conditions {
    const struct store_search *search;
    char *words[CONDITIONS_WORDS]; /* patterns of LIKE */
    size_t count;
    aluno__buffer others; /* the other words' patterns, as an array of PostgreSQL's */
    char part[16];        /* of a CPF, as a pattern */
    char sql[1536];       /* after WHERE */
};

/* OUT_OF_MEMORY. End with conditions_free. */
aluno_code conditions_make(struct conditions *conditions, const struct store_search *search,
                           aluno_error *error);
void conditions_free(struct conditions *conditions);

void conditions_bind(const struct conditions *conditions, struct query *query);

#endif
