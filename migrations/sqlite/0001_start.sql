-- Times are microseconds since the epoch, from the application's clock. Ids are 16 bytes.
-- Same file name and same tables and columns as in ../postgres.

CREATE TABLE connector (
    id           BLOB    NOT NULL PRIMARY KEY,
    email        TEXT    NOT NULL,
    email_key    TEXT    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    signature    TEXT    NOT NULL,
    time_zone    TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    suspended_at INTEGER
) STRICT;

CREATE TABLE session (
    id           BLOB    NOT NULL PRIMARY KEY,
    connector_id BLOB    NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    token_hash   BLOB    NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX session_connector ON session (connector_id);

CREATE TABLE sign_in (
    link         BLOB    NOT NULL PRIMARY KEY,
    connector_id BLOB    NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    browser_hash BLOB    NOT NULL,
    code_hash    BLOB    NOT NULL,
    tries        INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER
) STRICT;
CREATE INDEX sign_in_connector ON sign_in (connector_id, created_at);
CREATE INDEX sign_in_browser ON sign_in (browser_hash);

CREATE TABLE api_token (
    id           BLOB    NOT NULL PRIMARY KEY,
    connector_id BLOB    NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    token_hash   BLOB    NOT NULL UNIQUE,
    scopes       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    used_at      INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX api_token_connector ON api_token (connector_id);

CREATE TABLE contact (
    id           BLOB    NOT NULL PRIMARY KEY,
    connector_id BLOB    NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    version      INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    email        TEXT    NOT NULL,
    email_key    TEXT    NOT NULL,
    described    TEXT    NOT NULL,
    employer     TEXT    NOT NULL,
    how_known    TEXT    NOT NULL,
    notes        TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (connector_id, email_key)
) STRICT;
CREATE INDEX contact_page ON contact (connector_id, id);

CREATE TABLE introduction (
    id                 BLOB    NOT NULL PRIMARY KEY,
    connector_id       BLOB    NOT NULL REFERENCES connector (id),
    version            INTEGER NOT NULL,
    state              TEXT    NOT NULL,
    introduce_at       INTEGER,
    purpose            TEXT    NOT NULL,
    ask_order          TEXT    NOT NULL,
    asked_for_this     INTEGER NOT NULL,
    names_second       INTEGER NOT NULL,
    writes_first       TEXT    NOT NULL,
    same_employer      INTEGER NOT NULL,
    coworker_confirmed INTEGER NOT NULL,
    shared             TEXT    NOT NULL,
    step               TEXT    NOT NULL,
    round              INTEGER NOT NULL,
    deadline           INTEGER,
    withdrawn_at       INTEGER,
    introduced_at      INTEGER,
    closed_at          INTEGER,
    outcome            TEXT,
    events             INTEGER NOT NULL,
    due_at             INTEGER,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL
) STRICT;
CREATE INDEX introduction_page ON introduction (connector_id, id);
CREATE INDEX introduction_state ON introduction (connector_id, state, id);
CREATE INDEX introduction_due ON introduction (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE party (
    introduction_id  BLOB    NOT NULL REFERENCES introduction (id) ON DELETE CASCADE,
    side             TEXT    NOT NULL,
    contact_id       BLOB,
    name             TEXT    NOT NULL,
    email            TEXT    NOT NULL,
    person           BLOB    NOT NULL,
    described        TEXT    NOT NULL,
    how_known        TEXT    NOT NULL,
    why              TEXT    NOT NULL,
    blurb            TEXT    NOT NULL,
    language         TEXT    NOT NULL,
    link             BLOB    NOT NULL UNIQUE,
    generation       INTEGER NOT NULL,
    asked_at         INTEGER,
    deadline         INTEGER,
    remind_at        INTEGER,
    choice           TEXT,
    not_now_until    INTEGER,
    answered_at      INTEGER,
    note             TEXT    NOT NULL,
    quiet            INTEGER NOT NULL,
    shown_choice     TEXT,
    shown_until      INTEGER,
    shown_at         INTEGER,
    shown_note       TEXT    NOT NULL,
    answers          INTEGER NOT NULL,
    contested_at     INTEGER,
    undeliverable_at INTEGER,
    check_ins        INTEGER NOT NULL,
    outcome          TEXT,
    PRIMARY KEY (introduction_id, side)
) STRICT;
CREATE INDEX party_person ON party (person);

-- No foreign key to the connector: the log outlives the people in it.
CREATE TABLE event (
    introduction_id BLOB    NOT NULL,
    seq             INTEGER NOT NULL,
    connector_id    BLOB    NOT NULL,
    at              INTEGER NOT NULL,
    what            TEXT    NOT NULL,
    side            TEXT,
    detail          TEXT,
    number          INTEGER,
    quiet           INTEGER NOT NULL,
    PRIMARY KEY (introduction_id, seq)
) STRICT;

CREATE TABLE message (
    id              BLOB    NOT NULL PRIMARY KEY,
    key             TEXT    NOT NULL UNIQUE,
    kind            TEXT    NOT NULL,
    introduction_id BLOB,
    connector_id    BLOB,
    headers         TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    text_part       TEXT    NOT NULL,
    html_part       TEXT    NOT NULL,
    dated_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX message_introduction ON message (introduction_id) WHERE introduction_id IS NOT NULL;

CREATE TABLE delivery (
    id              BLOB    NOT NULL PRIMARY KEY,
    message_id      BLOB    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    kind            TEXT    NOT NULL,
    introduction_id BLOB,
    side            TEXT,
    recipient       TEXT    NOT NULL,
    domain          TEXT    NOT NULL,
    person          BLOB,
    links           TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    due_at          INTEGER NOT NULL,
    expires_at      INTEGER,
    fence           INTEGER NOT NULL,
    leased_until    INTEGER,
    attempts        INTEGER NOT NULL,
    unknowns        INTEGER NOT NULL,
    last_words      TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    finished_at     INTEGER
) STRICT;
CREATE INDEX delivery_message ON delivery (message_id);
CREATE INDEX delivery_introduction ON delivery (introduction_id) WHERE introduction_id IS NOT NULL;
CREATE INDEX delivery_due ON delivery (due_at) WHERE state IN ('queued', 'deferred', 'unknown');
CREATE INDEX delivery_leased ON delivery (leased_until) WHERE state IN ('leased', 'transmitting');
CREATE INDEX delivery_person ON delivery (person) WHERE state IN ('queued', 'deferred', 'unknown');
CREATE INDEX delivery_state ON delivery (state, id);

CREATE TABLE attempt (
    delivery_id BLOB    NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    nth         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    took        INTEGER NOT NULL,
    stage       TEXT    NOT NULL,
    result      TEXT    NOT NULL,
    code        INTEGER,
    enhanced    TEXT,
    words       TEXT    NOT NULL,
    PRIMARY KEY (delivery_id, nth)
) STRICT;

CREATE TABLE suppression (
    person          BLOB    NOT NULL PRIMARY KEY,
    source          TEXT    NOT NULL,
    introduction_id BLOB,
    side            TEXT,
    created_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency (
    connector_id BLOB    NOT NULL,
    key          TEXT    NOT NULL,
    request_hash BLOB    NOT NULL,
    status       INTEGER NOT NULL,
    body         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (connector_id, key)
) STRICT;

CREATE TABLE route (
    name         TEXT    NOT NULL PRIMARY KEY,
    failures     INTEGER NOT NULL,
    paused_until INTEGER,
    words        TEXT    NOT NULL,
    changed_at   INTEGER NOT NULL
) STRICT;
