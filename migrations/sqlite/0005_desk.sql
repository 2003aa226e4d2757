-- What the connector is needed for, and since when. One row for each introduction, kept with it.

CREATE TABLE desk (
    introduction_id BLOB    NOT NULL PRIMARY KEY REFERENCES introduction (id) ON DELETE CASCADE,
    connector_id    BLOB    NOT NULL,
    -- needs, waiting, done; new: the service has not looked at it yet.
    place           TEXT    NOT NULL,
    at              INTEGER NOT NULL,
    need            TEXT,
    need_at         INTEGER,
    settled_at      INTEGER
) STRICT;
CREATE INDEX desk_place ON desk (connector_id, place, at, introduction_id);
CREATE INDEX desk_new ON desk (introduction_id) WHERE place = 'new';

-- What the connector was told of a hold outlives it: few rows, looked for by state.
CREATE INDEX introduction_leaves ON introduction (connector_id, id) WHERE introduce_at IS NOT NULL;

INSERT INTO desk (introduction_id, connector_id, place, at)
SELECT id, connector_id, 'new', 0 FROM introduction;
