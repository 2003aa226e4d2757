-- Keeping in touch: how often with whom, and when it was last. A rhythm is a number of months, or a season:
-- -1 spring, -2 summer, -3 autumn, -4 winter.

ALTER TABLE contact ADD COLUMN rhythm INTEGER;
ALTER TABLE contact ADD COLUMN touched_at INTEGER;
CREATE TABLE circle_rhythm (
    connector_id BLOB NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    circle       TEXT NOT NULL,
    rhythm       INTEGER NOT NULL,
    PRIMARY KEY (connector_id, circle)
) STRICT, WITHOUT ROWID;
