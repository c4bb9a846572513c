-- Today's picture of the database, made by the steps; see README.md. Not executed by the program.

CREATE TABLE attempts (
    delivery       TEXT NOT NULL REFERENCES deliveries (id),
    number         INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    outcome        TEXT NOT NULL CHECK (outcome IN ('accepted', 'refused', 'later', 'ambiguous', 'misconfigured')),
    why            TEXT,
    retry_after_ms INTEGER, channel TEXT,
    PRIMARY KEY (delivery, number)
) STRICT;

CREATE TABLE bodies (
    id       INTEGER PRIMARY KEY,
    hash     TEXT NOT NULL UNIQUE,
    bytes    INTEGER NOT NULL,
    packed   BLOB NOT NULL,
    kept_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE canary (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    delivery   TEXT NOT NULL REFERENCES deliveries (id),
    composed_at INTEGER NOT NULL,
    arrived_at INTEGER,
    told       INTEGER NOT NULL CHECK (told IN (0, 1))
) STRICT;

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

CREATE TABLE counted_sums (
    project  INTEGER NOT NULL REFERENCES projects (id),
    kind     TEXT NOT NULL CHECK (kind IN ('budget', 'award', 'topic_part')),
    value    INTEGER,
    currency TEXT,
    PRIMARY KEY (project, kind),
    CHECK ((value IS NULL) = (currency IS NULL))
) STRICT, WITHOUT ROWID;

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
    due_at        INTEGER GENERATED ALWAYS AS (coalesce(next_at, claimed_until)) VIRTUAL, thread INTEGER REFERENCES projects (id), receipt TEXT, cancelled_by TEXT,
    UNIQUE (digest, channel, receiver, part),
    CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
    CHECK ((state = 'claimed') = (claimed_until IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((state = 'given_up') = (given_up_at IS NOT NULL)),
    CHECK ((state = 'given_up') = (why IS NOT NULL))
) STRICT;

CREATE TABLE departures (
    receiver     TEXT NOT NULL COLLATE NOCASE,
    subscription TEXT NOT NULL,
    left_at      INTEGER NOT NULL,
    PRIMARY KEY (receiver, subscription)
) STRICT, WITHOUT ROWID;

CREATE TABLE digest_items (
    digest  TEXT NOT NULL REFERENCES digests (id),
    seq     INTEGER NOT NULL REFERENCES changes (seq),
    project INTEGER REFERENCES projects (id),
    PRIMARY KEY (digest, seq)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE digests (
    id           TEXT PRIMARY KEY,
    subscription TEXT NOT NULL,
    composed_at  INTEGER NOT NULL,
    from_seq     INTEGER NOT NULL,
    to_seq       INTEGER NOT NULL,
    message      TEXT NOT NULL
) STRICT;

CREATE TABLE filing_imports (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    file         TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    batch        INTEGER,
    published_on TEXT,
    rows         INTEGER NOT NULL,
    imported_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE filings (
    id          INTEGER PRIMARY KEY,
    import      INTEGER NOT NULL REFERENCES filing_imports (id),
    line        INTEGER NOT NULL,
    batch       INTEGER,
    filed_on    TEXT,
    holder      TEXT NOT NULL,
    holder_key  TEXT NOT NULL,
    service     TEXT NOT NULL,
    number      TEXT,
    replaced_by INTEGER REFERENCES filing_imports (id),
    CHECK (replaced_by > import)
) STRICT;

CREATE TABLE hosts (
    host            TEXT PRIMARY KEY,
    day             TEXT NOT NULL,
    requests        INTEGER NOT NULL,
    backoff_until   INTEGER,
    failures        INTEGER NOT NULL,
    last_request_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    name        TEXT PRIMARY KEY,
    next_due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE looks (
    source   TEXT NOT NULL,
    search   TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    from_on  TEXT NOT NULL,
    PRIMARY KEY (source, search)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    notice     INTEGER PRIMARY KEY REFERENCES notices (id),
    project    INTEGER NOT NULL REFERENCES projects (id),
    rule       TEXT NOT NULL,
    confidence TEXT NOT NULL,
    linked_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE mentions (
    notice       INTEGER NOT NULL REFERENCES notices (id),
    position     INTEGER NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('buyer', 'supplier', 'agency', 'candidate')),
    key          TEXT NOT NULL,
    name         TEXT NOT NULL,
    name_key     TEXT NOT NULL,
    code         TEXT,
    address      TEXT,
    published_on TEXT,
    PRIMARY KEY (notice, position),
    CHECK (key = coalesce('code:' || code, 'name:' || name_key))
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id      TEXT PRIMARY KEY,
    message TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE TABLE notice_keys (
    kind   TEXT NOT NULL CHECK (kind IN ('number', 'title')),
    key    TEXT NOT NULL,
    buyer  TEXT NOT NULL,
    notice INTEGER NOT NULL REFERENCES notices (id),
    PRIMARY KEY (kind, key, buyer, notice)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE party_rulings (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    matter  TEXT NOT NULL CHECK (matter IN ('same', 'apart', 'affiliate')),
    mention TEXT NOT NULL,
    other   TEXT,
    author  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    CHECK ((matter = 'apart') = (other IS NULL))
) STRICT;

CREATE TABLE party_rulings_undone (
    ruling    INTEGER PRIMARY KEY REFERENCES party_rulings (id),
    author    TEXT NOT NULL,
    reason    TEXT NOT NULL,
    undone_at INTEGER NOT NULL
) STRICT;

CREATE TABLE project_merges (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    into_project INTEGER NOT NULL REFERENCES projects (id),
    from_project INTEGER NOT NULL REFERENCES projects (id),
    notices      TEXT NOT NULL,
    merged_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE project_partings (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    from_project INTEGER NOT NULL REFERENCES projects (id),
    into_project INTEGER NOT NULL REFERENCES projects (id),
    notices      TEXT NOT NULL,
    why          TEXT NOT NULL,
    parted_at    INTEGER NOT NULL
) STRICT;

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
    created_at          INTEGER NOT NULL, counted_groups TEXT,
    CHECK ((first_on IS NULL) = (year IS NULL) AND (first_on IS NULL) = (month IS NULL)),
    CHECK ((counted_topic IS NULL) = (counted_status IS NULL)),
    CHECK ((counted_topic IS NULL) = (counted_year IS NULL)),
    CHECK ((counted_topic IS NULL) = (counted_month IS NULL)),
    CHECK (merged_into IS NULL OR (merged_into <> id AND counted_topic IS NULL))
) STRICT;

CREATE TABLE proposals (
    notice      INTEGER NOT NULL REFERENCES notices (id),
    project     INTEGER NOT NULL REFERENCES projects (id),
    rule        TEXT NOT NULL,
    why         TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    PRIMARY KEY (notice, project, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE reminders (
    subscription TEXT NOT NULL,
    project      INTEGER NOT NULL REFERENCES projects (id),
    deadline_at  INTEGER NOT NULL,
    PRIMARY KEY (subscription, project, deadline_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE rests (
    channel  TEXT PRIMARY KEY,
    until_at INTEGER NOT NULL,
    why      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE roll_call (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    roster TEXT NOT NULL
) STRICT;

CREATE TABLE rulings (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    undoes          INTEGER UNIQUE REFERENCES rulings (id),
    notice          INTEGER NOT NULL REFERENCES notices (id),
    matter          TEXT NOT NULL CHECK (matter IN ('topic_part', 'budget', 'award', 'category', 'level', 'region', 'relevance',
                                                    'link', 'proposal')),
    facts           TEXT NOT NULL,
    -- The other notice of a link or a proposal; it need not be known.
    other_source    TEXT,
    other_native_id TEXT,
    author          TEXT NOT NULL CHECK (author <> ''),
    reason          TEXT NOT NULL CHECK (reason <> ''),
    ruled_at        INTEGER NOT NULL,
    CHECK ((other_source IS NULL) = (other_native_id IS NULL)),
    CHECK (undoes < id)
) STRICT;

CREATE TABLE schema_steps (
    version    INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT;

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

CREATE TABLE stops (
    channel    TEXT NOT NULL,
    receiver   TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('refused', 'bounced')),
    why        TEXT NOT NULL,
    stopped_at INTEGER NOT NULL,
    PRIMARY KEY (channel, receiver)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE subscriptions (
    name           TEXT PRIMARY KEY,
    watermark      INTEGER NOT NULL,
    next_due_at    INTEGER,
    last_digest_at INTEGER,
    totals_then    TEXT
, wake_at INTEGER, wake_from INTEGER, on_news INTEGER NOT NULL DEFAULT 0 CHECK (on_news IN (0, 1)), near_misses_at INTEGER) STRICT, WITHOUT ROWID;

CREATE TABLE told (
    subscription TEXT NOT NULL,
    project      INTEGER NOT NULL REFERENCES projects (id),
    told_at      INTEGER NOT NULL,
    PRIMARY KEY (subscription, project)
) STRICT, WITHOUT ROWID;

CREATE TABLE total_counts (
    topic TEXT NOT NULL,
    cell  TEXT NOT NULL CHECK (cell IN ('of', 'status')),
    word  TEXT NOT NULL,
    year  INTEGER NOT NULL,
    month INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (topic, cell, word, year, month)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE troubles (
    source   TEXT NOT NULL,
    trouble  TEXT NOT NULL CHECK (trouble IN ('silence', 'shape')),
    since_at INTEGER NOT NULL,
    told     INTEGER NOT NULL CHECK (told IN (0, 1)),
    PRIMARY KEY (source, trouble)
) STRICT, WITHOUT ROWID;

CREATE TABLE unmentioned (
    notice INTEGER PRIMARY KEY REFERENCES notices (id)
) STRICT;

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

CREATE INDEX attempts_by_channel ON attempts (channel, at) WHERE channel IS NOT NULL;

CREATE INDEX changes_by_project ON changes (project, seq) WHERE project IS NOT NULL;

CREATE INDEX changes_of_awards ON changes (topic, published_at) WHERE kind = 'awarded' AND published_at IS NOT NULL;

CREATE INDEX counted_sums_by_value ON counted_sums (kind, currency, value) WHERE value IS NOT NULL;

CREATE INDEX counted_wins_by_mention ON counted_wins (mention, project);

CREATE INDEX deliveries_by_lane ON deliveries (channel, due_at) WHERE due_at IS NOT NULL;

CREATE INDEX deliveries_by_state ON deliveries (channel, state);

CREATE INDEX deliveries_by_thread ON deliveries (thread, channel, receiver) WHERE thread IS NOT NULL;

CREATE INDEX deliveries_due ON deliveries (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX deliveries_open ON deliveries (channel, receiver) WHERE due_at IS NOT NULL;

CREATE INDEX departures_by_subscription ON departures (subscription);

CREATE INDEX digest_items_by_change ON digest_items (seq);

CREATE INDEX digest_items_by_project ON digest_items (project, digest) WHERE project IS NOT NULL;

CREATE INDEX filing_imports_by_sha256 ON filing_imports (sha256);

CREATE INDEX filings_by_holder ON filings (holder_key, batch) WHERE replaced_by IS NULL;

CREATE INDEX filings_by_import ON filings (import);

CREATE INDEX filings_replaced ON filings (replaced_by) WHERE replaced_by IS NOT NULL;

CREATE INDEX members_by_project ON members (project, notice);

CREATE INDEX mentions_by_key ON mentions (key, role);

CREATE INDEX mentions_by_name ON mentions (name_key, code) WHERE code IS NOT NULL;

CREATE INDEX notice_keys_by_notice ON notice_keys (notice);

CREATE INDEX notices_by_native_id ON notices (native_id);

CREATE INDEX notices_by_repeat ON notices (repeat_of) WHERE repeat_of IS NOT NULL;

CREATE INDEX notices_of_results ON notices (published_on) WHERE kind IN ('award', 'contract');

CREATE INDEX notices_with_problems ON notices (problem_count) WHERE problem_count > 0;

CREATE INDEX project_merges_by_from ON project_merges (from_project);

CREATE INDEX project_merges_by_into ON project_merges (into_project);

CREATE INDEX project_partings_by_from ON project_partings (from_project);

CREATE INDEX project_partings_by_into ON project_partings (into_project);

CREATE INDEX projects_by_day ON projects (topic, first_on, id) WHERE content IS NOT NULL AND merged_into IS NULL;

CREATE INDEX projects_by_deadline ON projects (topic, deadline_at) WHERE deadline_at IS NOT NULL;

CREATE INDEX projects_merged ON projects (merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX projects_nearly ON projects (topic, latest_at)
    WHERE weight = 'mention' AND merged_into IS NULL AND latest_at IS NOT NULL;

CREATE INDEX projects_uncelled ON projects (id) WHERE counted_topic IS NOT NULL AND counted_groups IS NULL;

CREATE INDEX proposals_by_project ON proposals (project);

CREATE INDEX reminders_by_project ON reminders (project);

CREATE INDEX rulings_by_notice ON rulings (notice);

CREATE INDEX rulings_by_other ON rulings (other_source, other_native_id) WHERE undoes IS NULL AND matter = 'link';

CREATE INDEX sightings_by_day ON sightings (source, published_on);

CREATE INDEX subscribers_by_receiver ON subscribers (receiver) WHERE receiver IS NOT NULL;

CREATE INDEX subscribers_by_standing ON subscribers (standing, changed_at);

CREATE INDEX subscriptions_by_wake ON subscriptions (wake_at) WHERE wake_at IS NOT NULL;

CREATE INDEX subscriptions_by_wake_from ON subscriptions (wake_from) WHERE wake_from IS NOT NULL;

CREATE INDEX subscriptions_on_news ON subscriptions (watermark) WHERE on_news = 1;

CREATE INDEX told_by_project ON told (project);

CREATE INDEX wishes_revisit ON wishes (source, next_at, native_id) WHERE wish = 'revisit';

CREATE INDEX wishes_unread ON wishes (source, telling DESC, published_at, native_id) WHERE wish = 'unread';

CREATE TRIGGER attempts_are_not_changed BEFORE UPDATE ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts are history: they are never changed'); END;

CREATE TRIGGER attempts_are_not_deleted BEFORE DELETE ON attempts
BEGIN SELECT RAISE(ABORT, 'attempts are history: they are never deleted'); END;

CREATE TRIGGER bodies_are_not_changed BEFORE UPDATE ON bodies
BEGIN SELECT RAISE(ABORT, 'bodies are history: they are never changed'); END;

CREATE TRIGGER bodies_are_not_deleted BEFORE DELETE ON bodies
BEGIN SELECT RAISE(ABORT, 'bodies are history: they are never deleted'); END;

CREATE TRIGGER changes_are_not_changed BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'changes are history: they are never changed'); END;

CREATE TRIGGER changes_are_not_deleted BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'changes are history: they are never deleted'); END;

CREATE TRIGGER filing_imports_are_not_changed BEFORE UPDATE ON filing_imports
BEGIN SELECT RAISE(ABORT, 'filing_imports are history: they are never changed'); END;

CREATE TRIGGER filing_imports_are_not_deleted BEFORE DELETE ON filing_imports
BEGIN SELECT RAISE(ABORT, 'filing_imports are history: they are never deleted'); END;

CREATE TRIGGER filings_are_not_deleted BEFORE DELETE ON filings
BEGIN SELECT RAISE(ABORT, 'filings are history: they are never deleted'); END;

CREATE TRIGGER filings_are_only_replaced BEFORE UPDATE ON filings
WHEN OLD.replaced_by IS NOT NULL
  OR (NEW.id, NEW.import, NEW.line, NEW.batch, NEW.filed_on, NEW.holder, NEW.holder_key, NEW.service, NEW.number)
     IS NOT (OLD.id, OLD.import, OLD.line, OLD.batch, OLD.filed_on, OLD.holder, OLD.holder_key, OLD.service, OLD.number)
BEGIN SELECT RAISE(ABORT, 'filings are history: they are only ever replaced'); END;

CREATE TRIGGER notice_versions_are_not_changed BEFORE UPDATE ON notice_versions
BEGIN SELECT RAISE(ABORT, 'notice_versions are history: they are never changed'); END;

CREATE TRIGGER notice_versions_are_not_deleted BEFORE DELETE ON notice_versions
BEGIN SELECT RAISE(ABORT, 'notice_versions are history: they are never deleted'); END;

CREATE TRIGGER party_rulings_are_not_changed BEFORE UPDATE ON party_rulings
BEGIN SELECT RAISE(ABORT, 'party_rulings are history: they are never changed'); END;

CREATE TRIGGER party_rulings_are_not_deleted BEFORE DELETE ON party_rulings
BEGIN SELECT RAISE(ABORT, 'party_rulings are history: they are never deleted'); END;

CREATE TRIGGER party_rulings_undone_are_not_changed BEFORE UPDATE ON party_rulings_undone
BEGIN SELECT RAISE(ABORT, 'party_rulings_undone are history: they are never changed'); END;

CREATE TRIGGER party_rulings_undone_are_not_deleted BEFORE DELETE ON party_rulings_undone
BEGIN SELECT RAISE(ABORT, 'party_rulings_undone are history: they are never deleted'); END;

CREATE TRIGGER project_merges_are_not_changed BEFORE UPDATE ON project_merges
BEGIN SELECT RAISE(ABORT, 'project_merges are history: they are never changed'); END;

CREATE TRIGGER project_merges_are_not_deleted BEFORE DELETE ON project_merges
BEGIN SELECT RAISE(ABORT, 'project_merges are history: they are never deleted'); END;

CREATE TRIGGER project_partings_are_not_changed BEFORE UPDATE ON project_partings
BEGIN SELECT RAISE(ABORT, 'project_partings are history: they are never changed'); END;

CREATE TRIGGER project_partings_are_not_deleted BEFORE DELETE ON project_partings
BEGIN SELECT RAISE(ABORT, 'project_partings are history: they are never deleted'); END;

CREATE TRIGGER rulings_are_not_changed BEFORE UPDATE ON rulings
BEGIN SELECT RAISE(ABORT, 'rulings are history: they are never changed'); END;

CREATE TRIGGER rulings_are_not_deleted BEFORE DELETE ON rulings
BEGIN SELECT RAISE(ABORT, 'rulings are history: they are never deleted'); END;
