-- Who complained about a mail of a connector outside any introduction: by keyed hash, as their "never" is kept, and
-- once for each connector. Forgotten after 90 days.

CREATE TABLE outside_complaint (
    connector_id BLOB    NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    person       BLOB    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (connector_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX outside_complaint_old ON outside_complaint (at);
