//! Which mails carry links of a key: what would stop working without it.

use super::error::StoreError;
use super::tx::Tx;

/// How many mails were written with links under this key, those that wait included. Each carries a stop
/// link, and stop links never expire. Reads the whole outbox: for the command line only.
pub async fn mails_under(tx: &mut Tx, kid: u8) -> Result<i64, StoreError> {
    let row = tx
        .q("SELECT COUNT(*) AS mails FROM delivery WHERE state <> 'cancelled' AND links LIKE $1")
        .bind(format!("%\"kid\":{kid},%"))
        .one()
        .await?;
    row.map_or(Ok(0), |row| row.get("mails"))
}
