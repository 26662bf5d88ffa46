/* The statements that a session keeps prepared, by name: STATEMENT_STUDENT_INSERT … */
#ifndef ALUNOD_SQLITE_STATEMENTS_H
#define ALUNOD_SQLITE_STATEMENTS_H

enum statement {
#define STATEMENT(name, ...) STATEMENT_##name,
#include "statements.def"
    STATEMENT_COUNT
};

#endif
