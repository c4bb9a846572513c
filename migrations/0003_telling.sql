-- Who is told what: subscriptions' memory, digests, and the outbox of finished messages with every attempt at them.

-- Up to which change a subscription was told, and what the totals were then.
CREATE TABLE subscriptions (
    name           TEXT PRIMARY KEY,
    watermark      INTEGER NOT NULL,
    next_due_at    INTEGER,
    last_digest_at INTEGER,
    totals_then    TEXT
) STRICT, WITHOUT ROWID;

-- A finished message. Its id follows from the subscription and the last change, so composing it twice keeps one.
CREATE TABLE digests (
    id           TEXT PRIMARY KEY,
    subscription TEXT NOT NULL,
    composed_at  INTEGER NOT NULL,
    from_seq     INTEGER NOT NULL,
    to_seq       INTEGER NOT NULL,
    message      TEXT NOT NULL
) STRICT;

-- What it told.
CREATE TABLE digest_items (
    digest  TEXT NOT NULL REFERENCES digests (id),
    seq     INTEGER NOT NULL REFERENCES changes (seq),
    project INTEGER REFERENCES projects (id),
    PRIMARY KEY (digest, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_items_by_project ON digest_items (project, digest) WHERE project IS NOT NULL;

-- One part of a digest on its way to one receiver. A state carries exactly its own facts.
CREATE TABLE deliveries (
    id            TEXT NOT NULL UNIQUE,
    digest        TEXT NOT NULL REFERENCES digests (id),
    channel       TEXT NOT NULL,
    receiver      TEXT NOT NULL,
    part          INTEGER NOT NULL,
    payload       BLOB NOT NULL,
    composed_at   INTEGER NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'sent', 'given_up')),
    next_at       INTEGER,
    claimed_until INTEGER,
    sent_at       INTEGER,
    given_up_at   INTEGER,
    why           TEXT,
    due_at        INTEGER GENERATED ALWAYS AS (coalesce(next_at, claimed_until)) VIRTUAL,
    UNIQUE (digest, channel, receiver, part),
    CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
    CHECK ((state = 'claimed') = (claimed_until IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((state = 'given_up') = (given_up_at IS NOT NULL)),
    CHECK ((state = 'given_up') = (why IS NOT NULL))
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_by_state ON deliveries (channel, state);

-- What each attempt came to.
CREATE TABLE attempts (
    delivery       TEXT NOT NULL REFERENCES deliveries (id),
    number         INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    outcome        TEXT NOT NULL CHECK (outcome IN ('accepted', 'refused', 'later', 'ambiguous', 'misconfigured')),
    why            TEXT,
    retry_after_ms INTEGER,
    PRIMARY KEY (delivery, number)
) STRICT;

CREATE TRIGGER attempts_are_not_changed BEFORE UPDATE ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts are history: they are never changed'); END;
CREATE TRIGGER attempts_are_not_deleted BEFORE DELETE ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts are history: they are never deleted'); END;
