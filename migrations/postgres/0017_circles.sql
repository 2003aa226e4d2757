-- Where a contact stands in the connector's network, what they do, look for and can give.

ALTER TABLE contact ADD COLUMN circle TEXT;
ALTER TABLE contact ADD COLUMN left_out BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contact ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN field TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN speaks TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN looking_for TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN can_help TEXT NOT NULL DEFAULT '';
CREATE INDEX contact_circle ON contact (connector_id, circle, name_key, id);
