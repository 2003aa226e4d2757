-- What of an address book its subject may see and correct, and recruiters who agreed to be passed on.

ALTER TABLE contact ADD COLUMN recruiter BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX contact_recruiter ON contact (connector_id, name_key, id) WHERE recruiter;

CREATE TABLE own_card (
    contact_id    UUID NOT NULL PRIMARY KEY REFERENCES contact (id) ON DELETE CASCADE,
    connector_id  UUID NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    -- Whom the mails went to, by keyed hash: with another address it is another person.
    person        BYTEA NOT NULL,
    link          BYTEA NOT NULL UNIQUE,
    -- Asked whether the card is right, and when they said so.
    asked_at      BIGINT,
    confirmed_at  BIGINT,
    -- What they want written instead, as JSON; waits for the connector.
    correction    TEXT,
    corrected_at  BIGINT,
    -- Asked, once, whether they may be passed on.
    pass_asked_at BIGINT,
    -- What is passed on of them, as JSON: what they saw when they agreed.
    agreed        TEXT,
    agreed_at     BIGINT,
    -- When they last said no.
    refused_at    BIGINT
);
CREATE INDEX own_card_person ON own_card (person);
CREATE INDEX own_card_waiting ON own_card (connector_id) WHERE correction IS NOT NULL;
CREATE INDEX own_card_asked ON own_card (connector_id, asked_at);
CREATE INDEX own_card_pass_asked ON own_card (connector_id, pass_asked_at);

-- Who was passed on to whom, and in which mail.
CREATE TABLE passed_on (
    contact_id UUID NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    seeker_id  UUID NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    at         BIGINT NOT NULL,
    message_id UUID NOT NULL,
    PRIMARY KEY (contact_id, seeker_id, at)
);
CREATE INDEX passed_on_seeker ON passed_on (seeker_id);

-- A vCard file that goes with a mail; empty for almost all.
ALTER TABLE message ADD COLUMN card_part TEXT NOT NULL DEFAULT '';
