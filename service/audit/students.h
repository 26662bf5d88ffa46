/* The students that a call's reply shows: their ids, and which of their fields. */
#ifndef ALUNOD_AUDIT_STUDENTS_H
#define ALUNOD_AUDIT_STUDENTS_H

#include <aluno/schema.h>

enum { AUDIT_STUDENTS_MAX = 100 }; /* of a page, or of a batch */

struct audit_students {
    size_t count;
    int64_t ids[AUDIT_STUDENTS_MAX];
    uint32_t fields; /* bit i: some have the field i of aluno_student_type */
};

void audit_students_clear(struct audit_students *students);
void audit_students_add(struct audit_students *students, const aluno_student *student);

/* Adds the fields alone. */
void audit_students_add_fields(struct audit_students *students, const aluno_student *student);

/* Writes the ids into the event, in ascending order: "3,7-9". Those that do not fit are left out. */
void audit_students_write_ids(struct audit_students *students, aluno_audit_event *event);

#endif
