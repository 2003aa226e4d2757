-- The outcome log: lists and figures that are kept with each change, so that none is counted when looked at.

-- What each introduction added last. No foreign key: what it added is taken out before it goes.
CREATE TABLE tallied (
    introduction_id BLOB    NOT NULL PRIMARY KEY,
    day             INTEGER NOT NULL,
    connector_id    BLOB    NOT NULL,
    purpose         TEXT    NOT NULL,
    came            TEXT    NOT NULL,
    days            TEXT    NOT NULL,
    words           TEXT    NOT NULL,
    closed_round    INTEGER NOT NULL
) STRICT;

-- Introductions by the day of their draft. The nil connector and the empty purpose stand for all of them.
CREATE TABLE tally (
    connector_id BLOB    NOT NULL,
    purpose      TEXT    NOT NULL,
    day          INTEGER NOT NULL,
    waiting      INTEGER NOT NULL,
    closed       INTEGER NOT NULL,
    unheard      INTEGER NOT NULL,
    met          INTEGER NOT NULL,
    scheduled    INTEGER NOT NULL,
    no_reply     INTEGER NOT NULL,
    not_a_fit    INTEGER NOT NULL,
    landed       INTEGER NOT NULL,
    PRIMARY KEY (connector_id, purpose, day)
) STRICT, WITHOUT ROWID;

-- How many days the yeses of introductions took that left, by the Monday of the week of their draft.
CREATE TABLE tally_days (
    connector_id BLOB    NOT NULL,
    purpose      TEXT    NOT NULL,
    day          INTEGER NOT NULL,
    days         INTEGER NOT NULL,
    answers      INTEGER NOT NULL,
    PRIMARY KEY (connector_id, purpose, day, days)
) STRICT, WITHOUT ROWID;

-- Closed rounds, ten by ten: in how many somebody answered. Only full batches are looked at.
CREATE TABLE tally_batch (
    purpose  TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    closed   INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (purpose, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_batch_range ON tally_batch (purpose, first_at, last_at, closed, answered);

-- The introductions of each list, by id: one list for each way to narrow the log.
CREATE TABLE outcome_list (
    list            TEXT NOT NULL,
    introduction_id BLOB NOT NULL,
    PRIMARY KEY (list, introduction_id)
) STRICT, WITHOUT ROWID;

-- The beginnings of the names of people who were introduced.
CREATE TABLE outcome_word (
    word            TEXT NOT NULL,
    introduction_id BLOB NOT NULL,
    PRIMARY KEY (word, introduction_id)
) STRICT, WITHOUT ROWID;

-- Where catching up with introductions of an older version stands; no row when that is done.
CREATE TABLE outcome_backlog (
    name            TEXT    NOT NULL PRIMARY KEY,
    introduction_id BLOB    NOT NULL
) STRICT;
INSERT INTO outcome_backlog (name, introduction_id)
SELECT 'introductions', zeroblob(16) WHERE EXISTS (SELECT 1 FROM introduction);
