//! Browser sessions and sign-in links. Secrets are stored as SHA-256 only.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::ids::{ConnectorId, LinkRef, SessionId};

/// A sign-in that was asked for.
#[derive(Clone)]
pub struct SignIn {
    pub link: LinkRef,
    pub connector: ConnectorId,
    /// Hash of the cookie of the browser that asked.
    pub browser: [u8; 32],
    /// Hash of the code to type where the link was opened elsewhere.
    pub code: [u8; 32],
    pub tries: i64,
    pub created_at: Ts,
    pub expires_at: Ts,
    pub used_at: Option<Ts>,
}

pub async fn add_sign_in(tx: &mut Tx, new: &SignIn) -> Result<(), StoreError> {
    tx.q("INSERT INTO sign_in (link, connector_id, browser_hash, code_hash, tries, created_at, expires_at)
          VALUES ($1, $2, $3, $4, 0, $5, $6)")
        .bind(new.link.0.to_vec())
        .bind(new.connector.0)
        .bind(new.browser.to_vec())
        .bind(new.code.to_vec())
        .bind(new.created_at.0)
        .bind(new.expires_at.0)
        .run()
        .await?;
    Ok(())
}

/// How many sign-ins were asked for this connector since `since`.
pub async fn count_sign_ins(tx: &mut Tx, connector: ConnectorId, since: Ts) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS n FROM sign_in WHERE connector_id = $1 AND created_at >= $2")
        .bind(connector.0)
        .bind(since.0)
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

pub async fn find_sign_in(tx: &mut Tx, link: LinkRef) -> Result<Option<SignIn>, StoreError> {
    let row = tx.q("SELECT * FROM sign_in WHERE link = $1").bind(link.0.to_vec()).one().await?;
    row.as_ref().map(read_sign_in).transpose()
}

/// The newest unused sign-in that this browser asked for.
pub async fn newest_of_browser(
    tx: &mut Tx,
    browser: [u8; 32],
    now: Ts,
) -> Result<Option<SignIn>, StoreError> {
    let row = tx
        .q("SELECT * FROM sign_in WHERE browser_hash = $1 AND expires_at > $2 AND used_at IS NULL
            ORDER BY created_at DESC LIMIT 1")
        .bind(browser.to_vec())
        .bind(now.0)
        .one()
        .await?;
    row.as_ref().map(read_sign_in).transpose()
}

/// Uses it up. `false` when it was used before or its time is over: only one can win.
pub async fn use_sign_in(tx: &mut Tx, link: LinkRef, now: Ts) -> Result<bool, StoreError> {
    let used = tx
        .q("UPDATE sign_in SET used_at = $2 WHERE link = $1 AND used_at IS NULL AND expires_at > $2")
        .bind(link.0.to_vec())
        .bind(now.0)
        .run()
        .await?;
    Ok(used == 1)
}

/// Counts a wrong code.
pub async fn count_try(tx: &mut Tx, link: LinkRef) -> Result<(), StoreError> {
    tx.q("UPDATE sign_in SET tries = tries + 1 WHERE link = $1").bind(link.0.to_vec()).run().await?;
    Ok(())
}

fn read_sign_in(row: &super::Row) -> Result<SignIn, StoreError> {
    Ok(SignIn {
        link: LinkRef(row.bytes("link")?),
        connector: ConnectorId(row.get("connector_id")?),
        browser: row.bytes("browser_hash")?,
        code: row.bytes("code_hash")?,
        tries: row.get("tries")?,
        created_at: Ts(row.get("created_at")?),
        expires_at: Ts(row.get("expires_at")?),
        used_at: row.opt("used_at")?.map(Ts),
    })
}

pub async fn add(
    tx: &mut Tx,
    id: SessionId,
    connector: ConnectorId,
    token: [u8; 32],
    now: Ts,
    expires_at: Ts,
) -> Result<(), StoreError> {
    tx.q("INSERT INTO session (id, connector_id, token_hash, created_at, seen_at, expires_at)
          VALUES ($1, $2, $3, $4, $4, $5)")
        .bind(id.0)
        .bind(connector.0)
        .bind(token.to_vec())
        .bind(now.0)
        .bind(expires_at.0)
        .run()
        .await?;
    Ok(())
}

/// Whose session a cookie belongs to.
pub async fn find(
    tx: &mut Tx,
    token: [u8; 32],
    now: Ts,
) -> Result<Option<(SessionId, ConnectorId)>, StoreError> {
    let row = tx
        .q("SELECT id, connector_id FROM session WHERE token_hash = $1 AND expires_at > $2")
        .bind(token.to_vec())
        .bind(now.0)
        .one()
        .await?;
    row.map(|row| Ok((SessionId(row.get("id")?), ConnectorId(row.get("connector_id")?)))).transpose()
}

pub async fn end(tx: &mut Tx, id: SessionId) -> Result<(), StoreError> {
    tx.q("DELETE FROM session WHERE id = $1").bind(id.0).run().await?;
    Ok(())
}

/// Forgets what is over.
pub async fn prune(tx: &mut Tx, now: Ts) -> Result<u64, StoreError> {
    let sessions = tx.q("DELETE FROM session WHERE expires_at <= $1").bind(now.0).run().await?;
    let day = 86_400_000_000_i64;
    let sign_ins = tx.q("DELETE FROM sign_in WHERE expires_at <= $1").bind(now.0 - day).run().await?;
    Ok(sessions + sign_ins)
}
