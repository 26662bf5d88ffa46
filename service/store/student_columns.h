/* The columns of table student, one row each: SELECT, INSERT, UPDATE and reading follow from this list.
 *
 *     X(owner, column, field of Student)
 *
 * CLIENT columns are set by requests and what the handlers add to them: they are in INSERT and UPDATE. STORE
 * columns are set by the store. KEY is the first column, set by the database. A new field of Student takes a
 * row here, one in contract.def and a migration of each kind of database. */
#ifndef ALUNOD_STUDENT_COLUMNS_H
#define ALUNOD_STUDENT_COLUMNS_H

#include <aluno/messages.h>
#include <aluno/schema.h>

/* clang-format off */
#define STUDENT_COLUMNS(X)              \
    X(KEY, id, id)                      \
    X(CLIENT, name, name)               \
    X(CLIENT, age, age)                 \
    X(CLIENT, br_document, br_document) \
    X(CLIENT, email, email)             \
    X(CLIENT, birth_date, birth_date)   \
    X(CLIENT, age_year, age_year)       \
    X(STORE, revision, etag)            \
    X(STORE, create_time, create_time)  \
    X(STORE, update_time, update_time)  \
    X(STORE, delete_time, delete_time)
/* clang-format on */

/* Each column's index in a row of STUDENT_SELECT. */
enum student_column {
#define X(owner, column, field) STUDENT_COLUMN_##field,
    STUDENT_COLUMNS(X)
#undef X
        STUDENT_COLUMN_COUNT
};

_Static_assert(sizeof(aluno_student_has) == sizeof(bool) * (1 + STUDENT_COLUMN_COUNT),
               "a field of Student has no column: add it to STUDENT_COLUMNS, and a migration");

/* A column and the field of Student that it holds. */
struct student_field {
    const char *parameter, *set_parameter; /* NULL: not set by clients */
    aluno_kind kind;
    size_t has, offset, size; /* of the field's flag and value in Student */
};

extern const struct student_field student_fields[STUDENT_COLUMN_COUNT];

/* Whether *fields, or a student's `has`, has the column's field. */
bool student_names(const aluno_student_has *fields, const struct student_field *column);

/* Writes a number into a column's field, which may be a text; false when it does not fit. */
bool student_set_number(aluno_student *out, const struct student_field *column, int64_t number);

/* Writes a text, NULL for none, into a column's field; false when it does not fit. */
bool student_set_text(aluno_student *out, const struct student_field *column, const char *text,
                      size_t length);

/* Copies the fields that clients set, as an INSERT stores them. */
void student_copy(aluno_student *out, const aluno_student *student);

/* "id, name, …" */
#define STUDENT_SELECT                     STUDENT_COLUMNS(STUDENT_SELECT_X)
#define STUDENT_SELECT_X(owner, column, _) STUDENT_SELECT_##owner(column)
#define STUDENT_SELECT_KEY(column)         #column
#define STUDENT_SELECT_CLIENT(column)      ", " #column
#define STUDENT_SELECT_STORE(column)       ", " #column

/* ", name, age, …": the columns of an INSERT. */
#define STUDENT_INSERT                     STUDENT_COLUMNS(STUDENT_INSERT_X)
#define STUDENT_INSERT_X(owner, column, _) STUDENT_INSERT_##owner(column)
#define STUDENT_INSERT_KEY(column)
#define STUDENT_INSERT_CLIENT(column) ", " #column
#define STUDENT_INSERT_STORE(column)

/* ", :name, :age, …": its values. */
#define STUDENT_VALUES                     STUDENT_COLUMNS(STUDENT_VALUES_X)
#define STUDENT_VALUES_X(owner, column, _) STUDENT_VALUES_##owner(column)
#define STUDENT_VALUES_KEY(column)
#define STUDENT_VALUES_CLIENT(column) ", :" #column
#define STUDENT_VALUES_STORE(column)

/* ", name = iif(:set_name, :name, name), …": the assignments of an UPDATE that leaves other columns alone. */
#define STUDENT_ASSIGN                     STUDENT_COLUMNS(STUDENT_ASSIGN_X)
#define STUDENT_ASSIGN_X(owner, column, _) STUDENT_ASSIGN_##owner(column)
#define STUDENT_ASSIGN_KEY(column)
#define STUDENT_ASSIGN_CLIENT(column) ", " #column " = iif(:set_" #column ", :" #column ", " #column ")"
#define STUDENT_ASSIGN_STORE(column)

#endif
