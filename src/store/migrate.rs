//! Migrations: embedded, numbered, applied in order, never edited.

use sha2::{Digest, Sha256};

use super::Db;
use super::error::StoreError;
use super::tx::{Conn, Tx};

struct Migration {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migration {
    (@file $version:literal, $name:literal, $zeros:literal) => {
        Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $zeros, $version, "_", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $zeros, $version, "_", $name, ".sql")),
        }
    };
    ($version:literal, $name:literal) => {
        migration!(@file $version, $name, "000")
    };
    // From 10 on.
    (two digits: $version:literal, $name:literal) => {
        migration!(@file $version, $name, "00")
    };
}

const MIGRATIONS: &[Migration] = &[
    migration!(1, "start"),
    migration!(2, "your_page"),
    migration!(3, "accounts"),
    migration!(4, "contacts"),
    migration!(5, "desk"),
    migration!(6, "outcomes"),
    migration!(7, "admin"),
    migration!(8, "retention"),
    migration!(9, "evidence"),
    migration!(two digits: 10, "epochs"),
    migration!(two digits: 11, "inbound"),
    migration!(two digits: 12, "instance"),
    migration!(two digits: 13, "other_blurb"),
    migration!(two digits: 14, "unit_token"),
    migration!(two digits: 15, "limits"),
    migration!(two digits: 16, "due_domain"),
    migration!(two digits: 17, "circles"),
    migration!(two digits: 18, "import"),
    migration!(two digits: 19, "meet"),
    migration!(two digits: 20, "plan"),
    migration!(two digits: 21, "fit"),
    migration!(two digits: 22, "touch"),
    migration!(two digits: 23, "thanks"),
    migration!(two digits: 24, "own_card"),
    migration!(two digits: 25, "ask_me"),
    migration!(two digits: 26, "weekly"),
    migration!(two digits: 27, "outside_complaint"),
    migration!(two digits: 28, "plain_predicates"),
];

/// Why the schema does not fit this version.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(
        "the database is of a newer version (migration {0}); start the newer twoyes, or restore a backup"
    )]
    Newer(i64),
    #[error("migration {0} was changed after it was applied to this database; use the release that made it")]
    Changed(i64),
    #[error("migration {0} was not applied yet; run `twoyes migrate`")]
    Pending(i64),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl super::UnitError for MigrateError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Newer(_) | Self::Changed(_) | Self::Pending(_) => None,
        }
    }
}

/// Brings the schema up to this version, in one transaction. Several processes may try at once.
/// Returns how many migrations were applied.
pub async fn migrate(db: &Db, now: crate::clock::Ts) -> Result<usize, MigrateError> {
    db.write(move |tx| {
        Box::pin(async move {
            lock(tx).await?;
            let applied = applied(tx).await?;
            let pending = judge(tx, &applied)?;
            for migration in &pending {
                let (sql, sum) = text_for(tx, migration);
                tx.script(sql).await?;
                tx.q("INSERT INTO migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)")
                    .bind(migration.version)
                    .bind(migration.name)
                    .bind(sum)
                    .bind(now.0)
                    .run()
                    .await?;
            }
            Ok(pending.len())
        })
    })
    .await
}

/// `Ok` when the schema is exactly this version's.
pub async fn schema_state(db: &Db) -> Result<(), MigrateError> {
    let mut tx = db.read().await?;
    let known = tx
        .q2(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'migration'",
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables
             WHERE table_name = 'migration' AND table_schema = current_schema()",
        )
        .one()
        .await?;
    if known.is_none() {
        return Err(MigrateError::Pending(1));
    }
    let applied = applied(&mut tx).await?;
    let pending = judge(&tx, &applied)?;
    match pending.first() {
        Some(migration) => Err(MigrateError::Pending(migration.version)),
        None => Ok(()),
    }
}

/// One migrating process at a time: SQLite has one writer anyway.
async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    if let Conn::Postgres(_) = tx.conn {
        // Held by the transaction, so that no failure can leave it behind.
        tx.command("SELECT pg_advisory_xact_lock(7405612906331)").await?;
    }
    tx.command(
        "CREATE TABLE IF NOT EXISTS migration (
            version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL,
            checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
    )
    .await
}

async fn applied(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    let rows = tx.q("SELECT version, checksum FROM migration ORDER BY version").all().await?;
    rows.iter().map(|row| Ok((row.get("version")?, row.get("checksum")?))).collect()
}

fn judge(tx: &Tx, applied: &[(i64, String)]) -> Result<Vec<&'static Migration>, MigrateError> {
    for (version, checksum) in applied {
        let Some(migration) = MIGRATIONS.iter().find(|m| m.version == *version) else {
            return Err(MigrateError::Newer(*version));
        };
        if text_for(tx, migration).1 != *checksum {
            return Err(MigrateError::Changed(*version));
        }
    }
    Ok(MIGRATIONS.iter().filter(|m| applied.iter().all(|(version, _)| *version != m.version)).collect())
}

fn text_for(tx: &Tx, migration: &Migration) -> (&'static str, String) {
    let sql = match tx.conn {
        Conn::Writer(_) | Conn::Reader(_) => migration.sqlite,
        Conn::Postgres(_) => migration.postgres,
    };
    (sql, data_encoding::HEXLOWER.encode(&Sha256::digest(sql.as_bytes())))
}
