-- The way of a message to its receiver: threads and receipts, receivers that are written to no more, channels that rest, the canary.

-- Which project's thread a message belongs to, and what the platform called it, so that a later message can point to it.
ALTER TABLE deliveries ADD COLUMN thread INTEGER REFERENCES projects (id);
ALTER TABLE deliveries ADD COLUMN receipt TEXT;
-- Who took it back, where a person did; it is given up then.
ALTER TABLE deliveries ADD COLUMN cancelled_by TEXT;
CREATE INDEX deliveries_by_thread ON deliveries (thread, channel, receiver) WHERE thread IS NOT NULL;
CREATE INDEX deliveries_by_lane ON deliveries (channel, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_open ON deliveries (channel, receiver) WHERE due_at IS NOT NULL;

-- Quotas are counted by what was tried through a channel; nothing for attempts from before.
ALTER TABLE attempts ADD COLUMN channel TEXT;
CREATE INDEX attempts_by_channel ON attempts (channel, at) WHERE channel IS NOT NULL;

-- Receivers that will never take a message again: nothing is written to them until somebody opens them.
CREATE TABLE stops (
    channel    TEXT NOT NULL,
    receiver   TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('refused', 'bounced')),
    why        TEXT NOT NULL,
    stopped_at INTEGER NOT NULL,
    PRIMARY KEY (channel, receiver)
) STRICT, WITHOUT ROWID;

-- Channels that asked to be left alone for a while.
CREATE TABLE rests (
    channel  TEXT PRIMARY KEY,
    until_at INTEGER NOT NULL,
    why      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The last message that was sent to prove that messages arrive; told says whether the operator knows that one is missing.
CREATE TABLE canary (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    delivery   TEXT NOT NULL REFERENCES deliveries (id),
    composed_at INTEGER NOT NULL,
    arrived_at INTEGER,
    told       INTEGER NOT NULL CHECK (told IN (0, 1))
) STRICT;
