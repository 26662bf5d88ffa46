/* Keeps the search index in step with the students. Students of segments that it lacks need nothing. */
#ifndef ALUNOD_SQLITE_SEARCH_INDEX_H
#define ALUNOD_SQLITE_SEARCH_INDEX_H

#include "session.h"

/* Indexes each segment that is full and not indexed, in one transaction. Logs what took its time, and a
 * failure: searches do without the index. */
void search_index_complete(struct store_session *session);

/* Remove a student from the terms of the named fields, before they change, and add it to those of the new
 * values. */
aluno_code search_index_remove(struct store_session *session, int64_t id, const aluno_student_has *fields,
                               aluno_error *error);
aluno_code search_index_add(struct store_session *session, int64_t id, const aluno_student_has *fields,
                            aluno_error *error);

/* Marks a student as removed, or as restored. */
aluno_code search_index_mark(struct store_session *session, int64_t id, bool removed, aluno_error *error);

/* Removes all that the index knows of a student, who is still there. */
aluno_code search_index_erase(struct store_session *session, int64_t id, aluno_error *error);

/* Finds the next segment from `from` on that is full and not indexed; -1: none. Segments never become longer,
 * since ids only grow: one is full when a later one has a student. */
aluno_code search_index_missing(struct store_session *session, int64_t from, int64_t *segment,
                                aluno_error *error);

/* Notes when a new student's create_time is before that of the student before it. */
aluno_code search_index_time(struct store_session *session, int64_t id, int64_t create_time,
                             aluno_error *error);

#endif
