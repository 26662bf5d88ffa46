/* Moving the write-ahead log into the database. */
#ifndef ALUNOD_SQLITE_CHECKPOINT_H
#define ALUNOD_SQLITE_CHECKPOINT_H

#include "session.h"

/* Begins as {0}. */
struct checkpoint {
    int frames; /* in the log, when it was last checked */
    int due;    /* frames at which the next checkpoint is due */
};

/* Checkpoints the log when one is due. The writer's session, between transactions. Never waits for a
 * reader. */
void checkpoint_run(struct checkpoint *checkpoint, struct store_session *session);

#endif
