-- What contacts give and seek, as roots of words, for the search of whom they should meet.

CREATE TABLE contact_text (
    n          INTEGER NOT NULL PRIMARY KEY,
    contact_id BLOB NOT NULL UNIQUE REFERENCES contact (id) ON DELETE CASCADE,
    -- The connector's id in hexadecimal: a word among the words, so that the index parts the address books.
    owner      TEXT NOT NULL,
    gives      TEXT NOT NULL,
    seeks      TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE contact_find USING fts5 (
    owner, gives, seeks, content = 'contact_text', content_rowid = 'n', tokenize = 'unicode61'
);
-- What is deleted is gone from the index too, and not only hidden.
INSERT INTO contact_find (contact_find, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER contact_text_added AFTER INSERT ON contact_text BEGIN
    INSERT INTO contact_find (rowid, owner, gives, seeks) VALUES (new.n, new.owner, new.gives, new.seeks);
END;
CREATE TRIGGER contact_text_deleted AFTER DELETE ON contact_text BEGIN
    INSERT INTO contact_find (contact_find, rowid, owner, gives, seeks)
    VALUES ('delete', old.n, old.owner, old.gives, old.seeks);
END;
CREATE TRIGGER contact_text_changed AFTER UPDATE ON contact_text BEGIN
    INSERT INTO contact_find (contact_find, rowid, owner, gives, seeks)
    VALUES ('delete', old.n, old.owner, old.gives, old.seeks);
    INSERT INTO contact_find (rowid, owner, gives, seeks) VALUES (new.n, new.owner, new.gives, new.seeks);
END;
CREATE INDEX contact_seeking ON contact (connector_id, id) WHERE looking_for <> '';
-- All contacts are read anew at the next start.
UPDATE contact SET name_key = '';
