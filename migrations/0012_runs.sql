-- What makes a second message of one period impossible, and what keeps ten thousand subscriptions cheap to ask and to tell.

-- One row for each time a subscription spoke: a period is an instant of its calendar, or the change that an immediate one had
-- heard last.
CREATE TABLE digest_runs (
    subscription TEXT NOT NULL,
    period       TEXT NOT NULL,
    composed_at  INTEGER NOT NULL,
    from_seq     INTEGER NOT NULL,
    to_seq       INTEGER NOT NULL,
    occasion     TEXT NOT NULL CHECK (occasion IN ('news', 'quiet', 'summary', 'reminder', 'near_misses')),
    digests      INTEGER NOT NULL,
    PRIMARY KEY (subscription, period)
) STRICT, WITHOUT ROWID;

-- When a subscription is looked at next by the clock, before when that instant can only come from a clock that ran ahead, and
-- whether news wakes it before. Of one that nobody wants any more none of these is set.
ALTER TABLE subscriptions ADD COLUMN wake_at INTEGER;
ALTER TABLE subscriptions ADD COLUMN wake_from INTEGER;
ALTER TABLE subscriptions ADD COLUMN on_news INTEGER NOT NULL DEFAULT 0 CHECK (on_news IN (0, 1));
-- When it last heard what is nearly of its topics.
ALTER TABLE subscriptions ADD COLUMN near_misses_at INTEGER;
CREATE INDEX subscriptions_by_wake ON subscriptions (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX subscriptions_by_wake_from ON subscriptions (wake_from) WHERE wake_from IS NOT NULL;
CREATE INDEX subscriptions_on_news ON subscriptions (watermark) WHERE on_news = 1;

-- Whom the last roll call found. Another roster asks for another call.
CREATE TABLE roll_call (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    roster TEXT NOT NULL
) STRICT;

-- When each subscription was last told of a project.
CREATE TABLE told (
    subscription TEXT NOT NULL,
    project      INTEGER NOT NULL REFERENCES projects (id),
    told_at      INTEGER NOT NULL,
    PRIMARY KEY (subscription, project)
) STRICT, WITHOUT ROWID;
INSERT INTO told (subscription, project, told_at)
SELECT digests.subscription, digest_items.project, max(digests.composed_at)
  FROM digest_items
  JOIN digests ON digests.id = digest_items.digest
 WHERE digest_items.project IS NOT NULL
 GROUP BY digests.subscription, digest_items.project;

CREATE INDEX told_by_project ON told (project);

-- Which deadlines it was reminded of: each once.
CREATE TABLE reminders (
    subscription TEXT NOT NULL,
    project      INTEGER NOT NULL REFERENCES projects (id),
    deadline_at  INTEGER NOT NULL,
    PRIMARY KEY (subscription, project, deadline_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX reminders_by_project ON reminders (project);

-- A message that many digests share, with marks in the place of their names; such a digest holds the key.
CREATE TABLE messages (
    id      TEXT PRIMARY KEY,
    message TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX projects_nearly ON projects (topic, latest_at)
    WHERE weight = 'mention' AND merged_into IS NULL AND latest_at IS NOT NULL;
CREATE INDEX changes_of_awards ON changes (topic, published_at) WHERE kind = 'awarded' AND published_at IS NOT NULL;
