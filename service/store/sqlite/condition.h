/* Whether changes can be committed, and whether the outcome of each is known. The writer sets it, any thread
 * reads it. */
#ifndef ALUNOD_SQLITE_CONDITION_H
#define ALUNOD_SQLITE_CONDITION_H

#include <aluno/error.h>

#include <stdatomic.h>

/* Begins as {0}. */
struct condition {
    atomic_int failure;      /* the reason of the last commit's failure, plus 1; 0: it succeeded */
    atomic_bool is_open;     /* a commit failed that a crash might complete */
    bool has_failed, wrote;  /* since condition_begin; the writer's */
    aluno_reason last_cause; /* of has_failed */
};

/* Enclose a batch of changes; `done`: it was committed. */
void condition_begin(struct condition *condition);
void condition_end(struct condition *condition, bool done);

/* A statement of the batch failed. */
void condition_fail(struct condition *condition, aluno_reason reason);

/* A COMMIT failed: its frames, with the mark that completes them, may be in the write-ahead log's file,
 * though this process has forgotten them. */
void condition_open(struct condition *condition);

/* A COMMIT wrote to the log, over what a failed one left there. */
void condition_wrote(struct condition *condition);

/* All frames written so far are on the disk. Call it before the next COMMIT. */
void condition_settle(struct condition *condition);

/* Why the last batch failed; ALUNO_OK when it did not. */
aluno_code condition_health(const struct condition *condition, aluno_error *error);

/* STORE_UNSETTLED when the outcome of a change may be unknown. */
aluno_code condition_certainty(const struct condition *condition, aluno_error *error);

#endif
