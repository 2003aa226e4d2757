-- "Ask me": a public page on which anybody can ask a connector for an introduction.

CREATE TABLE ask_me_page (
    connector_id BLOB NOT NULL PRIMARY KEY REFERENCES connector (id) ON DELETE CASCADE,
    -- The end of its address.
    slug         TEXT NOT NULL UNIQUE,
    welcome      TEXT NOT NULL,
    is_open      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ask_me_request (
    id           BLOB NOT NULL PRIMARY KEY,
    connector_id BLOB NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    link         BLOB NOT NULL UNIQUE,
    person       BLOB NOT NULL,
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    language     TEXT NOT NULL,
    -- Whom they would like to meet, and what may be said of them.
    wish         TEXT NOT NULL,
    about        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    -- Their yes through the mailed link: when, since when that page lay open, and the words on it.
    confirmed_at INTEGER,
    opened_at    INTEGER,
    shown        TEXT NOT NULL DEFAULT '',
    -- The connector put it aside.
    settled_at   INTEGER,
    -- The introduction for which it was the first yes.
    used_by      BLOB
) STRICT;
CREATE INDEX ask_me_waiting ON ask_me_request (connector_id, confirmed_at);
CREATE INDEX ask_me_person ON ask_me_request (person, created_at);
CREATE INDEX ask_me_old ON ask_me_request (created_at);

-- The stop link of a mail outside any introduction works on when the card or request that it was about is gone.
CREATE TABLE outside_link (
    link   BLOB NOT NULL PRIMARY KEY,
    person BLOB NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX outside_link_old ON outside_link (at);
CREATE INDEX outside_link_person ON outside_link (person);
