-- When the next mail with the week's suggestions leaves; empty for whoever did not ask for it.

ALTER TABLE connector ADD COLUMN weekly_due BIGINT;
CREATE INDEX connector_weekly ON connector (weekly_due) WHERE weekly_due IS NOT NULL;
-- For an erasure: the mails that may speak of somebody.
CREATE INDEX message_weekly ON message (connector_id) WHERE kind = 'weekly';
