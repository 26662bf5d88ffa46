/* Moving the write-ahead log into the database. On the writer's session, between transactions. */
#ifndef ALUNOD_SQLITE_CHECKPOINT_H
#define ALUNOD_SQLITE_CHECKPOINT_H

#include "session.h"

/* Begins as {0}. */
struct checkpoint {
    int frames;   /* in the log, when it was last checked */
    int due;      /* frames at which the next checkpoint is due */
    bool is_done; /* all of them were moved, or cannot be for now */
};

/* Whether checkpoint_run may take long. */
bool checkpoint_is_due(const struct checkpoint *checkpoint, const struct store_session *session);

/* Checkpoints the log when one is due. Never waits for a reader. */
void checkpoint_run(struct checkpoint *checkpoint, struct store_session *session);

/* Whether an idle writer should call checkpoint_when_idle, which moves the log however short it is, so that
 * the database's file is seldom behind. */
bool checkpoint_is_behind(const struct checkpoint *checkpoint);
void checkpoint_when_idle(struct checkpoint *checkpoint, struct store_session *session);

/* Writes DATABASE.erased and empties the log, when that may have what was erased. Waits for readers for a
 * moment at most, and makes few attempts a second. */
void checkpoint_empty(struct store_session *session);

/* Gives the log's space back to the disk, unless a reader needs the log. */
void checkpoint_free_space(struct store_session *session);

#endif
