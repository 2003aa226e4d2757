-- Words of contacts to search by; drafts that are not complete yet.

-- The name as it is sorted; empty in rows that were not read anew yet.
ALTER TABLE contact ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
CREATE INDEX contact_by_name ON contact (connector_id, name_key, id);
CREATE INDEX contact_unread ON contact (id) WHERE name_key = '';

-- One row for each word of a contact: found by its beginning.
CREATE TABLE contact_word (
    connector_id BLOB NOT NULL,
    word         TEXT NOT NULL,
    contact_id   BLOB NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    PRIMARY KEY (connector_id, word, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_word_of ON contact_word (contact_id, word);

-- A form that cannot be a draft yet, as it was typed.
CREATE TABLE unfinished (
    id           BLOB NOT NULL PRIMARY KEY,
    connector_id BLOB NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    typed        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX unfinished_page ON unfinished (connector_id, updated_at);

-- Copies to oneself are counted: so many an hour.
CREATE INDEX message_copy ON message (connector_id, dated_at) WHERE kind = 'copy_first';
