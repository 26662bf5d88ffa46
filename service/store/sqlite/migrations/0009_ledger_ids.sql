-- The ledger keeps of a reply the ids of its students, and a hash of what was replied of them: what can be read again, or
-- is erased, is not kept twice. `reply` has the rest: the metadata; or all of a reply without students.
ALTER TABLE operation ADD COLUMN student INTEGER;  -- the first one's id; 0 or NULL: none
ALTER TABLE operation ADD COLUMN students INTEGER; -- how many, with the ids that follow
ALTER TABLE operation ADD COLUMN hash INTEGER;     -- FNV-1a of the students as they were replied, with numbered keys

UPDATE operation SET student = parts ->> 'student', students = parts ->> 'count', hash = parts ->> 'hash',
    reply = substr(reply, 1 + (parts ->> 'rest'))
FROM (SELECT o.id AS operation_id, reply_parts(m.name, o.reply) AS parts
      FROM operation o JOIN operation_name m ON m.id = o.method)
WHERE operation_id = operation.id AND parts IS NOT NULL;
