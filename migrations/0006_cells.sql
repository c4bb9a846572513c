-- Shares and winners: what each counted project is counted for by class and by winner, and the tallies that this moves.
-- `counted_groups` is a JSON object, dimension → word; nothing where the project was last counted before this step.
ALTER TABLE projects ADD COLUMN counted_groups TEXT;
CREATE INDEX projects_uncelled ON projects (id) WHERE counted_topic IS NOT NULL AND counted_groups IS NULL;

CREATE TABLE counted_wins (
    project  INTEGER NOT NULL REFERENCES projects (id),
    position INTEGER NOT NULL,
    mention  TEXT NOT NULL,
    lot      TEXT,
    joint    INTEGER NOT NULL CHECK (joint IN (0, 1)),
    value    INTEGER,
    currency TEXT,
    PRIMARY KEY (project, position),
    CHECK ((value IS NULL) = (currency IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX counted_wins_by_mention ON counted_wins (mention, project);

-- `measure`: projects, of <kind>, sum <kind> <currency>, wins, joint_wins, won <currency>, won_jointly <currency>.
CREATE TABLE cells (
    topic     TEXT NOT NULL,
    dimension TEXT NOT NULL CHECK (dimension IN ('level', 'region', 'category', 'method', 'supplier')),
    word      TEXT NOT NULL,
    year      INTEGER NOT NULL,
    month     INTEGER NOT NULL,
    measure   TEXT NOT NULL,
    sum       INTEGER NOT NULL,
    disclosed INTEGER NOT NULL,
    PRIMARY KEY (topic, dimension, word, year, month, measure)
) STRICT, WITHOUT ROWID;
