-- The latest time in the request ids of version 7 that the ledger has forgotten. A change whose id is not later, and is not in
-- the ledger, may have been made.
CREATE TABLE operation_forgotten (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    time_ms INTEGER NOT NULL -- Unix milliseconds
) STRICT;

-- Before the oldest record, or before the last change when there is none, anything may have been purged.
INSERT INTO operation_forgotten
SELECT 1, coalesce((SELECT min(create_time) FROM operation), (SELECT max(update_time) FROM student), 0);
