//! API tokens: the secret is shown once and stored as SHA-256.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::connector::Scope;
use crate::ids::{ConnectorId, TokenId};

/// A token without its secret.
#[derive(Clone, Debug)]
pub struct Token {
    pub id: TokenId,
    pub connector: ConnectorId,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: Ts,
    pub used_at: Option<Ts>,
    pub revoked_at: Option<Ts>,
}

pub async fn insert(tx: &mut Tx, new: &Token, hash: [u8; 32]) -> Result<(), StoreError> {
    let scopes = new.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    tx.q("INSERT INTO api_token (id, connector_id, name, token_hash, scopes, created_at)
          VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(new.id.0)
        .bind(new.connector.0)
        .bind(new.name.as_str())
        .bind(hash.to_vec())
        .bind(scopes)
        .bind(new.created_at.0)
        .run()
        .await?;
    Ok(())
}

/// The token with this hash, unless it was revoked.
pub async fn find(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<Token>, StoreError> {
    let row = tx
        .q("SELECT * FROM api_token WHERE token_hash = $1 AND revoked_at IS NULL")
        .bind(hash.to_vec())
        .one()
        .await?;
    row.as_ref().map(read).transpose()
}

pub async fn of_connector(tx: &mut Tx, connector: ConnectorId) -> Result<Vec<Token>, StoreError> {
    let rows =
        tx.q("SELECT * FROM api_token WHERE connector_id = $1 ORDER BY id").bind(connector.0).all().await?;
    rows.iter().map(read).collect()
}

/// Revokes it. `false` when there is no such token that was good until now.
pub async fn revoke(tx: &mut Tx, id: TokenId, now: Ts) -> Result<bool, StoreError> {
    let revoked = tx
        .q("UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(revoked == 1)
}

/// Revokes a token of this account. `false` when it has no such token that was good until now.
pub async fn revoke_own(tx: &mut Tx, owner: ConnectorId, id: TokenId, now: Ts) -> Result<bool, StoreError> {
    let revoked = tx
        .q("UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND connector_id = $2 AND revoked_at IS NULL")
        .bind(id.0)
        .bind(owner.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(revoked == 1)
}

/// Revokes every token of an account.
pub async fn revoke_all(tx: &mut Tx, owner: ConnectorId, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE api_token SET revoked_at = $2 WHERE connector_id = $1 AND revoked_at IS NULL")
        .bind(owner.0)
        .bind(now.0)
        .run()
        .await?;
    Ok(())
}

/// Notes its use, to the hour: reading the API must not cost a write each time.
pub async fn touch(tx: &mut Tx, id: TokenId, now: Ts) -> Result<(), StoreError> {
    tx.q("UPDATE api_token SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $3)")
        .bind(id.0)
        .bind(now.0)
        .bind(now.0 - 3_600_000_000)
        .run()
        .await?;
    Ok(())
}

fn read(row: &Row) -> Result<Token, StoreError> {
    let scopes: String = row.get("scopes")?;
    Ok(Token {
        id: TokenId(row.get("id")?),
        connector: ConnectorId(row.get("connector_id")?),
        name: row.get("name")?,
        scopes: scopes.split(' ').filter_map(Scope::parse).collect(),
        created_at: Ts(row.get("created_at")?),
        used_at: row.opt("used_at")?.map(Ts),
        revoked_at: row.opt("revoked_at")?.map(Ts),
    })
}
