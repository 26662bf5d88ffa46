/* A passive checkpoint moves what no reader needs any more, and waits for nobody. Once everything is moved
 * and the readers of older snapshots have ended, the next transaction writes the log from its start again. A
 * reader that stays lets the log grow; from then on each RETRY_FRAMES are another attempt. */
#include "checkpoint.h"

#include "base/clock.h"
#include "erased_file.h"
#include "place.h"

enum {
    CHECKPOINT_FRAMES = 4000, /* pages of 4 KiB */
    SHORT_FRAMES = 250,       /* when the disk is nearly full */
    RETRY_FRAMES = 1000,
    EMPTY_MS = 20,        /* an attempt to empty the log: changes wait as long */
    EMPTY_EVERY_MS = 200, /* from one to the next */
};

/* Returns SQLite's result; SQLITE_BUSY also when a command copies the database. *moved receives whether
 * nothing is left to move. */
static int move(struct store_session *session, int mode, bool *moved)
{
    int frames = 0, done = 0;
    *moved = false;
    if (!place_begin_write(session->place))
        return SQLITE_BUSY;
    const int result = sqlite3_wal_checkpoint_v2(session->db, NULL, mode, &frames, &done);
    place_end_write(session->place);
    *moved = result == SQLITE_OK && frames == done;
    return result;
}

/* False: another attempt may succeed. */
static bool move_passively(struct checkpoint *checkpoint, struct store_session *session)
{
    const int result = move(session, SQLITE_CHECKPOINT_PASSIVE, &checkpoint->is_done);
    if (result != SQLITE_OK && result != SQLITE_BUSY)
        session_fail(session, NULL);
    return result != SQLITE_BUSY;
}

bool checkpoint_is_due(const struct checkpoint *checkpoint, const struct store_session *session)
{
    return checkpoint->due != 0 && session->wal_frames >= checkpoint->due;
}

void checkpoint_run(struct checkpoint *checkpoint, struct store_session *session)
{
    const int frames = session->wal_frames;
    const int most = place_is_short(session->place) ? SHORT_FRAMES : CHECKPOINT_FRAMES;
    checkpoint->is_done = false;
    if (frames < checkpoint->frames || checkpoint->due == 0 ||
        checkpoint->due > frames + most) /* it began anew */
        checkpoint->due = most;
    checkpoint->frames = frames;
    if (frames < checkpoint->due)
        return;
    checkpoint->due = frames + RETRY_FRAMES;
    move_passively(checkpoint, session);
}

bool checkpoint_is_behind(const struct checkpoint *checkpoint)
{
    return checkpoint->frames > 0 && !checkpoint->is_done;
}

/* Frames that a reader needs stay in the log until there is another change. */
void checkpoint_when_idle(struct checkpoint *checkpoint, struct store_session *session)
{
    if (move_passively(checkpoint, session))
        checkpoint->is_done = true;
}

void checkpoint_empty(struct store_session *session)
{
    bool moved;
    const int64_t now_ms = aluno__clock_ms();
    if (!atomic_load(&session->log_holds_erased) || now_ms < session->empty_after_ms)
        return;
    session->empty_after_ms = now_ms + EMPTY_EVERY_MS;
    if (!erased_file_write(session))
        return;
    sqlite3_busy_timeout(session->db, EMPTY_MS);
    if (move(session, SQLITE_CHECKPOINT_TRUNCATE, &moved) == SQLITE_OK)
        atomic_store(&session->log_holds_erased, false);
    sqlite3_busy_timeout(session->db, SESSION_BUSY_MS);
}

void checkpoint_free_space(struct store_session *session)
{
    bool moved;
    sqlite3_busy_timeout(session->db, 0);
    move(session, SQLITE_CHECKPOINT_TRUNCATE, &moved);
    sqlite3_busy_timeout(session->db, SESSION_BUSY_MS);
}
