-- The search index. Students are divided into segments of 4096 ids (id >> 12). When a segment's last id has been given, the
-- index gets a row for each term of its students: which of them have it. Rows of one segment lie together, so that a
-- segment is written at the end of the table. Students of a segment that is not indexed are searched one by one.
--
-- A term is a byte, and a text:
--     00 e-mail    the students with this e-mail address, in lower case
--     01 word      the students with a word that begins so (up to three bytes), or with exactly this word (longer)
--
-- A set of students is 4096 bits, the first student's the lowest of the first byte; or, for fewer than 256 students, two
-- bytes each, the highest first.
CREATE TABLE search_index (
    segment INTEGER NOT NULL,
    term    BLOB    NOT NULL,
    ids     BLOB    NOT NULL,
    PRIMARY KEY (segment, term)
) STRICT, WITHOUT ROWID;

-- What is known of each student of a segment. The row of kind 0, which is written last, says that the segment is indexed.
-- Rows of one kind lie together, since a search reads those of all segments.
--
--     0    the students that are not removed, as a set
--     1    the removed ones
--     2    a byte a student: the age; FF: no student
--     3    four bytes a student: the name's beginning as a number in the order of names, the highest byte first
CREATE TABLE search_column (
    kind    INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    ids     BLOB    NOT NULL,
    PRIMARY KEY (kind, segment)
) STRICT, WITHOUT ROWID;

-- The students that have an earlier create_time than the one before them: the clock had been set back. Between two of
-- them the order of ids is the order of time.
CREATE TABLE student_clock_step (
    student_id INTEGER PRIMARY KEY REFERENCES student (id) ON DELETE CASCADE
) STRICT;
INSERT INTO student_clock_step
SELECT id FROM (SELECT id, create_time, lag(create_time) OVER (ORDER BY id) AS previous FROM student)
WHERE create_time < previous;
