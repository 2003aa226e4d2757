-- Files of contacts on their way into an address book. Nothing of them is a contact before the connector's yes.

CREATE TABLE contact_import (
    id           UUID NOT NULL PRIMARY KEY,
    connector_id UUID NOT NULL REFERENCES connector (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    format       TEXT NOT NULL,
    columns      TEXT NOT NULL,
    mapping      TEXT NOT NULL,
    stage        TEXT NOT NULL,
    entries      BIGINT NOT NULL,
    next         BIGINT NOT NULL,
    added        BIGINT NOT NULL,
    merged       BIGINT NOT NULL,
    skipped      BIGINT NOT NULL,
    faulty       BIGINT NOT NULL,
    kept         BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX contact_import_page ON contact_import (connector_id, id);
CREATE INDEX contact_import_at_work ON contact_import (id) WHERE stage IN ('checking', 'applying', 'undoing');

-- One entry of a file. cells: as it was read; facts: as it was understood, empty before.
-- before and after: what stood in the contact, so that it can be taken back.
CREATE TABLE import_row (
    import_id  UUID NOT NULL REFERENCES contact_import (id) ON DELETE CASCADE,
    nth        BIGINT NOT NULL,
    line       BIGINT NOT NULL,
    cells      TEXT NOT NULL,
    facts      TEXT NOT NULL,
    email_key  TEXT NOT NULL,
    kind       TEXT,
    twin_id    UUID,
    choice     TEXT,
    contact_id UUID,
    before     TEXT NOT NULL,
    after      TEXT NOT NULL,
    PRIMARY KEY (import_id, nth)
);
CREATE INDEX import_row_address ON import_row (email_key);
CREATE INDEX import_row_kind ON import_row (import_id, kind, nth);
