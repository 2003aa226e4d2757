-- Why somebody would fit where the connector works: for the colleague alone.
ALTER TABLE introduction ADD COLUMN fit TEXT NOT NULL DEFAULT '';
