-- What comes back: reports that were carried out, and complaints.

-- So that the same report twice is once. Forgotten after 90 days.
CREATE TABLE report (
    digest BLOB    NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX report_old ON report (at);

-- Which introductions a party complained about. No name and no address; goes with the introduction.
CREATE TABLE complaint (
    introduction_id BLOB    NOT NULL REFERENCES introduction (id) ON DELETE CASCADE,
    side            TEXT    NOT NULL,
    connector_id    BLOB    NOT NULL,
    at              INTEGER NOT NULL,
    PRIMARY KEY (introduction_id, side)
) STRICT;
CREATE INDEX complaint_connector ON complaint (connector_id, at);
