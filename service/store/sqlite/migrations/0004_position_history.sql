-- A former place is called a position, as in the program.
DROP TRIGGER student_place_changed;
ALTER TABLE student_former_place RENAME TO student_position_history;

CREATE TRIGGER student_position_changed AFTER UPDATE OF name, age ON student
WHEN OLD.name <> NEW.name OR OLD.age <> NEW.age BEGIN
    INSERT INTO student_position_history
    VALUES (OLD.id, OLD.revision, OLD.name, OLD.name_folded, OLD.age, NEW.update_time);
END;
