/* A row of table student as a Student. */
#ifndef ALUNOD_SQLITE_STUDENT_H
#define ALUNOD_SQLITE_STUDENT_H

#include "session.h"
#include "store/student_columns.h"

/* Reads the current row of a statement that selects STUDENT_SELECT. DATA_LOSS / STORE_CORRUPT when a text is
 * longer than its field. */
aluno_code student_read(sqlite3_stmt *row, aluno_student *out, aluno_error *error);

/* Binds the columns that clients set: ":name" to the field's value, or NULL when *fields does not name it or
 * *student lacks it. */
void student_bind(sqlite3_stmt *statement, const aluno_student *student, const aluno_student_has *fields);

/* Binds ":set_name" of an UPDATE to whether *fields names the column's field, and so on. */
void student_bind_named(sqlite3_stmt *update, const aluno_student_has *fields);

#endif
