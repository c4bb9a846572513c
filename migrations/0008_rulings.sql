-- What people ruled, and took back; and which projects were parted. A ruling hangs on a notice, so that it follows that notice
-- through every re-reading and regrouping. `facts` is a JSON object that holds what the matter is from now on. A row that undoes
-- another repeats its notice and matter; a ruling is undone once, and an undoing is not undone: it is ruled again.
CREATE TABLE rulings (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    undoes          INTEGER UNIQUE REFERENCES rulings (id),
    notice          INTEGER NOT NULL REFERENCES notices (id),
    matter          TEXT NOT NULL CHECK (matter IN ('topic_part', 'budget', 'award', 'category', 'level', 'region', 'relevance',
                                                    'link', 'proposal')),
    facts           TEXT NOT NULL,
    -- The other notice of a link or a proposal; it need not be known.
    other_source    TEXT,
    other_native_id TEXT,
    author          TEXT NOT NULL CHECK (author <> ''),
    reason          TEXT NOT NULL CHECK (reason <> ''),
    ruled_at        INTEGER NOT NULL,
    CHECK ((other_source IS NULL) = (other_native_id IS NULL)),
    CHECK (undoes < id)
) STRICT;
CREATE INDEX rulings_by_notice ON rulings (notice);
CREATE INDEX rulings_by_other ON rulings (other_source, other_native_id) WHERE undoes IS NULL AND matter = 'link';

CREATE TRIGGER rulings_are_not_changed BEFORE UPDATE ON rulings
BEGIN SELECT RAISE(ABORT, 'rulings are history: they are never changed'); END;
CREATE TRIGGER rulings_are_not_deleted BEFORE DELETE ON rulings
BEGIN SELECT RAISE(ABORT, 'rulings are history: they are never deleted'); END;

-- Notices that left a project because no link held them there any longer, and the project that they are now.
CREATE TABLE project_partings (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    from_project INTEGER NOT NULL REFERENCES projects (id),
    into_project INTEGER NOT NULL REFERENCES projects (id),
    notices      TEXT NOT NULL,
    why          TEXT NOT NULL,
    parted_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX project_partings_by_from ON project_partings (from_project);
CREATE INDEX project_partings_by_into ON project_partings (into_project);

CREATE TRIGGER project_partings_are_not_changed BEFORE UPDATE ON project_partings
BEGIN SELECT RAISE(ABORT, 'project_partings are history: they are never changed'); END;
CREATE TRIGGER project_partings_are_not_deleted BEFORE DELETE ON project_partings
BEGIN SELECT RAISE(ABORT, 'project_partings are history: they are never deleted'); END;
