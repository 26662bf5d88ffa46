/* The SQL function student_age(age, birth_date, day). */
#include "student_age.h"

#include "protocol/day.h"

static void student_age(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    const char *birth_date = (const char *)sqlite3_value_text(arguments[1]);
    if (birth_date != NULL)
        sqlite3_result_int64(context,
                             aluno__day_age(aluno__day_of(birth_date), sqlite3_value_int64(arguments[2])));
    else
        sqlite3_result_value(context, arguments[0]);
}

int student_age_define(sqlite3 *db)
{
    return sqlite3_create_function_v2(db, "student_age", 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                      student_age, NULL, NULL, NULL);
}
