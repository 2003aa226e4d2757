//! Migrations: the same schema on both databases, applied once, never edited.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use futures_util::future::join_all;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use twoyes::store::{Db, MigrateError, StoreError, Tx, migrate, schema_state};

use crate::store_kit::{T0, look, unit};
use crate::support::db::{Engine, both, fresh, has_postgres};

const ENGINES: [&str; 2] = ["sqlite", "postgres"];

fn names(engine: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(Path::new("migrations").join(engine)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn both_folders_have_the_same_files() {
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(names("sqlite").iter().all(|name| name.len() > 8 && name.as_bytes()[4] == b'_'));
}

/// Refresh, only before the first release and for a new migration: `tests/tools/checksums.sh`
#[test]
fn no_migration_was_edited() {
    let mut now = String::new();
    for engine in ENGINES {
        for name in names(engine) {
            let path = format!("migrations/{engine}/{name}");
            let sum = Sha256::digest(std::fs::read(&path).unwrap());
            writeln!(now, "{}  {path}", data_encoding::HEXLOWER.encode(&sum)).unwrap();
        }
    }
    let kept = std::fs::read_to_string("migrations/CHECKSUMS").unwrap();
    let sorted = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(
        sorted(&now),
        sorted(&kept),
        "a migration that was released is never edited; a new one: run tests/tools/checksums.sh"
    );
}

/// Table and column -> whether it may be NULL, and its place in the primary key (0 for none).
type Columns = BTreeMap<(String, String), (bool, i64)>;

async fn columns(db: &Db) -> Columns {
    let rows = look!(db, tx => tx.q2(
        "SELECT m.name AS tab, c.name AS col, c.\"notnull\" = 0 AS nullable, c.pk AS place
         FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'contact_find%'",
        "SELECT CAST(c.table_name AS TEXT) AS tab, CAST(c.column_name AS TEXT) AS col,
           c.is_nullable = 'YES' AS nullable,
           CAST(COALESCE((
             SELECT k.ordinal_position FROM information_schema.key_column_usage k
             JOIN information_schema.table_constraints t
               ON t.constraint_name = k.constraint_name AND t.table_schema = k.table_schema
                 AND t.table_name = k.table_name
             WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema
               AND k.table_name = c.table_name AND k.column_name = c.column_name), 0) AS BIGINT) AS place
         FROM information_schema.columns c WHERE c.table_schema = current_schema()",
    ).all());
    let mut columns = Columns::new();
    for row in rows {
        let key = (row.get("tab").unwrap(), row.get("col").unwrap());
        columns.insert(key, (row.get("nullable").unwrap(), row.get("place").unwrap()));
    }
    columns
}

/// Table and columns of every index and unique rule, without their names.
async fn indexes(db: &Db) -> BTreeSet<(String, String, bool)> {
    let rows = look!(db, tx => tx.q2(
        "SELECT m.name AS tab, i.\"unique\" AS single,
           (SELECT group_concat(name, ',') FROM (
              SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) AS cols
         FROM sqlite_master m JOIN pragma_index_list(m.name) i
         WHERE m.type = 'table' AND m.name <> 'migration' AND m.name NOT LIKE 'contact_find%'",
        "SELECT CAST(t.relname AS TEXT) AS tab, x.indisunique AS single,
           (SELECT string_agg(CAST(a.attname AS TEXT), ',' ORDER BY k.n)
            FROM unnest(x.indkey) WITH ORDINALITY AS k(num, n)
            JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.num) AS cols
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
         -- Full text is searched by a table of its own on SQLite (`contact_find`).
         JOIN pg_am m ON m.oid = i.relam AND m.amname <> 'gin' JOIN pg_class t ON t.oid = x.indrelid
         JOIN pg_namespace s ON s.oid = t.relnamespace
         WHERE s.nspname = current_schema() AND t.relname <> 'migration'
           -- On SQLite such a key is the row id, without an index of its own.
           AND NOT (x.indisprimary AND x.indnatts = 1 AND (SELECT a.atttypid = 'int8'::regtype
                    FROM pg_attribute a WHERE a.attrelid = x.indrelid AND a.attnum = x.indkey[0]))",
    ).all());
    let read = |row: &twoyes::store::Row| -> Result<_, StoreError> {
        Ok((row.get("tab")?, row.get("cols")?, row.get("single")?))
    };
    rows.iter().map(|row| read(row).unwrap()).collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    if !has_postgres() {
        return;
    }
    let (sqlite, postgres) = (fresh(Engine::Sqlite).await, fresh(Engine::Postgres).await);
    let (ours, theirs) = (columns(&sqlite.db).await, columns(&postgres.db).await);
    assert!(ours.len() > 100, "{} columns", ours.len());
    assert_eq!(ours, theirs);
    assert_eq!(indexes(&sqlite.db).await, indexes(&postgres.db).await);
    println!("{} columns of the same name, nullability and key on both", ours.len());
}

/// Every table on SQLite checks types.
#[tokio::test]
async fn every_table_on_sqlite_is_strict() {
    let db = fresh(Engine::Sqlite).await;
    let sql = "SELECT name FROM pragma_table_list
               WHERE strict = 0 AND schema = 'main' AND name NOT LIKE 'sqlite_%' AND name <> 'migration'
                 AND name NOT LIKE 'contact_find%'";
    let loose = look!(db.db, tx => tx.q(sql).all());
    assert!(loose.is_empty(), "{:?}", loose.iter().map(|row| row.get::<String>("name")).collect::<Vec<_>>());
}

both! {
    async fn a_migrated_schema_is_fit_and_migrating_again_does_nothing(db: TestDb) {
        schema_state(&db.db).await.unwrap();
        assert_eq!(migrate(&db.db, T0).await.unwrap(), 0);
        schema_state(&db.again().await).await.unwrap();
    }

    async fn a_newer_schema_is_refused(db: TestDb) {
        unit!(db.db, tx => insert_version(tx, 999)).unwrap();
        let sentence = "the database is of a newer version (migration 999); start the newer twoyes, or restore a backup";
        for ended in [migrate(&db.db, T0).await.map(drop), schema_state(&db.db).await] {
            let error = ended.unwrap_err();
            assert!(matches!(error, MigrateError::Newer(999)));
            assert_eq!(error.to_string(), sentence);
        }
    }

    async fn a_changed_migration_is_refused(db: TestDb) {
        unit!(db.db, tx => tx.q("UPDATE migration SET checksum = 'x' WHERE version = 1").exactly_one()).unwrap();
        let sentence = "migration 1 was changed after it was applied to this database; use the release that made it";
        for ended in [migrate(&db.db, T0).await.map(drop), schema_state(&db.db).await] {
            let error = ended.unwrap_err();
            assert!(matches!(error, MigrateError::Changed(1)));
            assert_eq!(error.to_string(), sentence);
        }
    }

    async fn a_pending_migration_is_refused_and_can_then_be_applied(db: TestDb) {
        let empty = bare(db.engine).await;
        let error = schema_state(&empty.db).await.unwrap_err();
        assert!(matches!(error, MigrateError::Pending(1)), "without the table of migrations");
        assert_eq!(error.to_string(), "migration 1 was not applied yet; run `twoyes migrate`");
        migrate(&empty.db, T0).await.unwrap();
        schema_state(&empty.db).await.unwrap();
        unit!(empty.db, tx => tx.q("DELETE FROM migration").run()).unwrap();
        let error = schema_state(&empty.db).await.unwrap_err();
        assert!(matches!(error, MigrateError::Pending(1)), "with an empty one");
    }

    async fn a_migration_that_fails_leaves_nothing_and_no_lock(db: TestDb) {
        let empty = bare(db.engine).await;
        // Something of that name stands in the way.
        unit!(empty.db, tx => tx.q("CREATE TABLE route (name TEXT NOT NULL)").run()).unwrap();
        assert!(matches!(migrate(&empty.db, T0).await, Err(MigrateError::Store(_))));
        let tables: BTreeSet<String> = columns(&empty.db).await.into_keys().map(|(table, _)| table).collect();
        assert_eq!(tables, BTreeSet::from(["route".to_owned()]), "nothing of it was kept");
        unit!(empty.db, tx => tx.q("DROP TABLE route").run()).unwrap();
        let again = empty.again().await;
        let again = tokio::time::timeout(std::time::Duration::from_secs(5), migrate(&again, T0)).await;
        assert!(again.unwrap().unwrap() > 0, "nobody holds the lock of migrations");
    }

    async fn six_that_migrate_at_once_all_succeed(db: TestDb) {
        for _ in 0..5 {
            let (url, _folder) = bare_url(db.engine).await;
            let starts = (0..6).map(|_| {
                let url = url.clone();
                tokio::spawn(async move {
                    let db = Db::connect(&url, 2).await?;
                    Ok::<_, MigrateError>((migrate(&db, T0).await?, schema_state(&db).await?))
                })
            });
            let mut applied = 0;
            for end in join_all(starts).await {
                applied += end.unwrap().unwrap().0;
            }
            assert_eq!(applied, names("sqlite").len(), "each migration was applied by one of them");
        }
    }
}

async fn insert_version(tx: &mut Tx, version: i64) -> Result<(), StoreError> {
    tx.q("INSERT INTO migration (version, name, checksum, applied_at) VALUES ($1, 'later', 'x', 1)")
        .bind(version)
        .exactly_one()
        .await
}

#[tokio::test]
async fn an_unknown_kind_of_database_is_refused() {
    for (url, scheme) in
        [("mysql://host/db", "mysql"), ("twoyes.db", "twoyes.db"), ("", ""), ("SQLITE:x", "SQLITE")]
    {
        let error = Db::connect(url, 1).await.err().unwrap();
        let sentence = format!("`{scheme}:`; only `sqlite:` and `postgres:` are known");
        assert!(
            matches!(error, StoreError::Unavailable(_)) && error.to_string().ends_with(&sentence),
            "{error}"
        );
    }
}

/// A database without our tables.
struct Bare {
    db: Db,
    url: String,
    _folder: tempfile::TempDir,
}

impl Bare {
    async fn again(&self) -> Db {
        Db::connect(&self.url, 2).await.unwrap()
    }
}

async fn bare(engine: Engine) -> Bare {
    let (url, folder) = bare_url(engine).await;
    Bare { db: Db::connect(&url, 2).await.unwrap(), url, _folder: folder }
}

/// On SQLite there is not even a file yet.
async fn bare_url(engine: Engine) -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.path().join("twoyes.db").display()),
        Engine::Postgres => emptied(&fresh(engine).await.url).await,
    };
    (url, folder)
}

/// The same schema without its tables.
async fn emptied(url: &str) -> String {
    let (_, schema) = url.split_once("[search_path]=").unwrap();
    let mut server = PgConnection::connect(url).await.unwrap();
    let sql = format!("DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}");
    server.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    server.close().await.unwrap();
    url.to_owned()
}
