/* Decides what is stored of age and birth date. */
#include "age.h"

#include "protocol/day.h"
#include "protocol/error.h"

#include <stdio.h>

void age_complete(aluno_student *student, int64_t day)
{
    if (student->has.birth_date)
        ALUNO_SET(*student, age, aluno__day_age(aluno__day_of(student->birth_date), day));
}

aluno_code age_check(const aluno_student *student, int64_t day, const char *path, aluno_error *error)
{
    char field[sizeof error->violations.items->field];
    if (!student->has.birth_date)
        return ALUNO_OK;
    const int64_t years = aluno__day_years(aluno__day_of(student->birth_date), day);
    if (years < 0 || years > ALUNO_DAY_AGE_MAX) {
        snprintf(field, sizeof field, "%s.birth_date", path);
        return aluno__error_add_violation(error, field, ALUNO_REASON_BIRTH_DATE_RANGE, NULL);
    }
    if (!student->has.age || student->age == years)
        return ALUNO_OK;
    snprintf(field, sizeof field, "%s.age", path);
    return aluno__error_add_violation(error, field, ALUNO_REASON_AGE_DISAGREES, "%d", (int)years);
}

void age_settle(aluno_student *student, int64_t day)
{
    student->has.age = student->has.age && !student->has.birth_date;
    student->has.age_year = student->has.age;
    student->age_year = aluno__day_year(day);
}

/* The birth date stays: an age may be given only if it is the one that follows. */
static aluno_code keep_birth_date(const aluno_student *present, const aluno_student *changes,
                                  aluno_student_has *fields, int64_t day, aluno_error *error)
{
    const int64_t years = aluno__day_age(aluno__day_of(present->birth_date), day);
    fields->age = fields->age_year = false;
    if (!changes->has.age || changes->age == years)
        return ALUNO_OK;
    return aluno__error_add_violation(error, "student.age", ALUNO_REASON_AGE_FOLLOWS, "%d", (int)years);
}

aluno_code age_update(const aluno_student *present, aluno_student *changes, aluno_student_has *fields,
                      int64_t day, aluno_error *error)
{
    if (!fields->birth_date && present->has.birth_date)
        return keep_birth_date(present, changes, fields, day, error);
    const bool gives_one = changes->has.birth_date || changes->has.age;
    if (!gives_one && (present->has.birth_date || fields->age))
        return aluno__error_add_violation(error, "student.age", ALUNO_REASON_FIELD_REQUIRED,
                                          "age | birth_date");
    age_settle(changes, day);
    fields->age = fields->age_year = gives_one;
    return ALUNO_OK;
}
