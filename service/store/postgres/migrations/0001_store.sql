-- The tables, as those of ../../sqlite/migrations, where the columns are explained. Texts are compared by their bytes,
-- as SQLite compares them, so that a list has the same order in both.

CREATE SEQUENCE student_id;

CREATE TABLE student (
    id          bigint PRIMARY KEY,
    name        text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    name_folded text COLLATE "C" NOT NULL,
    name_words  text COLLATE "C" NOT NULL, -- name_folded with a mark before each word (name_words.h): what a search matches
    age         bigint CHECK (age BETWEEN 0 AND 150),
    br_document text COLLATE "C" CHECK (br_document ~ '^[0-9]{11}$'),
    email       text COLLATE "C" CHECK (length(email) BETWEEN 1 AND 254),
    revision    bigint NOT NULL DEFAULT 1,
    create_time bigint NOT NULL, -- times are Unix milliseconds
    update_time bigint NOT NULL,
    delete_time bigint,
    birth_date  text COLLATE "C" CHECK (birth_date ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]$'),
    age_year    bigint,
    CHECK ((age IS NULL) <> (birth_date IS NULL))
);

CREATE UNIQUE INDEX student_br_document ON student (br_document) WHERE delete_time IS NULL;
CREATE INDEX student_removed_br_document ON student (br_document) WHERE delete_time IS NOT NULL;
CREATE INDEX student_name ON student (name_folded, name, id);
CREATE INDEX student_time ON student (create_time, id);
CREATE INDEX student_email ON student (lower(email));
CREATE INDEX student_removed ON student (delete_time) WHERE delete_time IS NOT NULL;

-- Words are found by their trigrams where the extension, which PostgreSQL brings, may be had; else by reading every student.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX student_words ON student USING gin (name_words gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
    RAISE WARNING 'pg_trgm is missing: searches by words read every student';
END
$$;

-- The age that was typed, or the one that follows from the birth date on a day (sdk/protocol/day.h).
CREATE FUNCTION student_age(age bigint, birth_date text, day bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN birth_date IS NULL THEN age
        ELSE least(150, greatest(0, (day - ((substr(birth_date, 1, 4)::bigint << 9) | (substr(birth_date, 6, 2)::bigint << 5)
            | substr(birth_date, 9, 2)::bigint)) >> 9)) END
$$;

-- How many students are present. A connection has a slot of its own, so that creations do not wait for each other.
CREATE TABLE student_total_slot (
    slot int PRIMARY KEY,
    live bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO student_total_slot SELECT slot, 0 FROM generate_series(0, 127) slot;
CREATE VIEW student_total AS SELECT CAST(sum(live) AS bigint) AS live FROM student_total_slot;

CREATE TABLE student_position_history (
    student_id  bigint NOT NULL REFERENCES student (id) ON DELETE CASCADE,
    revision    bigint NOT NULL,
    name        text COLLATE "C" NOT NULL,
    name_folded text COLLATE "C" NOT NULL,
    age         bigint,
    birth_date  text COLLATE "C",
    change_time bigint NOT NULL,
    PRIMARY KEY (student_id, revision)
);
CREATE INDEX student_position_time ON student_position_history (change_time);

CREATE FUNCTION student_position_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO student_position_history
    VALUES (OLD.id, OLD.revision, OLD.name, OLD.name_folded, OLD.age, OLD.birth_date, NEW.update_time);
    RETURN NULL;
END
$$;
CREATE TRIGGER student_position_changed AFTER UPDATE OF name, age, birth_date ON student FOR EACH ROW
WHEN (OLD.name <> NEW.name OR OLD.age IS DISTINCT FROM NEW.age OR OLD.birth_date IS DISTINCT FROM NEW.birth_date)
EXECUTE FUNCTION student_position_changed();

-- The ledger. Its key makes each change once, whichever service gets it.
CREATE TABLE operation (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id  uuid   NOT NULL,
    caller      text COLLATE "C" NOT NULL,
    method      text COLLATE "C" NOT NULL, -- '': cancelled
    digest      bigint NOT NULL,
    reply       bytea  NOT NULL,
    create_time bigint NOT NULL,
    student     bigint,
    students    bigint,
    hash        bigint,
    UNIQUE (request_id, caller)
);

CREATE TABLE operation_forgotten (
    id      int PRIMARY KEY CHECK (id = 1),
    time_ms bigint NOT NULL
);
INSERT INTO operation_forgotten VALUES (1, 0);

-- Tombstones.
CREATE TABLE erasure (
    student_id  bigint NOT NULL,
    create_time bigint NOT NULL,
    erase_time  bigint NOT NULL,
    caller      text   NOT NULL,
    reason      text   NOT NULL,
    PRIMARY KEY (student_id, create_time)
);

-- The feed: each change of a student, without a value of the student's. A place is the number of its transaction, which never
-- comes again, and below it the entry's number in there: no transaction waits for another to get one. A reader leaves out
-- what is beyond a transaction that has not ended, which may still add an entry in between.
CREATE TABLE feed (
    place       bigint PRIMARY KEY,
    student_id  bigint NOT NULL,
    kind        int    NOT NULL, -- store.h: enum feed_kind
    revision    bigint NOT NULL,
    time        bigint NOT NULL,
    is_identity int    NOT NULL
);

CREATE INDEX feed_erased ON feed (place) WHERE kind = 5;

CREATE TABLE feed_state (
    id     int PRIMARY KEY CHECK (id = 1),
    feed   bigint NOT NULL,
    purged bigint NOT NULL
);
INSERT INTO feed_state VALUES (1, floor(random() * 4294967296), 0);

-- The first place of a transaction. 4096 places each: a place is below 2^53 until there were 2^41 transactions.
CREATE FUNCTION feed_first_place(transaction xid8) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CAST(CAST(transaction AS text) AS bigint) << 12
$$;

-- No entry will be added below this place that the statement's snapshot does not have.
CREATE FUNCTION feed_bound() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT feed_first_place(pg_snapshot_xmin(pg_current_snapshot()))
$$;

-- The place of this transaction's next entry. A transaction that began to write before another, and then waited for it to
-- change the same student, has the smaller number and makes the later change. It runs again, with a new number.
CREATE FUNCTION feed_place(student bigint, entry bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    mine CONSTANT bigint := feed_first_place(pg_current_xact_id()) + entry;
BEGIN
    IF EXISTS (SELECT FROM feed f WHERE f.place > mine AND f.student_id = student) THEN
        RAISE serialization_failure USING MESSAGE = 'a later transaction has changed the student before';
    END IF;
    RETURN mine;
END
$$;

-- Services, by the name that each connects under (application_name). Each has an audit of its own.
CREATE TABLE instance (
    id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text   NOT NULL UNIQUE,
    last_change bigint NOT NULL DEFAULT 0 -- the last number that a row of audit_outbox got
);

-- Records of changes that have been committed get their numbers when they are handed over, so that none is passed over.
CREATE TABLE audit_outbox (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instance int    NOT NULL,
    change   bigint,
    record   bytea  NOT NULL
);
CREATE INDEX audit_outbox_new ON audit_outbox (instance, id) WHERE change IS NULL;
CREATE INDEX audit_outbox_change ON audit_outbox (instance, change) WHERE change IS NOT NULL;

CREATE TABLE audit_anchor (
    instance int    NOT NULL,
    which    int    NOT NULL,
    sequence bigint NOT NULL,
    change   bigint NOT NULL,
    time     bigint NOT NULL,
    hash     bytea  NOT NULL,
    PRIMARY KEY (instance, which)
);
