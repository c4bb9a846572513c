-- When each search of a source was first made (a term's, or that of all terms together), and from which day on. What was
-- published since a first look began is news; what an earlier search showed is not missing because another one lacks it.
CREATE TABLE looks (
    source   TEXT NOT NULL,
    search   TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    from_on  TEXT NOT NULL,
    PRIMARY KEY (source, search)
) STRICT, WITHOUT ROWID;
