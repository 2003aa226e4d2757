-- A seeker's plan: several introductions of one person, written once and started one by one; and "landed".

CREATE TABLE plan (
    id           BLOB NOT NULL PRIMARY KEY,
    connector_id BLOB NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    -- The seeker. With the contact goes the plan.
    contact_id   BLOB NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    purpose      TEXT NOT NULL,
    why_first    TEXT NOT NULL,
    why_second   TEXT NOT NULL,
    blurb        TEXT NOT NULL,
    shared       TEXT NOT NULL,
    step         TEXT NOT NULL,
    per_week     INTEGER NOT NULL,
    landed_at    INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX plan_page ON plan (connector_id, id);
CREATE INDEX plan_contact ON plan (contact_id);

CREATE TABLE plan_item (
    plan_id         BLOB NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
    contact_id      BLOB NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    nth             INTEGER NOT NULL,
    introduction_id BLOB,
    started_at      INTEGER,
    PRIMARY KEY (plan_id, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_item_contact ON plan_item (contact_id);

-- Somebody found a job, and this connector is told.
CREATE TABLE landed (
    id           BLOB NOT NULL PRIMARY KEY,
    connector_id BLOB NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    person       BLOB NOT NULL,
    name         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    settled_at   INTEGER,
    UNIQUE (connector_id, person)
) STRICT;
CREATE INDEX landed_person ON landed (person);
CREATE INDEX landed_open ON landed (connector_id, at) WHERE settled_at IS NULL;
