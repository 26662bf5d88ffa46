-- Students. Removal is soft: the row stays and its delete_time is set, which frees its CPF.
PRAGMA application_id = 0x616c756e; -- "alun": tells this database from another program's

CREATE TABLE student (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, not even after an erasure
    name        TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    name_folded TEXT    NOT NULL,                  -- without case and accents: what a search matches
    age         INTEGER NOT NULL CHECK (age BETWEEN 0 AND 150),
    br_document TEXT    NOT NULL CHECK (length(br_document) = 11 AND br_document NOT GLOB '*[^0-9]*'),
    email       TEXT    NOT NULL CHECK (length(email) BETWEEN 1 AND 254),
    revision    INTEGER NOT NULL DEFAULT 1,        -- grows with each change; travels as the etag
    create_time INTEGER NOT NULL,                  -- times are Unix milliseconds
    update_time INTEGER NOT NULL,
    delete_time INTEGER
) STRICT;

CREATE UNIQUE INDEX student_br_document ON student (br_document) WHERE delete_time IS NULL;

-- How many students there are (not removed), so that no page has to count them.
CREATE TABLE student_total (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    live INTEGER NOT NULL CHECK (live >= 0)
) STRICT;
INSERT INTO student_total VALUES (1, 0);

CREATE TRIGGER student_inserted AFTER INSERT ON student WHEN NEW.delete_time IS NULL BEGIN
    UPDATE student_total SET live = live + 1;
END;
CREATE TRIGGER student_removed AFTER UPDATE OF delete_time ON student
WHEN (OLD.delete_time IS NULL) <> (NEW.delete_time IS NULL) BEGIN
    UPDATE student_total SET live = live + iif(NEW.delete_time IS NULL, 1, -1);
END;
CREATE TRIGGER student_erased AFTER DELETE ON student WHEN OLD.delete_time IS NULL BEGIN
    UPDATE student_total SET live = live - 1;
END;
