-- Files of contacts on their way into an address book. Nothing of them is a contact before the connector's yes.

CREATE TABLE contact_import (
    id           BLOB NOT NULL PRIMARY KEY,
    connector_id BLOB NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    format       TEXT NOT NULL,
    columns      TEXT NOT NULL,
    mapping      TEXT NOT NULL,
    stage        TEXT NOT NULL,
    entries      INTEGER NOT NULL,
    next         INTEGER NOT NULL,
    added        INTEGER NOT NULL,
    merged       INTEGER NOT NULL,
    skipped      INTEGER NOT NULL,
    faulty       INTEGER NOT NULL,
    kept         INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX contact_import_page ON contact_import (connector_id, id);
CREATE INDEX contact_import_at_work ON contact_import (id) WHERE stage IN ('checking', 'applying', 'undoing');

-- One entry of a file. cells: as it was read; facts: as it was understood, empty before.
-- before and after: what stood in the contact, so that it can be taken back.
CREATE TABLE import_row (
    import_id  BLOB NOT NULL REFERENCES contact_import (id) ON DELETE CASCADE,
    nth        INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    cells      TEXT NOT NULL,
    facts      TEXT NOT NULL,
    email_key  TEXT NOT NULL,
    kind       TEXT,
    twin_id    BLOB,
    choice     TEXT,
    contact_id BLOB,
    before     TEXT NOT NULL,
    after      TEXT NOT NULL,
    PRIMARY KEY (import_id, nth)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_row_address ON import_row (email_key);
CREATE INDEX import_row_kind ON import_row (import_id, kind, nth);
