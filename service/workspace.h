/* Memory that a call needs only from its handler to the encoding of its reply. A thread runs one call at a
 * time, so each thread keeps one workspace. */
#ifndef ALUNOD_WORKSPACE_H
#define ALUNOD_WORKSPACE_H

#include "audit/memo.h"
#include "audit/students.h"
#include "base/buffer.h"

#include <aluno/schema.h>

struct workspace {
    aluno__buffer items;            /* elements of the reply's list that the handler has encoded itself */
    struct audit_students students; /* those of these elements */
    struct audit_memos memos;
    aluno_any_message reply; /* large: costs what a handler touches of it */
};

/* The calling thread's; freed when the thread ends. NULL when memory ran out. */
struct workspace *workspace_of_thread(void);

#endif
