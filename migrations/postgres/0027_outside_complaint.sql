-- Who complained about a mail of a connector outside any introduction: by keyed hash, as their "never" is kept, and
-- once for each connector. Forgotten after 90 days.

CREATE TABLE outside_complaint (
    connector_id UUID   NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    person       BYTEA  NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (connector_id, person)
);
CREATE INDEX outside_complaint_old ON outside_complaint (at);
