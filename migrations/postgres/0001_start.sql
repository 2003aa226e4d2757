-- Times are microseconds since the epoch, from the application's clock. Ids are UUIDs.
-- Same file name and same tables and columns as in ../sqlite.

CREATE TABLE connector (
    id           UUID    NOT NULL PRIMARY KEY,
    email        TEXT    NOT NULL,
    email_key    TEXT    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    signature    TEXT    NOT NULL,
    time_zone    TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    suspended_at BIGINT
);

CREATE TABLE session (
    id           UUID    NOT NULL PRIMARY KEY,
    connector_id UUID    NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    token_hash   BYTEA   NOT NULL UNIQUE,
    created_at   BIGINT  NOT NULL,
    seen_at      BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL
);
CREATE INDEX session_connector ON session (connector_id);

CREATE TABLE sign_in (
    link         BYTEA   NOT NULL PRIMARY KEY,
    connector_id UUID    NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    browser_hash BYTEA   NOT NULL,
    code_hash    BYTEA   NOT NULL,
    tries        BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL,
    used_at      BIGINT
);
CREATE INDEX sign_in_connector ON sign_in (connector_id, created_at);
CREATE INDEX sign_in_browser ON sign_in (browser_hash);

CREATE TABLE api_token (
    id           UUID    NOT NULL PRIMARY KEY,
    connector_id UUID    NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    token_hash   BYTEA   NOT NULL UNIQUE,
    scopes       TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    used_at      BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX api_token_connector ON api_token (connector_id);

CREATE TABLE contact (
    id           UUID    NOT NULL PRIMARY KEY,
    connector_id UUID    NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    version      BIGINT  NOT NULL,
    name         TEXT    NOT NULL,
    email        TEXT    NOT NULL,
    email_key    TEXT    NOT NULL,
    described    TEXT    NOT NULL,
    employer     TEXT    NOT NULL,
    how_known    TEXT    NOT NULL,
    notes        TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    UNIQUE (connector_id, email_key)
);
CREATE INDEX contact_page ON contact (connector_id, id);

CREATE TABLE introduction (
    id                 UUID    NOT NULL PRIMARY KEY,
    connector_id       UUID    NOT NULL REFERENCES connector (id),
    version            BIGINT  NOT NULL,
    state              TEXT    NOT NULL,
    introduce_at       BIGINT,
    purpose            TEXT    NOT NULL,
    ask_order          TEXT    NOT NULL,
    asked_for_this     BOOLEAN NOT NULL,
    names_second       BOOLEAN NOT NULL,
    writes_first       TEXT    NOT NULL,
    same_employer      BOOLEAN NOT NULL,
    coworker_confirmed BOOLEAN NOT NULL,
    shared             TEXT    NOT NULL,
    step               TEXT    NOT NULL,
    round              BIGINT  NOT NULL,
    deadline           BIGINT,
    withdrawn_at       BIGINT,
    introduced_at      BIGINT,
    closed_at          BIGINT,
    outcome            TEXT,
    events             BIGINT  NOT NULL,
    due_at             BIGINT,
    created_at         BIGINT  NOT NULL,
    updated_at         BIGINT  NOT NULL
);
CREATE INDEX introduction_page ON introduction (connector_id, id);
CREATE INDEX introduction_state ON introduction (connector_id, state, id);
CREATE INDEX introduction_due ON introduction (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE party (
    introduction_id  UUID    NOT NULL REFERENCES introduction (id) ON DELETE CASCADE,
    side             TEXT    NOT NULL,
    contact_id       UUID,
    name             TEXT    NOT NULL,
    email            TEXT    NOT NULL,
    person           BYTEA   NOT NULL,
    described        TEXT    NOT NULL,
    how_known        TEXT    NOT NULL,
    why              TEXT    NOT NULL,
    blurb            TEXT    NOT NULL,
    language         TEXT    NOT NULL,
    link             BYTEA   NOT NULL UNIQUE,
    generation       BIGINT  NOT NULL,
    asked_at         BIGINT,
    deadline         BIGINT,
    remind_at        BIGINT,
    choice           TEXT,
    not_now_until    BIGINT,
    answered_at      BIGINT,
    note             TEXT    NOT NULL,
    quiet            BOOLEAN NOT NULL,
    shown_choice     TEXT,
    shown_until      BIGINT,
    shown_at         BIGINT,
    shown_note       TEXT    NOT NULL,
    answers          BIGINT  NOT NULL,
    contested_at     BIGINT,
    undeliverable_at BIGINT,
    check_ins        BIGINT  NOT NULL,
    outcome          TEXT,
    PRIMARY KEY (introduction_id, side)
);
CREATE INDEX party_person ON party (person);

-- No foreign key to the connector: the log outlives the people in it.
CREATE TABLE event (
    introduction_id UUID    NOT NULL,
    seq             BIGINT  NOT NULL,
    connector_id    UUID    NOT NULL,
    at              BIGINT  NOT NULL,
    what            TEXT    NOT NULL,
    side            TEXT,
    detail          TEXT,
    number          BIGINT,
    quiet           BOOLEAN NOT NULL,
    PRIMARY KEY (introduction_id, seq)
);

CREATE TABLE message (
    id              UUID    NOT NULL PRIMARY KEY,
    key             TEXT    NOT NULL UNIQUE,
    kind            TEXT    NOT NULL,
    introduction_id UUID,
    connector_id    UUID,
    headers         TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    text_part       TEXT    NOT NULL,
    html_part       TEXT    NOT NULL,
    dated_at        BIGINT  NOT NULL
);
CREATE INDEX message_introduction ON message (introduction_id) WHERE introduction_id IS NOT NULL;

CREATE TABLE delivery (
    id              UUID    NOT NULL PRIMARY KEY,
    message_id      UUID    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    kind            TEXT    NOT NULL,
    introduction_id UUID,
    side            TEXT,
    recipient       TEXT    NOT NULL,
    domain          TEXT    NOT NULL,
    person          BYTEA,
    links           TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    due_at          BIGINT  NOT NULL,
    expires_at      BIGINT,
    fence           BIGINT  NOT NULL,
    leased_until    BIGINT,
    attempts        BIGINT  NOT NULL,
    unknowns        BIGINT  NOT NULL,
    last_words      TEXT    NOT NULL,
    created_at      BIGINT  NOT NULL,
    finished_at     BIGINT
);
CREATE INDEX delivery_message ON delivery (message_id);
CREATE INDEX delivery_introduction ON delivery (introduction_id) WHERE introduction_id IS NOT NULL;
CREATE INDEX delivery_due ON delivery (due_at) WHERE state IN ('queued', 'deferred', 'unknown');
CREATE INDEX delivery_leased ON delivery (leased_until) WHERE state IN ('leased', 'transmitting');
CREATE INDEX delivery_person ON delivery (person) WHERE state IN ('queued', 'deferred', 'unknown');
CREATE INDEX delivery_state ON delivery (state, id);

CREATE TABLE attempt (
    delivery_id UUID    NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    nth         BIGINT  NOT NULL,
    at          BIGINT  NOT NULL,
    took        BIGINT  NOT NULL,
    stage       TEXT    NOT NULL,
    result      TEXT    NOT NULL,
    code        BIGINT,
    enhanced    TEXT,
    words       TEXT    NOT NULL,
    PRIMARY KEY (delivery_id, nth)
);

CREATE TABLE suppression (
    person          BYTEA   NOT NULL PRIMARY KEY,
    source          TEXT    NOT NULL,
    introduction_id UUID,
    side            TEXT,
    created_at      BIGINT  NOT NULL
);

CREATE TABLE idempotency (
    connector_id UUID    NOT NULL,
    key          TEXT    NOT NULL,
    request_hash BYTEA   NOT NULL,
    status       BIGINT  NOT NULL,
    body         TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (connector_id, key)
);

CREATE TABLE route (
    name         TEXT    NOT NULL PRIMARY KEY,
    failures     BIGINT  NOT NULL,
    paused_until BIGINT,
    words        TEXT    NOT NULL,
    changed_at   BIGINT  NOT NULL
);
