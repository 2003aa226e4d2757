-- Accounts: sessions with a name, sign-ins for unknown addresses too, deleted accounts.

ALTER TABLE connector ADD COLUMN seen_at BIGINT;
ALTER TABLE connector ADD COLUMN deleted_at BIGINT;
ALTER TABLE connector ADD COLUMN scrubbed_at BIGINT;
CREATE INDEX connector_leaving ON connector (deleted_at) WHERE deleted_at IS NOT NULL AND scrubbed_at IS NULL;
CREATE INDEX connector_admin ON connector (id) WHERE role = 'admin';

-- Which browser, in two words of ours.
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';

-- Without a connector: somebody asked for an address that has no account. The same work is done for it.
DROP TABLE sign_in;
CREATE TABLE sign_in (
    link         BYTEA NOT NULL PRIMARY KEY,
    connector_id UUID REFERENCES connector (id) ON DELETE CASCADE,
    browser_hash BYTEA NOT NULL,
    code_hash    BYTEA NOT NULL,
    tries        BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT
);
CREATE INDEX sign_in_browser ON sign_in (browser_hash);
CREATE INDEX sign_in_connector ON sign_in (connector_id) WHERE connector_id IS NOT NULL;
CREATE INDEX sign_in_end ON sign_in (expires_at);

-- How many mails an address may still get; the address is a keyed hash.
CREATE TABLE address_limit (
    address BYTEA NOT NULL PRIMARY KEY,
    full_at BIGINT NOT NULL
);
CREATE INDEX address_limit_full ON address_limit (full_at);

-- A new address of an account, until the code that was mailed there is typed.
CREATE TABLE account_move (
    connector_id UUID NOT NULL PRIMARY KEY REFERENCES connector (id) ON DELETE CASCADE,
    email        TEXT NOT NULL,
    code_hash    BYTEA NOT NULL,
    tries        BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
