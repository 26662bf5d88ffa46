-- Tombstones: which students were erased, without a value of theirs. A restored backup gives ids anew that were given
-- after it, so the time of a student's creation belongs to its key.
CREATE TABLE erasure (
    student_id  INTEGER NOT NULL,
    create_time INTEGER NOT NULL, -- the student's; times are Unix milliseconds
    erase_time  INTEGER NOT NULL,
    caller      TEXT    NOT NULL, -- whose certificate; '': the service itself
    reason      TEXT    NOT NULL,
    PRIMARY KEY (student_id, create_time)
) STRICT, WITHOUT ROWID;
