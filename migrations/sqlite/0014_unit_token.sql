-- Only PostgreSQL fills it: whether a unit was committed whose connection was lost meanwhile.
CREATE TABLE unit_token (
    token  BLOB    NOT NULL PRIMARY KEY,
    undone INTEGER NOT NULL DEFAULT 0,
    at     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX unit_token_at ON unit_token (at);
