-- Who is who: the organisations that notices name, what people ruled of them, and the list of filed blockchain services.

-- Of today's version of each notice. `key` is `code:<code>` where a valid code is printed, else `name:<name_key>`.
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
CREATE INDEX mentions_by_key ON mentions (key, role);
CREATE INDEX mentions_by_name ON mentions (name_key, code) WHERE code IS NOT NULL;

-- Notices that were kept before mentions were: a job fills them in and takes them off here.
CREATE TABLE unmentioned (
    notice INTEGER PRIMARY KEY REFERENCES notices (id)
) STRICT;
INSERT INTO unmentioned (notice) SELECT id FROM notices;

-- A person's word on mentions; undoing one is a row of its own.
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
CREATE TRIGGER party_rulings_are_not_changed BEFORE UPDATE ON party_rulings
BEGIN SELECT RAISE(ABORT, 'party_rulings are history: they are never changed'); END;
CREATE TRIGGER party_rulings_are_not_deleted BEFORE DELETE ON party_rulings
BEGIN SELECT RAISE(ABORT, 'party_rulings are history: they are never deleted'); END;

CREATE TABLE party_rulings_undone (
    ruling    INTEGER PRIMARY KEY REFERENCES party_rulings (id),
    author    TEXT NOT NULL,
    reason    TEXT NOT NULL,
    undone_at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER party_rulings_undone_are_not_changed BEFORE UPDATE ON party_rulings_undone
BEGIN SELECT RAISE(ABORT, 'party_rulings_undone are history: they are never changed'); END;
CREATE TRIGGER party_rulings_undone_are_not_deleted BEFORE DELETE ON party_rulings_undone
BEGIN SELECT RAISE(ABORT, 'party_rulings_undone are history: they are never deleted'); END;

-- One file that was imported, with what the operator said beside it.
CREATE TABLE filing_imports (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    file         TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    batch        INTEGER,
    published_on TEXT,
    rows         INTEGER NOT NULL,
    imported_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX filing_imports_by_sha256 ON filing_imports (sha256);
CREATE TRIGGER filing_imports_are_not_changed BEFORE UPDATE ON filing_imports
BEGIN SELECT RAISE(ABORT, 'filing_imports are history: they are never changed'); END;
CREATE TRIGGER filing_imports_are_not_deleted BEFORE DELETE ON filing_imports
BEGIN SELECT RAISE(ABORT, 'filing_imports are history: they are never deleted'); END;

-- The rows of the list. A row that a later file corrected stays, and says which file replaced it; nothing else ever changes.
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
CREATE INDEX filings_by_holder ON filings (holder_key, batch) WHERE replaced_by IS NULL;
CREATE INDEX filings_by_import ON filings (import);
CREATE INDEX filings_replaced ON filings (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE TRIGGER filings_are_only_replaced BEFORE UPDATE ON filings
WHEN OLD.replaced_by IS NOT NULL
  OR (NEW.id, NEW.import, NEW.line, NEW.batch, NEW.filed_on, NEW.holder, NEW.holder_key, NEW.service, NEW.number)
     IS NOT (OLD.id, OLD.import, OLD.line, OLD.batch, OLD.filed_on, OLD.holder, OLD.holder_key, OLD.service, OLD.number)
BEGIN SELECT RAISE(ABORT, 'filings are history: they are only ever replaced'); END;
CREATE TRIGGER filings_are_not_deleted BEFORE DELETE ON filings
BEGIN SELECT RAISE(ABORT, 'filings are history: they are never deleted'); END;
