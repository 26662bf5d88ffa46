/* Rows of table student as Students. */
#ifndef ALUNOD_POSTGRES_STUDENT_ROW_H
#define ALUNOD_POSTGRES_STUDENT_ROW_H

#include "session.h"
#include "store/student_columns.h"

/* Reads a row of STUDENT_SELECT. DATA_LOSS / STORE_CORRUPT when a text is longer than its field. */
aluno_code row_student(const PGresult *rows, int row, aluno_student *out, aluno_error *error);

/* Hands all rows over. */
aluno_code students_hand_over(const PGresult *rows, struct store_page *page, aluno_error *error);

#endif
