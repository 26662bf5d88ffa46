-- Operations: which changes were made, and what was answered, so that each is made exactly once.
-- Rows are added at the end and forgotten from the start, so the order of ids is the order of time. Request ids that
-- grow with time (UUID version 7) make the index grow at its end too; random ones would touch a page of it each.
CREATE TABLE operation (
    id          INTEGER PRIMARY KEY,
    request_id  TEXT    NOT NULL,
    caller      TEXT    NOT NULL,
    method      TEXT    NOT NULL,
    digest      INTEGER NOT NULL, -- of the request: tells a repeat from another request under the same id
    reply       BLOB    NOT NULL,
    create_time INTEGER NOT NULL, -- Unix milliseconds
    UNIQUE (request_id, caller, method)
) STRICT;
