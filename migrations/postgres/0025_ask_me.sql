-- "Ask me": a public page on which anybody can ask a connector for an introduction.

CREATE TABLE ask_me_page (
    connector_id UUID NOT NULL PRIMARY KEY REFERENCES connector (id) ON DELETE CASCADE,
    -- The end of its address.
    slug         TEXT NOT NULL UNIQUE,
    welcome      TEXT NOT NULL,
    is_open      BOOLEAN NOT NULL
);

CREATE TABLE ask_me_request (
    id           UUID NOT NULL PRIMARY KEY,
    connector_id UUID NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    link         BYTEA NOT NULL UNIQUE,
    person       BYTEA NOT NULL,
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    language     TEXT NOT NULL,
    -- Whom they would like to meet, and what may be said of them.
    wish         TEXT NOT NULL,
    about        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    -- Their yes through the mailed link: when, since when that page lay open, and the words on it.
    confirmed_at BIGINT,
    opened_at    BIGINT,
    shown        TEXT NOT NULL DEFAULT '',
    -- The connector put it aside.
    settled_at   BIGINT,
    -- The introduction for which it was the first yes.
    used_by      UUID
);
CREATE INDEX ask_me_waiting ON ask_me_request (connector_id, confirmed_at);
CREATE INDEX ask_me_person ON ask_me_request (person, created_at);
CREATE INDEX ask_me_old ON ask_me_request (created_at);

-- The stop link of a mail outside any introduction works on when the card or request that it was about is gone.
CREATE TABLE outside_link (
    link   BYTEA NOT NULL PRIMARY KEY,
    person BYTEA NOT NULL,
    at     BIGINT NOT NULL
);
CREATE INDEX outside_link_old ON outside_link (at);
CREATE INDEX outside_link_person ON outside_link (person);
