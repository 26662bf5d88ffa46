/* Whom a call on a person's rights is about. */
#ifndef ALUNOD_SUBJECT_H
#define ALUNOD_SUBJECT_H

#include "store/store.h"

struct subject {
    int64_t id;              /* one student; or 0: */
    const char *br_document; /* all who have this CPF */
};

/* Reads the students, removed ones too, at most `room`, by id. NOT_FOUND / STUDENT_NOT_FOUND. */
aluno_code subject_find(struct store_session *session, const struct subject *subject, aluno_student *students,
                        size_t room, size_t *count, aluno_error *error);

#endif
