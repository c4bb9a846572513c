-- Subscriptions that are kept as rows, each for one receiver, and who left one that is declared in the configuration.

-- Of an erased row nothing names a person: the receiver is gone and the content is empty. The row itself stays, so that its
-- name is never given again and what was sent to it keeps a home.
CREATE TABLE subscribers (
    name         TEXT PRIMARY KEY,
    channel      TEXT NOT NULL,
    receiver     TEXT COLLATE NOCASE,
    content      TEXT,
    standing     TEXT NOT NULL CHECK (standing IN ('pending', 'active', 'paused', 'left', 'erased')),
    origin       TEXT NOT NULL CHECK (origin IN ('page', 'command')),
    generation   INTEGER NOT NULL CHECK (generation >= 0),
    made_at      INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    confirmed_at INTEGER,
    CHECK ((standing = 'erased') = (receiver IS NULL)),
    CHECK ((standing = 'erased') = (content IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX subscribers_by_receiver ON subscribers (receiver) WHERE receiver IS NOT NULL;
CREATE INDEX subscribers_by_standing ON subscribers (standing, changed_at);

-- The configuration still names them; they are not told.
CREATE TABLE departures (
    receiver     TEXT NOT NULL COLLATE NOCASE,
    subscription TEXT NOT NULL,
    left_at      INTEGER NOT NULL,
    PRIMARY KEY (receiver, subscription)
) STRICT, WITHOUT ROWID;
CREATE INDEX departures_by_subscription ON departures (subscription);
