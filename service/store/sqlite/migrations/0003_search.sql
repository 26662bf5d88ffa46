-- Searching and ordering students.

-- The order of a list by name: Álvaro before Ana, Ângela beside Angela. A search reads along it, or along the ids, and
-- looks at each name: 20 ms for 100,000 students, on a reader's thread. The index makes an insert (25 µs) 12 µs dearer;
-- FTS5, which writes a segment for each savepoint, would make it 20 µs dearer still.
CREATE INDEX student_name ON student (name_folded, name);

-- Who had a CPF before; nothing that a creation would have to keep.
CREATE INDEX student_removed_br_document ON student (br_document) WHERE delete_time IS NOT NULL;

-- What a student's place in a list was up to that revision, so that a page that ended at the student can go on after
-- the same place when the name or age has changed since. Kept for as long as page tokens are good.
CREATE TABLE student_former_place (
    student_id  INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    name_folded TEXT    NOT NULL,
    age         INTEGER NOT NULL,
    change_time INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (student_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER student_place_changed AFTER UPDATE OF name, age ON student
WHEN OLD.name <> NEW.name OR OLD.age <> NEW.age BEGIN
    INSERT INTO student_former_place
    VALUES (OLD.id, OLD.revision, OLD.name, OLD.name_folded, OLD.age, NEW.update_time);
END;
