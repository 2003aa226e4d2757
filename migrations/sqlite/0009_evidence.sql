-- What proves an introduction: a chain of commitments, the payloads beside it, consents and the texts shown.
-- Nothing refers to it and it refers to nothing: payloads go by themselves, and the chain outlives everything.

CREATE TABLE audit_leaf (
    entry      INTEGER NOT NULL PRIMARY KEY,
    -- None until it is sealed; the first is 0.
    seq        INTEGER UNIQUE,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    commitment BLOB NOT NULL,
    prev       BLOB,
    hash       BLOB
) STRICT;
CREATE INDEX audit_leaf_unsealed ON audit_leaf (entry) WHERE seq IS NULL;

CREATE TABLE audit_payload (
    entry           INTEGER NOT NULL PRIMARY KEY,
    introduction_id BLOB,
    side            TEXT,
    salt            BLOB NOT NULL,
    payload         TEXT NOT NULL
) STRICT;
CREATE INDEX audit_payload_introduction ON audit_payload (introduction_id) WHERE introduction_id IS NOT NULL;

-- One row: where the chain ends, and what the last checkpoint saw.
CREATE TABLE audit_head (
    id         INTEGER NOT NULL PRIMARY KEY,
    size       INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    frontier   BLOB NOT NULL,
    noted_size INTEGER NOT NULL,
    noted_at   INTEGER NOT NULL
) STRICT;
INSERT INTO audit_head (id, size, hash, frontier, noted_size, noted_at)
VALUES (1, 0, x'0000000000000000000000000000000000000000000000000000000000000000', x'', 0, 0);

-- Only a yes makes a row. Who, what and how are the payload of its leaf.
CREATE TABLE consent (
    entry           INTEGER NOT NULL PRIMARY KEY,
    introduction_id BLOB NOT NULL,
    side            TEXT NOT NULL,
    generation      INTEGER NOT NULL,
    given_at        INTEGER NOT NULL,
    ended_at        INTEGER,
    ended           TEXT,
    ended_entry     INTEGER,
    forgotten_at    INTEGER
) STRICT;
CREATE INDEX consent_introduction ON consent (introduction_id, side);

CREATE TABLE shown_text (
    introduction_id BLOB NOT NULL,
    commitment      BLOB NOT NULL,
    side            TEXT NOT NULL,
    generation      INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    at              INTEGER NOT NULL,
    salt            BLOB NOT NULL,
    body            TEXT NOT NULL,
    PRIMARY KEY (introduction_id, commitment)
) STRICT;
