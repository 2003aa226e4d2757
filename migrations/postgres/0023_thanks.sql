-- What a party says to the connector in their own words, after they met. Between the two of them.

CREATE TABLE thanks (
    introduction_id UUID NOT NULL REFERENCES introduction (id) ON DELETE CASCADE,
    side            TEXT NOT NULL,
    connector_id    UUID NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    words           TEXT NOT NULL,
    said_at         BIGINT NOT NULL,
    -- When the connector had read them.
    read_at         BIGINT,
    PRIMARY KEY (introduction_id, side)
);
CREATE INDEX thanks_page ON thanks (connector_id, said_at, introduction_id);
CREATE INDEX thanks_new ON thanks (connector_id) WHERE read_at IS NULL;
CREATE INDEX thanks_old ON thanks (said_at);

-- Thanks owed and given.
CREATE INDEX desk_thanks ON desk (connector_id, need_at, introduction_id) WHERE need IN ('thanks', 'landed');
