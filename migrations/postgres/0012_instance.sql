-- Which copy of the data this is: one row, written by the first process that serves it.

CREATE TABLE instance (
    one            TEXT    NOT NULL PRIMARY KEY CHECK (one = 'this'),
    id             TEXT    NOT NULL,
    -- A new one with every resume. SQLite: must stand in the file beside the key ring too.
    epoch          TEXT    NOT NULL,
    -- PostgreSQL: the server and the database that this is; SQLite: empty.
    place          TEXT    NOT NULL,
    -- Since when nobody is mailed, and why: restored, copied. Until an operator says so.
    quarantined_at BIGINT,
    why            TEXT    NOT NULL DEFAULT '',
    -- The newest time that a process has seen, to notice a clock that is wrong at the start.
    seen_at        BIGINT NOT NULL,
    -- When an operator last said that the clock is right, by that clock.
    accepted_at    BIGINT
);
