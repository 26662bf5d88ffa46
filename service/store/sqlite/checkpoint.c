/* A passive checkpoint moves what no reader needs any more, and waits for nobody. Once everything is moved
 * and the readers of older snapshots have ended, the next transaction writes the log from its start again. A
 * reader that stays lets the log grow; from then on each RETRY_FRAMES are another attempt. */
#include "checkpoint.h"

enum {
    CHECKPOINT_FRAMES = 4000, /* pages of 4 KiB */
    RETRY_FRAMES = 1000,
};

void checkpoint_run(struct checkpoint *checkpoint, struct store_session *session)
{
    const int frames = session->wal_frames;
    if (frames < checkpoint->frames || checkpoint->due == 0) /* the log began anew */
        checkpoint->due = CHECKPOINT_FRAMES;
    checkpoint->frames = frames;
    if (frames < checkpoint->due)
        return;
    checkpoint->due = frames + RETRY_FRAMES;
    const int result = sqlite3_wal_checkpoint_v2(session->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (result != SQLITE_OK && result != SQLITE_BUSY)
        session_fail(session, NULL);
}
