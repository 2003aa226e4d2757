-- What admins did: addresses opened, deliveries decided, suppressions lifted.
-- No foreign keys: the record outlives the people and the mails in it.

CREATE TABLE admin_act (
    id       UUID NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL,
    admin_id UUID NOT NULL,
    what     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL
);
CREATE INDEX admin_act_subject ON admin_act (subject, id);

-- Since when a delivery has its time again, because an admin said so.
ALTER TABLE delivery ADD COLUMN revived_at BIGINT;
-- What waits for a decision, oldest first.
CREATE INDEX delivery_unknown ON delivery (id) WHERE state = 'unknown';
-- One family of mails, newest first. Of mails after an answer only those are listed that need help.
CREATE INDEX delivery_of_asks ON delivery (id) WHERE kind IN ('ask_first', 'ask_second', 'reminder');
CREATE INDEX delivery_introductions ON delivery (id) WHERE kind IN ('introduction', 'connector_copy', 'check_in');
CREATE INDEX delivery_answers ON delivery (id) WHERE kind IN ('receipt', 'closing_note') AND state IN ('deferred', 'failed', 'unknown');
CREATE INDEX delivery_service ON delivery (id)
    WHERE kind NOT IN ('ask_first', 'ask_second', 'reminder', 'introduction', 'connector_copy', 'check_in', 'receipt', 'closing_note');
CREATE INDEX delivery_failed ON delivery (finished_at) WHERE state = 'failed';

-- Why an admin added it; empty for a person's own wish.
ALTER TABLE suppression ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE INDEX suppression_created ON suppression (created_at, source);
