/* Collects ids and fields while a page is made. */
#include "students.h"

_Static_assert(sizeof((aluno_list_students_reply *)0)->students.items / sizeof(aluno_student) <=
                   AUDIT_STUDENTS_MAX,
               "a page fits");

void audit_students_clear(struct audit_students *students)
{
    students->count = 0;
    students->fields = 0;
}

/* Fields whose values clients set; the others say nothing of a person. */
void audit_students_add_fields(struct audit_students *students, const aluno_student *student)
{
    for (size_t i = 0; i < aluno_student_type.field_count; i++) {
        const aluno_field_desc *field = &aluno_student_type.fields[i];
        if (field->presence != ALUNO_OUTPUT && *aluno_has(field, student))
            students->fields |= UINT32_C(1) << i;
    }
}

void audit_students_add(struct audit_students *students, const aluno_student *student)
{
    if (student->has.id && students->count < AUDIT_STUDENTS_MAX)
        students->ids[students->count++] = student->id;
    audit_students_add_fields(students, student);
}
