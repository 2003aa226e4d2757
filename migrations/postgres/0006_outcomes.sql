-- The outcome log: lists and figures that are kept with each change, so that none is counted when looked at.

-- What each introduction added last. No foreign key: what it added is taken out before it goes.
CREATE TABLE tallied (
    introduction_id UUID    NOT NULL PRIMARY KEY,
    day             BIGINT  NOT NULL,
    connector_id    UUID    NOT NULL,
    purpose         TEXT    NOT NULL,
    came            TEXT    NOT NULL,
    days            TEXT    NOT NULL,
    words           TEXT    NOT NULL,
    closed_round    BIGINT  NOT NULL
);

-- Introductions by the day of their draft. The nil connector and the empty purpose stand for all of them.
CREATE TABLE tally (
    connector_id UUID    NOT NULL,
    purpose      TEXT    NOT NULL,
    day          BIGINT  NOT NULL,
    waiting      BIGINT  NOT NULL,
    closed       BIGINT  NOT NULL,
    unheard      BIGINT  NOT NULL,
    met          BIGINT  NOT NULL,
    scheduled    BIGINT  NOT NULL,
    no_reply     BIGINT  NOT NULL,
    not_a_fit    BIGINT  NOT NULL,
    landed       BIGINT  NOT NULL,
    PRIMARY KEY (connector_id, purpose, day)
);

-- How many days the yeses of introductions took that left, by the Monday of the week of their draft.
CREATE TABLE tally_days (
    connector_id UUID    NOT NULL,
    purpose      TEXT    NOT NULL,
    day          BIGINT  NOT NULL,
    days         BIGINT  NOT NULL,
    answers      BIGINT  NOT NULL,
    PRIMARY KEY (connector_id, purpose, day, days)
);

-- Closed rounds, ten by ten: in how many somebody answered. Only full batches are looked at.
CREATE TABLE tally_batch (
    purpose  TEXT    NOT NULL,
    seq      BIGINT  NOT NULL,
    first_at BIGINT  NOT NULL,
    last_at  BIGINT  NOT NULL,
    closed   BIGINT  NOT NULL,
    answered BIGINT  NOT NULL,
    PRIMARY KEY (purpose, seq)
);
CREATE INDEX tally_batch_range ON tally_batch (purpose, first_at, last_at, closed, answered);

-- The introductions of each list, by id: one list for each way to narrow the log.
CREATE TABLE outcome_list (
    list            TEXT NOT NULL,
    introduction_id UUID NOT NULL,
    PRIMARY KEY (list, introduction_id)
);

-- The beginnings of the names of people who were introduced.
CREATE TABLE outcome_word (
    word            TEXT NOT NULL,
    introduction_id UUID NOT NULL,
    PRIMARY KEY (word, introduction_id)
);

-- Where catching up with introductions of an older version stands; no row when that is done.
CREATE TABLE outcome_backlog (
    name            TEXT    NOT NULL PRIMARY KEY,
    introduction_id UUID    NOT NULL
);
INSERT INTO outcome_backlog (name, introduction_id)
SELECT 'introductions', CAST('00000000-0000-0000-0000-000000000000' AS UUID) WHERE EXISTS (SELECT 1 FROM introduction);
