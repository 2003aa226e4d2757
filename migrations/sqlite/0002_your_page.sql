-- What a person decides on their own page: limits, pauses, refusals, a changed address.
-- A person is the keyed hash of an address, as in suppression.

CREATE TABLE person (
    person       BLOB    NOT NULL PRIMARY KEY,
    per_month    INTEGER,
    limited_at   INTEGER,
    paused_at    INTEGER,
    paused_until INTEGER,
    changed_at   INTEGER NOT NULL
) STRICT;

-- Either a connector or another person is refused; the label is the name that the person knew them by.
CREATE TABLE refusal (
    id           BLOB    NOT NULL PRIMARY KEY,
    person       BLOB    NOT NULL,
    connector_id BLOB,
    other        BLOB,
    label        TEXT    NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX refusal_connector ON refusal (person, connector_id) WHERE connector_id IS NOT NULL;
CREATE UNIQUE INDEX refusal_other ON refusal (person, other) WHERE other IS NOT NULL;
CREATE INDEX refusal_about ON refusal (other) WHERE other IS NOT NULL;

CREATE TABLE address_change (
    link       BLOB    NOT NULL PRIMARY KEY,
    person     BLOB    NOT NULL,
    old_email  TEXT    NOT NULL,
    new_email  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX address_change_person ON address_change (person, created_at);

ALTER TABLE party ADD COLUMN erased_at INTEGER;
-- When they took a "never" back.
ALTER TABLE party ADD COLUMN never_lifted_at INTEGER;

-- Asks of the last month to one person, whoever asked.
CREATE INDEX delivery_asks ON delivery (person, created_at) WHERE kind IN ('ask_first', 'ask_second');
-- One person's entries in everybody's address books.
CREATE INDEX contact_email ON contact (email_key);
