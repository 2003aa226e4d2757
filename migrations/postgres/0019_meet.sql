-- What contacts give and seek, as roots of words, for the search of whom they should meet.

CREATE TABLE contact_text (
    n          BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact_id UUID NOT NULL UNIQUE REFERENCES contact (id) ON DELETE CASCADE,
    -- The connector's id in hexadecimal: a word among the words, so that the index parts the address books.
    owner      TEXT NOT NULL,
    gives      TSVECTOR NOT NULL,
    seeks      TSVECTOR NOT NULL
);
CREATE INDEX contact_text_gives ON contact_text USING GIN (gives);
CREATE INDEX contact_text_seeks ON contact_text USING GIN (seeks);
CREATE INDEX contact_seeking ON contact (connector_id, id) WHERE looking_for <> '';
-- All contacts are read anew at the next start.
UPDATE contact SET name_key = '';
