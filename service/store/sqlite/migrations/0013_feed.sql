-- The feed: each change of a student, in the order of commits, without a value of the student's. The newest row stays when
-- older ones are purged, so that no place is given twice.
CREATE TABLE feed (
    place      INTEGER PRIMARY KEY,
    student_id INTEGER NOT NULL,
    kind       INTEGER NOT NULL, -- store.h: enum feed_kind
    revision   INTEGER NOT NULL, -- of the student after the change; 0: erased
    time       INTEGER NOT NULL, -- Unix milliseconds
    is_identity INTEGER NOT NULL -- the CPF or the e-mail may have changed
) STRICT;

-- Which feed this is, since another database has the same places; and the greatest place that was purged.
CREATE TABLE feed_state (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    feed   INTEGER NOT NULL,
    purged INTEGER NOT NULL
) STRICT;
INSERT INTO feed_state VALUES (1, random() & 0xffffffff, 0);
