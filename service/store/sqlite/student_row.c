/* Columns to fields and back, by the list of columns. */
#include "student.h"

#include "protocol/error.h"
#include "store/student_columns.h"

#include <inttypes.h>

/* False when the column does not fit its field, which the schema's CHECKs exclude. A page has some hundreds
 * of columns, each of SQLite's functions costs as much as the column itself: the type is asked for where the
 * value does not show it. */
static bool read_column(sqlite3_stmt *row, int index, const struct student_field *column, aluno_student *out)
{
    if (column->kind == ALUNO_KIND_TEXT && column->parameter != NULL) {
        const char *text = (const char *)sqlite3_column_text(row, index);
        return student_set_text(out, column, text, (size_t)sqlite3_column_bytes(row, index));
    }
    const int64_t number = sqlite3_column_int64(row, index);
    if (number == 0 && sqlite3_column_type(row, index) == SQLITE_NULL)
        return student_set_text(out, column, NULL, 0);
    return student_set_number(out, column, number);
}

aluno_code student_read(sqlite3_stmt *row, aluno_student *out, aluno_error *error)
{
    bool fits = true;
    aluno_clear(&aluno_student_type, out);
    for (int i = 0; i < STUDENT_COLUMN_COUNT; i++)
        fits = read_column(row, i, &student_fields[i], out) && fits;
    if (fits)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "student %" PRId64, out->id);
}

static void bind_column(sqlite3_stmt *statement, const struct student_field *column,
                        const aluno_student *student, bool named)
{
    const void *value = (const char *)student + column->offset;
    if (!named || !student_names(&student->has, column))
        bind_text(statement, column->parameter, NULL);
    else if (column->kind == ALUNO_KIND_TEXT)
        bind_text(statement, column->parameter, value);
    else if (column->kind == ALUNO_KIND_BOOL)
        bind_int(statement, column->parameter, *(const bool *)value);
    else
        bind_int(statement, column->parameter, *(const int64_t *)value);
}

void student_bind(sqlite3_stmt *statement, const aluno_student *student, const aluno_student_has *fields)
{
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++)
        if (student_fields[i].parameter != NULL)
            bind_column(statement, &student_fields[i], student, student_names(fields, &student_fields[i]));
}

void student_bind_named(sqlite3_stmt *update, const aluno_student_has *fields)
{
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++)
        if (student_fields[i].parameter != NULL)
            bind_int(update, student_fields[i].set_parameter, student_names(fields, &student_fields[i]));
}
