-- One row a unit of work, written in its transaction: when the connection is lost while committing, the row
-- tells whether the unit was. Only PostgreSQL needs it; SQLite's one writer hears of every commit.
CREATE TABLE unit_token (
    token  UUID   NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(),
    -- 1: written by whoever looked for it and found nothing; the unit can never be committed after that.
    undone BIGINT NOT NULL DEFAULT 0,
    at     BIGINT NOT NULL DEFAULT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)
);
CREATE INDEX unit_token_at ON unit_token (at);
