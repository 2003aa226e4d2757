-- What of an address book its subject may see and correct, and recruiters who agreed to be passed on.

ALTER TABLE contact ADD COLUMN recruiter INTEGER NOT NULL DEFAULT 0;
CREATE INDEX contact_recruiter ON contact (connector_id, name_key, id) WHERE recruiter = 1;

CREATE TABLE own_card (
    contact_id    BLOB NOT NULL PRIMARY KEY REFERENCES contact (id) ON DELETE CASCADE,
    connector_id  BLOB NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    -- Whom the mails went to, by keyed hash: with another address it is another person.
    person        BLOB NOT NULL,
    link          BLOB NOT NULL UNIQUE,
    -- Asked whether the card is right, and when they said so.
    asked_at      INTEGER,
    confirmed_at  INTEGER,
    -- What they want written instead, as JSON; waits for the connector.
    correction    TEXT,
    corrected_at  INTEGER,
    -- Asked, once, whether they may be passed on.
    pass_asked_at INTEGER,
    -- What is passed on of them, as JSON: what they saw when they agreed.
    agreed        TEXT,
    agreed_at     INTEGER,
    -- When they last said no.
    refused_at    INTEGER
) STRICT;
CREATE INDEX own_card_person ON own_card (person);
CREATE INDEX own_card_waiting ON own_card (connector_id) WHERE correction IS NOT NULL;
CREATE INDEX own_card_asked ON own_card (connector_id, asked_at);
CREATE INDEX own_card_pass_asked ON own_card (connector_id, pass_asked_at);

-- Who was passed on to whom, and in which mail.
CREATE TABLE passed_on (
    contact_id BLOB NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    seeker_id  BLOB NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    message_id BLOB NOT NULL,
    PRIMARY KEY (contact_id, seeker_id, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX passed_on_seeker ON passed_on (seeker_id);

-- A vCard file that goes with a mail; empty for almost all.
ALTER TABLE message ADD COLUMN card_part TEXT NOT NULL DEFAULT '';
