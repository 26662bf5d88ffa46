/* Columns to fields and back, by the list of columns. */
#include "student.h"

#include "protocol/error.h"
#include "student_columns.h"

#include <inttypes.h>
#include <string.h>

/* A column and the field of Student that it holds. */
struct column {
    const char *parameter, *set_parameter; /* NULL: not set by clients */
    aluno_kind kind;
    size_t has, offset, size; /* of the field's flag and value in Student */
};

#define KIND(field)                                                                                          \
    _Generic((field), int64_t : ALUNO_KIND_INT, bool : ALUNO_KIND_BOOL, char * : ALUNO_KIND_TEXT)
#define PARAMETERS_KEY(column)    NULL, NULL
#define PARAMETERS_STORE(column)  NULL, NULL
#define PARAMETERS_CLIENT(column) ":" #column, ":set_" #column

static const struct column columns[] = {
#define X(owner, column, field)                                                                              \
    {PARAMETERS_##owner(column), KIND(((aluno_student *)NULL)->field), offsetof(aluno_student, has.field),   \
     offsetof(aluno_student, field), sizeof(((aluno_student *)NULL)->field)},
    STUDENT_COLUMNS(X)
#undef X
};

/* False when the text does not fit, which the schema's CHECKs exclude. */
static bool read_text(sqlite3_stmt *row, int index, char *value, size_t size, bool *has)
{
    const unsigned char *text = sqlite3_column_text(row, index);
    *has = text != NULL;
    if (text == NULL)
        return true;
    const size_t length = (size_t)sqlite3_column_bytes(row, index);
    if (length >= size)
        return false;
    memcpy(value, text, length);
    value[length] = '\0';
    return true;
}

/* Writes a number that is a text in the message. SQLite would convert it by printf. */
static bool read_number_as_text(int64_t number, char *value, size_t size)
{
    char digits[20], *at = digits + sizeof digits;
    uint64_t rest = number < 0 ? 0 : (uint64_t)number;
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    const size_t length = (size_t)(digits + sizeof digits - at);
    if (number < 0 || length >= size)
        return false;
    memcpy(value, at, length);
    value[length] = '\0';
    return true;
}

/* False when the column does not fit its field. A page has some hundreds of columns, each of SQLite's
 * functions costs as much as the column itself: the type is asked for where the value does not show it. */
static bool read_column(sqlite3_stmt *row, int index, const struct column *column, aluno_student *out)
{
    bool *has = (bool *)(void *)((char *)out + column->has);
    void *value = (char *)out + column->offset;
    if (column->kind == ALUNO_KIND_TEXT && column->parameter != NULL)
        return read_text(row, index, value, column->size, has);
    const int64_t number = sqlite3_column_int64(row, index);
    *has = number != 0 || sqlite3_column_type(row, index) != SQLITE_NULL;
    if (!*has)
        return true;
    if (column->kind == ALUNO_KIND_TEXT)
        return read_number_as_text(number, value, column->size);
    if (column->kind == ALUNO_KIND_BOOL)
        *(bool *)value = number != 0;
    else
        *(int64_t *)value = number;
    return true;
}

aluno_code student_read(sqlite3_stmt *row, aluno_student *out, aluno_error *error)
{
    bool fits = true;
    aluno_clear(&aluno_student_type, out);
    for (int i = 0; i < STUDENT_COLUMN_COUNT; i++)
        fits = read_column(row, i, &columns[i], out) && fits;
    if (fits)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "student %" PRId64, out->id);
}

/* `fields` has the flags of a student at the same offsets. */
static bool names(const aluno_student_has *fields, const struct column *column)
{
    return *((const bool *)fields + column->has / sizeof(bool));
}

static void bind_column(sqlite3_stmt *statement, const struct column *column, const aluno_student *student,
                        bool named)
{
    const void *value = (const char *)student + column->offset;
    if (!named || !names(&student->has, column))
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
        if (columns[i].parameter != NULL)
            bind_column(statement, &columns[i], student, names(fields, &columns[i]));
}

void student_bind_named(sqlite3_stmt *update, const aluno_student_has *fields)
{
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++)
        if (columns[i].parameter != NULL)
            bind_int(update, columns[i].set_parameter, names(fields, &columns[i]));
}

static bool has_same(const struct column *column, const aluno_student *a, const aluno_student *b)
{
    const char *left = (const char *)a + column->offset, *right = (const char *)b + column->offset;
    if (names(&a->has, column) != names(&b->has, column))
        return false;
    if (!names(&a->has, column))
        return true;
    return column->kind == ALUNO_KIND_TEXT ? strcmp(left, right) == 0
                                           : memcmp(left, right, column->size) == 0;
}

bool student_differs(const aluno_student *present, const aluno_student *changes,
                     const aluno_student_has *fields)
{
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++) {
        const bool is_changed = columns[i].parameter != NULL && names(fields, &columns[i]);
        if (is_changed && !has_same(&columns[i], present, changes))
            return true;
    }
    return false;
}

void student_copy(aluno_student *out, const aluno_student *student)
{
    aluno_clear(&aluno_student_type, out);
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++) {
        const struct column *column = &columns[i];
        char *to = (char *)out + column->offset;
        const char *from = (const char *)student + column->offset;
        bool *has = (bool *)(void *)((char *)out + column->has);
        *has = column->parameter != NULL && names(&student->has, column);
        if (*has && column->kind == ALUNO_KIND_TEXT)
            memcpy(to, from, strlen(from) + 1);
        else if (*has)
            memcpy(to, from, column->size);
    }
}
