-- What is forgotten, and when; and who was erased, so that a restored backup can be told again.

-- A keyed hash and a time, no name and no address. Kept for as long as the oldest backup lives.
CREATE TABLE erasure (
    person BYTEA  NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL
);
CREATE INDEX erasure_at ON erasure (at);

-- all; names: the words (of a closed one: the answers) are gone; nothing: who it was about is gone as well.
ALTER TABLE introduction ADD COLUMN kept TEXT NOT NULL DEFAULT 'all';
-- Somebody may be asked again from a date on: kept until then.
ALTER TABLE introduction ADD COLUMN keep_until BIGINT;
CREATE INDEX introduction_closed ON introduction (closed_at)
    WHERE state = 'closed' AND kept <> 'nothing' AND keep_until IS NULL;
CREATE INDEX introduction_keep_until ON introduction (keep_until) WHERE keep_until IS NOT NULL;
CREATE INDEX introduction_introduced ON introduction (introduced_at) WHERE state = 'introduced' AND kept = 'all';
CREATE INDEX introduction_named ON introduction (introduced_at) WHERE state = 'introduced' AND kept = 'names';
CREATE INDEX introduction_drafted ON introduction (updated_at) WHERE state = 'draft';
CREATE INDEX party_erased ON party (erased_at) WHERE erased_at IS NOT NULL AND name <> 'N. N.';

-- Forgotten as soon as it has left: it was written for somebody, or about somebody, who was erased.
ALTER TABLE message ADD COLUMN hasty BIGINT NOT NULL DEFAULT 0;
CREATE INDEX message_hasty ON message (id) WHERE hasty = 1;
ALTER TABLE delivery ADD COLUMN forgotten_at BIGINT;
CREATE INDEX delivery_over ON delivery (state, finished_at) WHERE finished_at IS NOT NULL AND forgotten_at IS NULL;
-- Asks are counted by the hash for longer than their words are kept.
CREATE INDEX delivery_counted ON delivery (created_at) WHERE person IS NOT NULL AND forgotten_at IS NOT NULL;

CREATE INDEX unfinished_old ON unfinished (updated_at);
CREATE INDEX address_change_end ON address_change (expires_at);
CREATE INDEX idempotency_old ON idempotency (created_at);
CREATE INDEX admin_act_old ON admin_act (at);
