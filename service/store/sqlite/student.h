/* What the statements about students share. */
#ifndef ALUNOD_STORE_STUDENT_H
#define ALUNOD_STORE_STUDENT_H

#include "session.h"

/* In the order in which student_read takes them. */
#define STUDENT_COLUMNS "id, name, age, br_document, email, revision, create_time, update_time, delete_time"

/* Reads the row that the statement is at. DATA_LOSS / STORE_CORRUPT when it cannot be a student. */
aluno_code student_read(sqlite3_stmt *row, aluno_student *out, aluno_error *error);

#endif
