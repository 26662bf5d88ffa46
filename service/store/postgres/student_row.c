/* A column becomes a field: a text by its size, anything else as a number. */
#include "student_row.h"

#include "protocol/error.h"

#include <inttypes.h>

static bool read_column(const PGresult *rows, int row, int index, aluno_student *out)
{
    const struct student_field *field = &student_fields[index];
    const char *value = row_text(rows, row, index);
    if (value == NULL || (field->kind == ALUNO_KIND_TEXT && field->parameter != NULL))
        return student_set_text(out, field, value, row_size(rows, row, index));
    return student_set_number(out, field, row_int(rows, row, index));
}

aluno_code row_student(const PGresult *rows, int row, aluno_student *out, aluno_error *error)
{
    bool fits = true;
    aluno_clear(&aluno_student_type, out);
    for (int i = 0; i < STUDENT_COLUMN_COUNT; i++)
        fits = read_column(rows, row, i, out) && fits;
    if (fits)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "student %" PRId64, out->id);
}

aluno_code students_hand_over(const PGresult *rows, struct store_page *page, aluno_error *error)
{
    aluno_student student;
    aluno_code code = ALUNO_OK;
    for (int i = 0; code == ALUNO_OK && i < PQntuples(rows); i++) {
        code = row_student(rows, i, &student, error);
        if (code == ALUNO_OK)
            page->add(page, &student);
    }
    return code;
}
