-- What a person decides on their own page: limits, pauses, refusals, a changed address.
-- A person is the keyed hash of an address, as in suppression.

CREATE TABLE person (
    person       BYTEA   NOT NULL PRIMARY KEY,
    per_month    BIGINT,
    limited_at   BIGINT,
    paused_at    BIGINT,
    paused_until BIGINT,
    changed_at   BIGINT NOT NULL
);

-- Either a connector or another person is refused; the label is the name that the person knew them by.
CREATE TABLE refusal (
    id           UUID    NOT NULL PRIMARY KEY,
    person       BYTEA   NOT NULL,
    connector_id UUID,
    other        BYTEA,
    label        TEXT    NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX refusal_connector ON refusal (person, connector_id) WHERE connector_id IS NOT NULL;
CREATE UNIQUE INDEX refusal_other ON refusal (person, other) WHERE other IS NOT NULL;
CREATE INDEX refusal_about ON refusal (other) WHERE other IS NOT NULL;

CREATE TABLE address_change (
    link       BYTEA   NOT NULL PRIMARY KEY,
    person     BYTEA   NOT NULL,
    old_email  TEXT    NOT NULL,
    new_email  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX address_change_person ON address_change (person, created_at);

ALTER TABLE party ADD COLUMN erased_at BIGINT;
-- When they took a "never" back.
ALTER TABLE party ADD COLUMN never_lifted_at BIGINT;

-- Asks of the last month to one person, whoever asked.
CREATE INDEX delivery_asks ON delivery (person, created_at) WHERE kind IN ('ask_first', 'ask_second');
-- One person's entries in everybody's address books.
CREATE INDEX contact_email ON contact (email_key);
