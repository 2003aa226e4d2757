//! Browser sessions and sign-in links. Secrets are stored as SHA-256 only.

use super::error::StoreError;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::device::Device;
use crate::ids::{ConnectorId, LinkRef, SessionId};

/// A sign-in that was asked for.
#[derive(Clone)]
pub struct SignIn {
    pub link: LinkRef,
    /// `None` when the address has no account: the row is there all the same, so that nobody can tell.
    pub connector: Option<ConnectorId>,
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
        .bind(new.connector.map(|id| id.0))
        .bind(new.browser.to_vec())
        .bind(new.code.to_vec())
        .bind(new.created_at.0)
        .bind(new.expires_at.0)
        .run()
        .await?;
    Ok(())
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
        connector: row.opt("connector_id")?.map(ConnectorId),
        browser: row.bytes("browser_hash")?,
        code: row.bytes("code_hash")?,
        tries: row.get("tries")?,
        created_at: Ts(row.get("created_at")?),
        expires_at: Ts(row.get("expires_at")?),
        used_at: row.opt("used_at")?.map(Ts),
    })
}

/// A session as its owner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub connector: ConnectorId,
    pub device: Device,
    pub created_at: Ts,
    /// When something was last done in it, to a few minutes.
    pub seen_at: Ts,
    pub expires_at: Ts,
}

pub async fn add(tx: &mut Tx, new: &Session, token: [u8; 32]) -> Result<(), StoreError> {
    tx.q("INSERT INTO session (id, connector_id, token_hash, device, created_at, seen_at, expires_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(new.id.0)
        .bind(new.connector.0)
        .bind(token.to_vec())
        .bind(new.device.as_text())
        .bind(new.created_at.0)
        .bind(new.seen_at.0)
        .bind(new.expires_at.0)
        .run()
        .await?;
    Ok(())
}

/// The session of a cookie, unless its time is over or nothing was done in it since `idle`.
pub async fn find(tx: &mut Tx, token: [u8; 32], now: Ts, idle: Ts) -> Result<Option<Session>, StoreError> {
    let row = tx
        .q("SELECT * FROM session WHERE token_hash = $1 AND expires_at > $2 AND seen_at > $3")
        .bind(token.to_vec())
        .bind(now.0)
        .bind(idle.0)
        .one()
        .await?;
    row.as_ref().map(read_session).transpose()
}

/// The living sessions of an account, newest first.
pub async fn of_connector(
    tx: &mut Tx,
    connector: ConnectorId,
    now: Ts,
    idle: Ts,
) -> Result<Vec<Session>, StoreError> {
    let rows = tx
        .q("SELECT * FROM session WHERE connector_id = $1 AND expires_at > $2 AND seen_at > $3
            ORDER BY id DESC")
        .bind(connector.0)
        .bind(now.0)
        .bind(idle.0)
        .all()
        .await?;
    rows.iter().map(read_session).collect()
}

/// Notes that something was done in it, and by whom.
pub async fn touch(tx: &mut Tx, of: &Session, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2")
        .bind(of.id.0)
        .bind(now.0)
        .run()
        .await?;
    tx.q("UPDATE connector SET seen_at = $2 WHERE id = $1 AND (seen_at IS NULL OR seen_at < $2)")
        .bind(of.connector.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}

/// Ends a session of this account. `false` when there is none.
pub async fn end(tx: &mut Tx, owner: ConnectorId, id: SessionId) -> Result<bool, StoreError> {
    let ended = tx
        .q("DELETE FROM session WHERE id = $1 AND connector_id = $2")
        .bind(id.0)
        .bind(owner.0)
        .run()
        .await?;
    Ok(ended == 1)
}

/// Ends the session of a cookie, whoever it belongs to: it is replaced by another in the same browser.
pub async fn end_token(tx: &mut Tx, token: [u8; 32]) -> Result<(), StoreError> {
    tx.q("DELETE FROM session WHERE token_hash = $1").bind(token.to_vec()).run().await?;
    Ok(())
}

/// Ends all sessions of an account but `keep`, and every sign-in that was asked for it.
pub async fn end_all(tx: &mut Tx, owner: ConnectorId, keep: Option<SessionId>) -> Result<(), StoreError> {
    tx.q("DELETE FROM session WHERE connector_id = $1 AND id <> $2")
        .bind(owner.0)
        .bind(keep.map_or(uuid::Uuid::nil(), |id| id.0))
        .run()
        .await?;
    tx.q("DELETE FROM sign_in WHERE connector_id = $1").bind(owner.0).run().await?;
    Ok(())
}

fn read_session(row: &super::Row) -> Result<Session, StoreError> {
    let device: String = row.get("device")?;
    Ok(Session {
        id: SessionId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        device: Device::from_text(&device),
        created_at: Ts(row.get("created_at")?),
        seen_at: Ts(row.get("seen_at")?),
        expires_at: Ts(row.get("expires_at")?),
    })
}

/// Forgets what is over.
pub async fn prune(tx: &mut Tx, now: Ts) -> Result<u64, StoreError> {
    let sessions = tx.q("DELETE FROM session WHERE expires_at <= $1").bind(now.0).run().await?;
    let day = 86_400_000_000_i64;
    let sign_ins = tx.q("DELETE FROM sign_in WHERE expires_at <= $1").bind(now.0 - day).run().await?;
    let limits = tx.q("DELETE FROM address_limit WHERE full_at <= $1").bind(now.0).run().await?;
    let changes = tx.q("DELETE FROM account_move WHERE expires_at <= $1").bind(now.0).run().await?;
    Ok(sessions + sign_ins + limits + changes)
}
