-- The audit's records of changes, until they are in its segments: each is written with its change. No id is given twice.
CREATE TABLE audit_outbox (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    record BLOB NOT NULL
) STRICT;

-- Places of the audit's chain, whose hash vouches for all before it.
CREATE TABLE audit_anchor (
    which    INTEGER PRIMARY KEY, -- 0: the newest record; 1: the last one that retention removed
    sequence INTEGER NOT NULL,
    change   INTEGER NOT NULL,    -- audit_outbox.id of the last change up to there
    time     INTEGER NOT NULL,    -- Unix milliseconds
    hash     BLOB    NOT NULL
) STRICT;
