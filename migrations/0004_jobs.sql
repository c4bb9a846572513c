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
