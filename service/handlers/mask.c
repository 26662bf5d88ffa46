/* Parses an update mask and applies it to a message. */
#include "mask.h"

#include "protocol/error.h"

#include <stdio.h>

/* Names the field of one path. The violation does not repeat a path that is no field: it may be anything. */
static aluno_code parse_path(const char *path, size_t length, aluno_student_has *fields, aluno_error *error)
{
    const aluno_field_desc *field = aluno_field_named(&aluno_student_type, path, length);
    if (field != NULL)
        *aluno_has(field, fields) = true;
    else if (length == 1 && *path == '*')
        memset(fields, true, sizeof *fields);
    else
        return aluno__error_add_violation(error, "update_mask", ALUNO_REASON_FIELD_UNKNOWN, NULL);
    return ALUNO_OK;
}

/* Paths are divided by commas; spaces around them are ignored. */
static aluno_code parse_paths(const char *mask, aluno_student_has *fields, aluno_error *error)
{
    memset(fields, false, sizeof *fields);
    for (;;) {
        mask += strspn(mask, " ");
        const size_t end = strcspn(mask, ",");
        size_t length = end;
        while (length > 0 && mask[length - 1] == ' ')
            length--;
        const aluno_code code = parse_path(mask, length, fields, error);
        if (code != ALUNO_OK)
            return code;
        if (mask[end] == '\0')
            return ALUNO_OK;
        mask += end + 1;
    }
}

static aluno_code require(const aluno_field_desc *field, const aluno_student *student,
                          const aluno_student_has *expected, aluno_error *error)
{
    char at[sizeof error->violations.items->field];
    const bool is_required = field->presence == ALUNO_REQUIRED ||
                             (field->presence == ALUNO_EXPECTED && *aluno_has(field, expected));
    if (!is_required || *aluno_has(field, student))
        return ALUNO_OK;
    snprintf(at, sizeof at, "student.%s", field->name);
    return aluno__error_add_violation(error, at, ALUNO_REASON_FIELD_REQUIRED, NULL);
}

aluno_code mask_apply(aluno_student *student, aluno_student_has *fields, const char *mask,
                      const aluno_student_has *expected, aluno_error *error)
{
    if (*mask == '\0')
        return ALUNO_OK;
    aluno_code code = parse_paths(mask, fields, error);
    if (code != ALUNO_OK)
        return code;
    for (size_t i = 0; i < aluno_student_type.field_count; i++) {
        const aluno_field_desc *field = &aluno_student_type.fields[i];
        if (!*aluno_has(field, fields))
            *aluno_has(field, student) = false;
        else if (require(field, student, expected, error) != ALUNO_OK)
            code = ALUNO_INVALID_ARGUMENT;
    }
    return code;
}
