-- A seeker's plan: several introductions of one person, written once and started one by one; and "landed".

CREATE TABLE plan (
    id           UUID NOT NULL PRIMARY KEY,
    connector_id UUID NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    -- The seeker. With the contact goes the plan.
    contact_id   UUID NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    purpose      TEXT NOT NULL,
    why_first    TEXT NOT NULL,
    why_second   TEXT NOT NULL,
    blurb        TEXT NOT NULL,
    shared       TEXT NOT NULL,
    step         TEXT NOT NULL,
    per_week     BIGINT NOT NULL,
    landed_at    BIGINT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX plan_page ON plan (connector_id, id);
CREATE INDEX plan_contact ON plan (contact_id);

CREATE TABLE plan_item (
    plan_id         UUID NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
    contact_id      UUID NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    nth             BIGINT NOT NULL,
    introduction_id UUID,
    started_at      BIGINT,
    PRIMARY KEY (plan_id, contact_id)
);
CREATE INDEX plan_item_contact ON plan_item (contact_id);

-- Somebody found a job, and this connector is told.
CREATE TABLE landed (
    id           UUID NOT NULL PRIMARY KEY,
    connector_id UUID NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    person       BYTEA NOT NULL,
    name         TEXT NOT NULL,
    at           BIGINT NOT NULL,
    settled_at   BIGINT,
    UNIQUE (connector_id, person)
);
CREATE INDEX landed_person ON landed (person);
CREATE INDEX landed_open ON landed (connector_id, at) WHERE settled_at IS NULL;
