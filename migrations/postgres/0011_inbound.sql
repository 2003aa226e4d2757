-- What comes back: reports that were carried out, and complaints.

-- So that the same report twice is once. Forgotten after 90 days.
CREATE TABLE report (
    digest BYTEA   NOT NULL PRIMARY KEY,
    at     BIGINT  NOT NULL
);
CREATE INDEX report_old ON report (at);

-- Which introductions a party complained about. No name and no address; goes with the introduction.
CREATE TABLE complaint (
    introduction_id UUID    NOT NULL REFERENCES introduction (id) ON DELETE CASCADE,
    side            TEXT    NOT NULL,
    connector_id    UUID    NOT NULL,
    at              BIGINT  NOT NULL,
    PRIMARY KEY (introduction_id, side)
);
CREATE INDEX complaint_connector ON complaint (connector_id, at);
