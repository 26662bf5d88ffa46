/* The fields of a Student by the list of columns. */
#include "student_columns.h"

#include "store.h"

#include <string.h>

#define KIND(field)                                                                                          \
    _Generic((field), int64_t : ALUNO_KIND_INT, bool : ALUNO_KIND_BOOL, char * : ALUNO_KIND_TEXT)
#define PARAMETERS_KEY(column)    NULL, NULL
#define PARAMETERS_STORE(column)  NULL, NULL
#define PARAMETERS_CLIENT(column) ":" #column, ":set_" #column

const struct student_field student_fields[STUDENT_COLUMN_COUNT] = {
#define X(owner, column, field)                                                                              \
    {PARAMETERS_##owner(column), KIND(((aluno_student *)NULL)->field), offsetof(aluno_student, has.field),   \
     offsetof(aluno_student, field), sizeof(((aluno_student *)NULL)->field)},
    STUDENT_COLUMNS(X)
#undef X
};

/* `fields` has the flags of a student at the same offsets. */
bool student_names(const aluno_student_has *fields, const struct student_field *column)
{
    return *((const bool *)fields + column->has / sizeof(bool));
}

/* Writes a number that is a text in the message. By hand: printf is slow. */
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

bool student_set_text(aluno_student *out, const struct student_field *column, const char *text, size_t length)
{
    bool *has = (bool *)(void *)((char *)out + column->has);
    char *value = (char *)out + column->offset;
    *has = text != NULL;
    if (text == NULL)
        return true;
    if (length >= column->size)
        return false;
    memcpy(value, text, length);
    value[length] = '\0';
    return true;
}

bool student_set_number(aluno_student *out, const struct student_field *column, int64_t number)
{
    void *value = (char *)out + column->offset;
    *(bool *)(void *)((char *)out + column->has) = true;
    if (column->kind == ALUNO_KIND_TEXT)
        return read_number_as_text(number, value, column->size);
    if (column->kind == ALUNO_KIND_BOOL)
        *(bool *)value = number != 0;
    else
        *(int64_t *)value = number;
    return true;
}

static bool has_same(const struct student_field *column, const aluno_student *a, const aluno_student *b)
{
    const char *left = (const char *)a + column->offset, *right = (const char *)b + column->offset;
    if (student_names(&a->has, column) != student_names(&b->has, column))
        return false;
    if (!student_names(&a->has, column))
        return true;
    return column->kind == ALUNO_KIND_TEXT ? strcmp(left, right) == 0
                                           : memcmp(left, right, column->size) == 0;
}

bool student_differs(const aluno_student *present, const aluno_student *changes,
                     const aluno_student_has *fields)
{
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++) {
        const bool is_changed =
            student_fields[i].parameter != NULL && student_names(fields, &student_fields[i]);
        if (is_changed && !has_same(&student_fields[i], present, changes))
            return true;
    }
    return false;
}

void student_copy(aluno_student *out, const aluno_student *student)
{
    aluno_clear(&aluno_student_type, out);
    for (size_t i = 0; i < STUDENT_COLUMN_COUNT; i++) {
        const struct student_field *column = &student_fields[i];
        char *to = (char *)out + column->offset;
        const char *from = (const char *)student + column->offset;
        bool *has = (bool *)(void *)((char *)out + column->has);
        *has = column->parameter != NULL && student_names(&student->has, column);
        if (*has && column->kind == ALUNO_KIND_TEXT)
            memcpy(to, from, strlen(from) + 1);
        else if (*has)
            memcpy(to, from, column->size);
    }
}
