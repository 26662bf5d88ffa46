-- The ledger by small keys, and a total that the program keeps.

-- Callers and methods, each once.
CREATE TABLE operation_name (
    id   INTEGER PRIMARY KEY,
    name TEXT    NOT NULL UNIQUE
) STRICT;
INSERT INTO operation_name (name) SELECT caller FROM operation UNION SELECT method FROM operation;

ALTER TABLE operation RENAME TO old_operation;

-- As in 0002_operations.sql, with a request id of 16 bytes and numbers for names.
CREATE TABLE operation (
    id          INTEGER PRIMARY KEY,
    request_id  BLOB    NOT NULL,
    caller      INTEGER NOT NULL, -- operation_name.id
    method      INTEGER NOT NULL, -- operation_name.id
    digest      INTEGER NOT NULL,
    reply       BLOB    NOT NULL,
    create_time INTEGER NOT NULL, -- Unix milliseconds
    UNIQUE (request_id, caller)
) STRICT;
INSERT OR IGNORE INTO operation
SELECT o.id, uuid_bytes(o.request_id), c.id, m.id, o.digest, o.reply, o.create_time
FROM old_operation o JOIN operation_name c ON c.name = o.caller JOIN operation_name m ON m.name = o.method
ORDER BY o.id;
DROP TABLE old_operation;

-- The writer adds the students of a transaction to the total once, before it commits.
DROP TRIGGER student_inserted;
DROP TRIGGER student_removed;
DROP TRIGGER student_erased;
