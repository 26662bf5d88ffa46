/* The SQL function that gives a student's age on a day. */
#ifndef ALUNOD_SQLITE_STUDENT_AGE_H
#define ALUNOD_SQLITE_STUDENT_AGE_H

#include <sqlite3.h>

/* Defines student_age(age, birth_date, day) on a connection: the age that was typed, or the one that follows
 * from the birth date on that day (protocol/day.h). Returns SQLite's result. */
int student_age_define(sqlite3 *db);

#endif
