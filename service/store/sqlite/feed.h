/* Adds to the feed of changes, in a change. */
#ifndef ALUNOD_SQLITE_FEED_H
#define ALUNOD_SQLITE_FEED_H

#include "session.h"

aluno_code feed_add(struct store_session *session, const struct feed_entry *entry, aluno_error *error);

/* The same of a student as the change left it. */
aluno_code feed_add_student(struct store_session *session, enum feed_kind kind, const aluno_student *student,
                            bool is_identity, aluno_error *error);

#endif
