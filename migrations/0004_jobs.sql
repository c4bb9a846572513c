-- Jobs that come round by themselves (the audit): when each is due next.
CREATE TABLE jobs (
    name        TEXT PRIMARY KEY,
    next_due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Slow troubles of sources: since when, and whether the operator was told.
CREATE TABLE troubles (
    source   TEXT NOT NULL,
    trouble  TEXT NOT NULL CHECK (trouble IN ('silence', 'shape')),
    since_at INTEGER NOT NULL,
    told     INTEGER NOT NULL CHECK (told IN (0, 1)),
    PRIMARY KEY (source, trouble)
) STRICT, WITHOUT ROWID;

-- What is news is read before what belongs to the baseline: years of backlog must not hide what was published this hour.
DROP INDEX wishes_unread;
CREATE INDEX wishes_unread ON wishes (source, telling DESC, published_at, native_id) WHERE wish = 'unread';
