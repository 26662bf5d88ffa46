-- Birth dates. A student has one, from which the age follows, or an age that was typed. CPF and e-mail may be absent:
-- the service's policy requires them or not. Constraints fall away and columns are added at the end, which needs no new
-- table (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = 'CREATE TABLE student (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, not even after an erasure
    name        TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    name_folded TEXT    NOT NULL,                  -- without case and accents: what a search matches
    age         INTEGER CHECK (age BETWEEN 0 AND 150), -- as typed
    br_document TEXT    CHECK (length(br_document) = 11 AND br_document NOT GLOB ''*[^0-9]*''),
    email       TEXT    CHECK (length(email) BETWEEN 1 AND 254),
    revision    INTEGER NOT NULL DEFAULT 1,        -- grows with each change; travels as the etag
    create_time INTEGER NOT NULL,                  -- times are Unix milliseconds
    update_time INTEGER NOT NULL,
    delete_time INTEGER,
    birth_date  TEXT    CHECK (birth_date GLOB ''[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]''),
    age_year    INTEGER,                           -- in which the age was typed
    CHECK ((age IS NULL) <> (birth_date IS NULL))
) STRICT' WHERE type = 'table' AND name = 'student';
PRAGMA writable_schema = RESET;

-- Which later change was of the age is not known.
UPDATE student SET age_year = CAST(strftime('%Y', create_time / 1000, 'unixepoch') AS INTEGER);

DROP TRIGGER student_position_changed;
ALTER TABLE student_position_history RENAME TO old_position_history;
CREATE TABLE student_position_history (
    student_id  INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    name_folded TEXT    NOT NULL,
    age         INTEGER,
    birth_date  TEXT,
    change_time INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (student_id, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO student_position_history
SELECT student_id, revision, name, name_folded, age, NULL, change_time FROM old_position_history;
DROP TABLE old_position_history;

CREATE TRIGGER student_position_changed AFTER UPDATE OF name, age, birth_date ON student
WHEN OLD.name <> NEW.name OR OLD.age IS NOT NEW.age OR OLD.birth_date IS NOT NEW.birth_date BEGIN
    INSERT INTO student_position_history
    VALUES (OLD.id, OLD.revision, OLD.name, OLD.name_folded, OLD.age, OLD.birth_date, NEW.update_time);
END;

-- The search index's kind 2 has one byte a student as before: the age typed; and, where a student of the segment has a
-- birth date, a second byte each after all of the first ones (search_ages.h).
