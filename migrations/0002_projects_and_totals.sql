-- What notices come to: projects, the totals that they are counted in, and the changes that history is made of.

-- A project as its notices leave it. `counted_*` is what it was last counted for in the totals: the next count adds only
-- the difference. `merged_into` marks a project that turned out to be part of another.
CREATE TABLE projects (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    topic               TEXT NOT NULL DEFAULT '',
    title               TEXT NOT NULL DEFAULT '',
    status              TEXT NOT NULL DEFAULT 'planned',
    weight              TEXT NOT NULL DEFAULT 'none' CHECK (weight IN ('subject', 'item', 'mention', 'none')),
    first_on            TEXT,
    year                INTEGER,
    month               INTEGER,
    latest_at           INTEGER,
    deadline_at         INTEGER,
    budget_state        TEXT NOT NULL DEFAULT 'undisclosed',
    budget_value        INTEGER,
    budget_currency     TEXT,
    award_state         TEXT NOT NULL DEFAULT 'undisclosed',
    award_value         INTEGER,
    award_currency      TEXT,
    topic_part_state    TEXT NOT NULL DEFAULT 'undisclosed',
    topic_part_value    INTEGER,
    topic_part_currency TEXT,
    content             TEXT,
    counted_topic       TEXT,
    counted_status      TEXT,
    counted_year        INTEGER,
    counted_month       INTEGER,
    merged_into         INTEGER REFERENCES projects (id),
    created_at          INTEGER NOT NULL,
    CHECK ((first_on IS NULL) = (year IS NULL) AND (first_on IS NULL) = (month IS NULL)),
    CHECK ((counted_topic IS NULL) = (counted_status IS NULL)),
    CHECK ((counted_topic IS NULL) = (counted_year IS NULL)),
    CHECK ((counted_topic IS NULL) = (counted_month IS NULL)),
    CHECK (merged_into IS NULL OR (merged_into <> id AND counted_topic IS NULL))
) STRICT;
CREATE INDEX projects_by_day ON projects (topic, first_on, id) WHERE content IS NOT NULL AND merged_into IS NULL;
CREATE INDEX projects_by_deadline ON projects (topic, deadline_at) WHERE deadline_at IS NOT NULL;
CREATE INDEX projects_merged ON projects (merged_into) WHERE merged_into IS NOT NULL;

-- What a project was counted for, by kind of total: a row without value means that the kind applies and is not disclosed.
CREATE TABLE counted_sums (
    project  INTEGER NOT NULL REFERENCES projects (id),
    kind     TEXT NOT NULL CHECK (kind IN ('budget', 'award', 'topic_part')),
    value    INTEGER,
    currency TEXT,
    PRIMARY KEY (project, kind),
    CHECK ((value IS NULL) = (currency IS NULL))
) STRICT, WITHOUT ROWID;

-- Which project a notice belongs to, by which rule, how sure.
CREATE TABLE members (
    notice     INTEGER PRIMARY KEY REFERENCES notices (id),
    project    INTEGER NOT NULL REFERENCES projects (id),
    rule       TEXT NOT NULL,
    confidence TEXT NOT NULL,
    linked_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX members_by_project ON members (project, notice);

-- Links that a rule suggests and a person has to judge.
CREATE TABLE proposals (
    notice      INTEGER NOT NULL REFERENCES notices (id),
    project     INTEGER NOT NULL REFERENCES projects (id),
    rule        TEXT NOT NULL,
    why         TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    PRIMARY KEY (notice, project, rule)
) STRICT, WITHOUT ROWID;

-- Which projects became one, and which notices moved (JSON array of notice ids, so that it can be undone).
CREATE TABLE project_merges (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    into_project INTEGER NOT NULL REFERENCES projects (id),
    from_project INTEGER NOT NULL REFERENCES projects (id),
    notices      TEXT NOT NULL,
    merged_at    INTEGER NOT NULL
) STRICT;

-- The running totals; a cell of zero is absent. Sums that do not fit are refused by STRICT, never rounded.
CREATE TABLE total_sums (
    topic     TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('budget', 'award', 'topic_part')),
    currency  TEXT NOT NULL,
    year      INTEGER NOT NULL,
    month     INTEGER NOT NULL,
    sum       INTEGER NOT NULL,
    disclosed INTEGER NOT NULL,
    PRIMARY KEY (topic, kind, currency, year, month)
) STRICT, WITHOUT ROWID;

-- How many projects a kind of total applies to (`of`), and how many stand where (`status`).
CREATE TABLE total_counts (
    topic TEXT NOT NULL,
    cell  TEXT NOT NULL CHECK (cell IN ('of', 'status')),
    word  TEXT NOT NULL,
    year  INTEGER NOT NULL,
    month INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (topic, cell, word, year, month)
) STRICT, WITHOUT ROWID;

-- Typed differences in the order they were settled. A digest tells what lies behind its subscription's watermark.
CREATE TABLE changes (
    seq              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind             TEXT NOT NULL,
    project          INTEGER REFERENCES projects (id),
    notice_source    TEXT,
    notice_native_id TEXT,
    source           TEXT,
    topic            TEXT,
    fields           TEXT NOT NULL,
    reason           TEXT NOT NULL,
    published_at     INTEGER,
    published_offset INTEGER,
    seen_at          INTEGER NOT NULL,
    telling          TEXT NOT NULL CHECK (telling IN ('news', 'baseline')),
    CHECK ((notice_source IS NULL) = (notice_native_id IS NULL)),
    CHECK ((published_at IS NULL) = (published_offset IS NULL))
) STRICT;
CREATE INDEX changes_by_project ON changes (project, seq) WHERE project IS NOT NULL;

CREATE TRIGGER project_merges_are_not_changed BEFORE UPDATE ON project_merges
BEGIN SELECT RAISE(ABORT, 'project_merges are history: they are never changed'); END;
CREATE TRIGGER project_merges_are_not_deleted BEFORE DELETE ON project_merges
BEGIN SELECT RAISE(ABORT, 'project_merges are history: they are never deleted'); END;
CREATE TRIGGER changes_are_not_changed BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'changes are history: they are never changed'); END;
CREATE TRIGGER changes_are_not_deleted BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'changes are history: they are never deleted'); END;
