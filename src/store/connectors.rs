//! Connectors and admins.

use super::error::StoreError;
use super::query::Row;
use super::tx::Tx;
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::connector::{Connector, Role};
use crate::ids::ConnectorId;

/// Adds a connector. `false` when the address has an account already.
pub async fn insert(tx: &mut Tx, new: &Connector) -> Result<bool, StoreError> {
    let added = tx
        .q("INSERT INTO connector (id, email, email_key, name, role, signature, time_zone, language, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (email_key) DO NOTHING")
        .bind(new.id.0)
        .bind(new.email.as_str())
        .bind(key(&new.email))
        .bind(new.name.as_str())
        .bind(new.role.as_str())
        .bind(new.signature.as_str())
        .bind(new.time_zone.as_str())
        .bind(new.language.as_str())
        .bind(new.created_at.0)
        .run()
        .await?;
    Ok(added == 1)
}

pub async fn get(tx: &mut Tx, id: ConnectorId) -> Result<Option<Connector>, StoreError> {
    let row = tx.q("SELECT * FROM connector WHERE id = $1").bind(id.0).one().await?;
    row.as_ref().map(read).transpose()
}

/// By address, whatever its case.
pub async fn find(tx: &mut Tx, email: &EmailAddress) -> Result<Option<Connector>, StoreError> {
    let row = tx.q("SELECT * FROM connector WHERE email_key = $1").bind(key(email)).one().await?;
    row.as_ref().map(read).transpose()
}

/// All of them, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Connector>, StoreError> {
    let rows = tx.q("SELECT * FROM connector ORDER BY name, id").all().await?;
    rows.iter().map(read).collect()
}

pub(super) fn key(email: &EmailAddress) -> String {
    email.as_str().to_lowercase()
}

pub(super) fn read(row: &Row) -> Result<Connector, StoreError> {
    let email: String = row.get("email")?;
    Ok(Connector {
        id: ConnectorId(row.get("id")?),
        email: EmailAddress::parse("email", &email)
            .map_err(|problem| StoreError::Data { column: "email", why: problem.code.to_owned() })?,
        name: row.get("name")?,
        role: row.word("role", Role::parse)?,
        signature: row.get("signature")?,
        time_zone: row.get("time_zone")?,
        language: row.get("language")?,
        created_at: Ts(row.get("created_at")?),
        suspended_at: row.opt("suspended_at")?.map(Ts),
        deleted_at: row.opt("deleted_at")?.map(Ts),
    })
}
