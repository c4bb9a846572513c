-- Jobs that come round by themselves (the audit): when each is due next.
CREATE TABLE jobs (
    name        TEXT PRIMARY KEY,
    next_due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
