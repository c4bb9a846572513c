-- What is read: sources and their memory, kept bodies, rows of listings, notices with every version of them.
-- Instants (`_at`) are milliseconds since 1970-01-01T00:00Z, days (`_on`) are `YYYY-MM-DD`, money (`_value`) is a count of
-- ten-thousandths of the currency's unit. Tables that are history refuse UPDATE and DELETE.

-- Which steps made this file, and what they said then: a step that was edited afterwards is refused.
CREATE TABLE schema_steps (
    version    INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT;

-- A source's memory between polls.
CREATE TABLE sources (
    name        TEXT PRIMARY KEY,
    baseline    TEXT NOT NULL CHECK (baseline IN ('taking', 'taken')),
    health      TEXT NOT NULL CHECK (health IN ('well', 'ailing', 'failing')),
    since_at    INTEGER,
    failures    INTEGER,
    next_due_at INTEGER,
    healthy_at  INTEGER,
    whole_until TEXT,
    CHECK ((health = 'well') = (since_at IS NULL)),
    CHECK ((health = 'well') = (failures IS NULL))
) STRICT, WITHOUT ROWID;

-- What makes a repeated request conditional; written only after a clean reading.
CREATE TABLE validators (
    source         TEXT NOT NULL,
    url            TEXT NOT NULL,
    etag           TEXT,
    last_modified  TEXT,
    body_hash      TEXT,
    reader_version INTEGER NOT NULL,
    read_at        INTEGER NOT NULL,
    PRIMARY KEY (source, url)
) STRICT, WITHOUT ROWID;

-- How gentle we have been to a host, so that a restart does not forget a budget or a back-off.
CREATE TABLE hosts (
    host            TEXT PRIMARY KEY,
    day             TEXT NOT NULL,
    requests        INTEGER NOT NULL,
    backoff_until   INTEGER,
    failures        INTEGER NOT NULL,
    last_request_at INTEGER
) STRICT, WITHOUT ROWID;

-- Raw bodies, deflated, once per content.
CREATE TABLE bodies (
    id       INTEGER PRIMARY KEY,
    hash     TEXT NOT NULL UNIQUE,
    bytes    INTEGER NOT NULL,
    packed   BLOB NOT NULL,
    kept_at  INTEGER NOT NULL
) STRICT;

-- Rows of listings as last seen; `facts` is what was printed of them, as JSON. `absences` counts whole listings in a row that no longer had the row.
CREATE TABLE sightings (
    source           TEXT NOT NULL,
    native_id        TEXT NOT NULL,
    url              TEXT,
    zone             TEXT,
    published_at     INTEGER,
    published_offset INTEGER,
    published_on     TEXT,
    facts            TEXT NOT NULL,
    first_seen_at    INTEGER NOT NULL,
    last_seen_at     INTEGER NOT NULL,
    absences         INTEGER NOT NULL DEFAULT 0,
    lost_at          INTEGER,
    PRIMARY KEY (source, native_id),
    CHECK ((published_at IS NULL) = (published_offset IS NULL)),
    CHECK ((published_at IS NULL) = (published_on IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_day ON sightings (source, published_on);

-- Pages that are to be fetched. A wish is deleted when it is fulfilled.
CREATE TABLE wishes (
    source       TEXT NOT NULL,
    native_id    TEXT NOT NULL,
    wish         TEXT NOT NULL CHECK (wish IN ('unread', 'revisit')),
    telling      TEXT NOT NULL CHECK (telling IN ('news', 'baseline')),
    published_at INTEGER,
    next_at      INTEGER NOT NULL,
    failures     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, native_id),
    FOREIGN KEY (source, native_id) REFERENCES sightings (source, native_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX wishes_unread ON wishes (source, published_at, native_id) WHERE wish = 'unread';
CREATE INDEX wishes_revisit ON wishes (source, next_at, native_id) WHERE wish = 'revisit';

-- Notices as they stand today. What they say in full stands in `notice_versions`; the columns here are what is filtered,
-- joined, summed or audited.
CREATE TABLE notices (
    id               INTEGER PRIMARY KEY,
    source           TEXT NOT NULL,
    native_id        TEXT NOT NULL,
    version          INTEGER NOT NULL,
    content_hash     TEXT NOT NULL,
    body_hash        TEXT NOT NULL REFERENCES bodies (hash),
    reader_version   INTEGER NOT NULL,
    first_seen_at    INTEGER NOT NULL,
    read_at          INTEGER NOT NULL,
    kind             TEXT NOT NULL,
    title            TEXT NOT NULL,
    title_stem       TEXT NOT NULL,
    url              TEXT,
    published_at     INTEGER,
    published_offset INTEGER,
    published_on     TEXT,
    weight           TEXT NOT NULL CHECK (weight IN ('subject', 'item', 'mention', 'none')),
    budget_state     TEXT NOT NULL,
    budget_value     INTEGER,
    budget_currency  TEXT,
    award_state      TEXT NOT NULL,
    award_value      INTEGER,
    award_currency   TEXT,
    repeat_of        INTEGER REFERENCES notices (id),
    withdrawn_at     INTEGER,
    problems         TEXT NOT NULL,
    problem_count    INTEGER NOT NULL,
    UNIQUE (source, native_id),
    CHECK ((published_at IS NULL) = (published_offset IS NULL)),
    CHECK ((published_at IS NULL) = (published_on IS NULL)),
    CHECK ((budget_state = 'disclosed') = (budget_value IS NOT NULL)),
    CHECK ((budget_state = 'disclosed') = (budget_currency IS NOT NULL)),
    CHECK ((award_state = 'disclosed') = (award_value IS NOT NULL)),
    CHECK ((award_state = 'disclosed') = (award_currency IS NOT NULL)),
    CHECK (repeat_of <> id)
) STRICT;
CREATE INDEX notices_by_native_id ON notices (native_id);
CREATE INDEX notices_by_repeat ON notices (repeat_of) WHERE repeat_of IS NOT NULL;
CREATE INDEX notices_with_problems ON notices (problem_count) WHERE problem_count > 0;

-- Every content a notice ever had, as JSON.
CREATE TABLE notice_versions (
    notice         INTEGER NOT NULL REFERENCES notices (id),
    version        INTEGER NOT NULL,
    content_hash   TEXT NOT NULL,
    body_hash      TEXT NOT NULL REFERENCES bodies (hash),
    reader_version INTEGER NOT NULL,
    read_at        INTEGER NOT NULL,
    content        TEXT NOT NULL,
    PRIMARY KEY (notice, version)
) STRICT;

-- The lots of today's version, for recounting awards.
CREATE TABLE notice_lots (
    notice         INTEGER NOT NULL REFERENCES notices (id),
    position       INTEGER NOT NULL,
    label          TEXT,
    status         TEXT NOT NULL,
    suppliers      INTEGER NOT NULL,
    award_state    TEXT NOT NULL,
    award_value    INTEGER,
    award_currency TEXT,
    PRIMARY KEY (notice, position),
    CHECK ((award_state = 'disclosed') = (award_value IS NOT NULL)),
    CHECK ((award_state = 'disclosed') = (award_currency IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- The lines of today's version, for recounting topic parts.
CREATE TABLE notice_items (
    notice         INTEGER NOT NULL REFERENCES notices (id),
    position       INTEGER NOT NULL,
    name           TEXT NOT NULL,
    lot            TEXT,
    total_state    TEXT NOT NULL,
    total_value    INTEGER,
    total_currency TEXT,
    PRIMARY KEY (notice, position)
) STRICT, WITHOUT ROWID;

-- By what a notice can be recognised as part of a project: a number or a title, within a buyer ('' where none is named).
CREATE TABLE notice_keys (
    kind   TEXT NOT NULL CHECK (kind IN ('number', 'title')),
    key    TEXT NOT NULL,
    buyer  TEXT NOT NULL,
    notice INTEGER NOT NULL REFERENCES notices (id),
    PRIMARY KEY (kind, key, buyer, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_keys_by_notice ON notice_keys (notice);

CREATE TRIGGER bodies_are_not_changed BEFORE UPDATE ON bodies
BEGIN SELECT RAISE(ABORT, 'bodies are history: they are never changed'); END;
CREATE TRIGGER bodies_are_not_deleted BEFORE DELETE ON bodies
BEGIN SELECT RAISE(ABORT, 'bodies are history: they are never deleted'); END;
CREATE TRIGGER notice_versions_are_not_changed BEFORE UPDATE ON notice_versions
BEGIN SELECT RAISE(ABORT, 'notice_versions are history: they are never changed'); END;
CREATE TRIGGER notice_versions_are_not_deleted BEFORE DELETE ON notice_versions
BEGIN SELECT RAISE(ABORT, 'notice_versions are history: they are never deleted'); END;
