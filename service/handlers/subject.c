/* Finds students by id or CPF. */
#include "subject.h"

#include "protocol/error.h"

struct found {
    struct store_page page; /* first: the store gives it back */
    aluno_student *students;
    size_t count;
};

static void add_student(struct store_page *page, aluno_student *student)
{
    struct found *found = (struct found *)(void *)page;
    aluno_copy(&aluno_student_type, &found->students[found->count++], student);
}

aluno_code subject_find(struct store_session *session, const struct subject *subject, aluno_student *students,
                        size_t room, size_t *count, aluno_error *error)
{
    struct found found = {{add_student}, students, 0};
    *count = 1;
    if (subject->id != 0)
        return student_by_id(session, subject->id, STORE_WITH_REMOVED, students, error);
    const aluno_code code =
        student_all_of_document(session, subject->br_document, (int64_t)room, &found.page, error);
    *count = found.count;
    if (code == ALUNO_OK && found.count == 0)
        return aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL);
    return code;
}
