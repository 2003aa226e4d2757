-- How much a connector may ask for, and when the same two people may be asked again.

-- When the running (or last) round began to ask; NULL for drafts and for what was taken back unsent.
ALTER TABLE introduction ADD COLUMN asked_at BIGINT;
UPDATE introduction SET asked_at =
    (SELECT party.asked_at FROM party WHERE party.introduction_id = introduction.id AND party.side = 'first');
CREATE INDEX introduction_asked ON introduction (connector_id, asked_at) WHERE asked_at IS NOT NULL;
CREATE INDEX party_undeliverable ON party (introduction_id) WHERE undeliverable_at IS NOT NULL;

-- An admin looked at what came back until then, and lets them go on asking.
ALTER TABLE connector ADD COLUMN cleared_at BIGINT;
