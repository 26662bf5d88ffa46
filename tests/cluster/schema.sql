-- The tables that the load by psql changes: exactly once, by the request's id, as aluno's ledger does it.
CREATE TABLE ledger (request text PRIMARY KEY, result bigint NOT NULL);
CREATE TABLE student (key text NOT NULL); -- without a constraint: one that is there twice is to be found
CREATE TABLE shared (etag bigint NOT NULL);
INSERT INTO shared VALUES (1);

CREATE FUNCTION create_student(id text, key text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger WHERE request = id) THEN
        INSERT INTO ledger VALUES (id, 0);
        INSERT INTO student VALUES (key);
    END IF;
    RETURN 0;
END $$;

-- Returns the new etag; 0 when the etag was another one.
CREATE FUNCTION update_shared(id text, before bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE after bigint := (SELECT result FROM ledger WHERE request = id);
BEGIN
    IF after IS NULL THEN
        UPDATE shared SET etag = etag + 1 WHERE etag = before RETURNING etag INTO after;
        after := coalesce(after, 0);
        INSERT INTO ledger VALUES (id, after);
    END IF;
    RETURN after;
END $$;
