//! `Db::write`: all of a unit or nothing, whatever happens around it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use twoyes::clock::Ts;
use twoyes::store::{Db, StoreError, Tx, routes, routes::Route};

use crate::store_kit::{T0, connector, look, saved_connector, unit};
use crate::support::db::both;

fn route(name: &str, failures: i64) -> Route {
    Route { name: name.into(), failures, paused_until: None, words: String::new(), changed_at: T0 }
}

/// One read and one write that rests on it.
async fn count_up(tx: &mut Tx, name: &str) -> Result<i64, StoreError> {
    let row = tx.q2(
        "SELECT failures FROM route WHERE name = $1",
        "SELECT failures FROM route WHERE name = $1 FOR UPDATE",
    );
    let row = row.bind(name).one().await?.ok_or(StoreError::Stale("no row"))?;
    let next = row.get::<i64>("failures")? + 1;
    tokio::task::yield_now().await;
    routes::put(tx, &route(name, next)).await?;
    Ok(next)
}

async fn put(db: &Db, name: &str) {
    let new = route(name, 0);
    unit!(db, tx, new => routes::put(tx, &new)).unwrap();
}

async fn count(db: &Db, name: &str) -> Option<i64> {
    look!(db, tx => routes::get(tx, name)).map(|route| route.failures)
}

/// Writes and then refuses.
async fn half(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    routes::put(tx, &route(name, 1)).await?;
    Err(refused())
}

fn refused() -> StoreError {
    StoreError::Data { column: "failures", why: "the caller's own reason".into() }
}

async fn half_and_panic(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    routes::put(tx, &route(name, 1)).await?;
    panic!("a defect in a unit");
}

both! {
    async fn a_unit_that_fails_rolls_back_alone(db: TestDb) {
        let units = (0..60_u8).map(|n| {
            let db = db.db.clone();
            async move {
                let name = format!("r{n}");
                let new = route(&name, 7);
                match n % 3 {
                    0 => drop(unit!(db, tx, name => half(tx, &name)).unwrap_err()),
                    _ => unit!(db, tx, new => routes::put(tx, &new)).unwrap(),
                }
            }
        });
        join_all(units).await;
        for n in 0..60_u8 {
            let kept = count(&db.db, &format!("r{n}")).await;
            assert_eq!(kept, (n % 3 != 0).then_some(7), "unit {n}");
        }
    }

    /// Those that wait together may run a second time, because one of them fails after it wrote: the work of each is
    /// done once, and who failed without writing is told the same.
    async fn what_runs_again_is_done_once(db: TestDb) {
        put(&db.db, "all").await;
        let units = (0..90_u8).map(|n| {
            let db = db.db.clone();
            async move {
                let ended = unit!(db, tx, n => async {
                    if n % 3 == 1 {
                        routes::get(tx, "all").await?;
                        return Err(refused());
                    }
                    count_up(tx, "all").await?;
                    if n % 30 == 0 { Err(refused()) } else { Ok(()) }
                });
                assert_eq!(ended.is_ok(), n % 3 != 1 && n % 30 != 0, "unit {n}: {ended:?}");
            }
        });
        join_all(units).await;
        assert_eq!(count(&db.db, "all").await, Some(57));
    }

    async fn a_unit_that_panics_takes_nobody_with_it(db: TestDb) {
        let units = (0..40_u8).map(|n| {
            let db = db.db.clone();
            async move {
                let name = format!("r{n}");
                let new = route(&name, 7);
                if n % 4 == 0 {
                    let error = unit!(db, tx, name => half_and_panic(tx, &name)).unwrap_err();
                    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
                } else {
                    unit!(db, tx, new => routes::put(tx, &new)).unwrap();
                }
            }
        });
        join_all(units).await;
        put(&db.db, "after").await;
        for n in 0..40_u8 {
            let kept = count(&db.db, &format!("r{n}")).await;
            assert_eq!(kept, (n % 4 != 0).then_some(7), "unit {n}");
        }
        clean_connections(&db.db).await;
    }

    async fn a_caller_that_goes_away_leaves_all_or_nothing(db: TestDb) {
        let mut gone = 0;
        for n in 0..200_u64 {
            let (db, a, b) = (db.db.clone(), route(&format!("a{n}"), 1), route(&format!("b{n}"), 1));
            let write = async move {
                unit!(db, tx, a, b => async {
                    routes::put(tx, &a).await?;
                    tokio::task::yield_now().await;
                    routes::put(tx, &b).await
                })
            };
            // Gone at every stage: as soon as it is handed over, in the middle, just before the answer. Counted in
            // turns: a unit can be over before the shortest time that a timer knows.
            let leave = async {
                for _ in 0..n {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! { biased; _ = write => {}, () = leave => gone += 1 }
        }
        put(&db.db, "after").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut kept = 0;
        for n in 0..200_u64 {
            let (a, b) = (count(&db.db, &format!("a{n}")).await, count(&db.db, &format!("b{n}")).await);
            assert_eq!(a, b, "half of unit {n}");
            kept += usize::from(a.is_some());
        }
        assert!(gone > 0, "nobody went away");
        println!("{:?}: {gone} of 200 callers went away; {kept} units were kept, each of them whole", db.engine);
        clean_connections(&db.db).await;
    }

    async fn two_hundred_units_that_read_and_then_write_all_succeed(db: TestDb) {
        put(&db.db, "counter").await;
        let begin = Instant::now();
        let units = (0..200).map(|_| {
            let db = db.db.clone();
            tokio::spawn(async move { unit!(db, tx => count_up(tx, "counter")) })
        });
        let mut numbers: Vec<i64> = join_all(units).await.into_iter().map(|end| end.unwrap().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=200).collect::<Vec<_>>(), "each saw what the one before it wrote");
        assert_eq!(count(&db.db, "counter").await, Some(200));
        println!("{:?}: 200 concurrent read-then-write units in {:?}", db.engine, begin.elapsed());
    }

    async fn a_stale_unit_is_repeated_where_it_can_help(db: TestDb) {
        // Compare-and-set without a lock: on PostgreSQL most of these collide and run again.
        put(&db.db, "counter").await;
        let units = (0..40).map(|_| {
            let db = db.db.clone();
            tokio::spawn(async move { unit!(db, tx => compare_and_set(tx)) })
        });
        for end in join_all(units).await {
            end.unwrap().unwrap();
        }
        assert_eq!(count(&db.db, "counter").await, Some(40));
    }

    async fn an_error_that_a_unit_swallows_is_not_committed_as_a_success(db: TestDb) {
        // PostgreSQL answers COMMIT with ROLLBACK, and no error, once a statement has failed.
        let new = connector(1);
        saved_connector(&db.db, 1).await;
        let ended = unit!(db.db, tx, new => async {
            routes::put(tx, &route("swallowed", 1)).await?;
            let again = tx.q("INSERT INTO connector (id, email, email_key, name, role, signature, time_zone,
                                language, created_at) VALUES ($1, 'a', 'a', 'a', 'a', 'a', 'a', 'a', 1)");
            assert!(matches!(again.bind(new.id.0).run().await, Err(StoreError::Rule(_))));
            Ok::<_, StoreError>(())
        });
        let kept = count(&db.db, "swallowed").await.is_some();
        assert_eq!(ended.is_ok(), kept, "what was acknowledged is there: {ended:?}");
        clean_connections(&db.db).await;
    }

    async fn wrong_numbers_of_values_are_refused(db: TestDb) {
        let sql = "SELECT name FROM route WHERE name = $1 AND failures = $2";
        let mut tx = db.db.read().await.unwrap();
        let few = tx.q(sql).bind("x").all().await.err().unwrap();
        assert!(matches!(few, StoreError::Binds { placeholders: 2, binds: 1, .. }), "{few}");
        assert!(few.to_string().starts_with("2 placeholders but 1 values in: SELECT name"), "{few}");
        let many = tx.q(sql).bind("x").bind(1_i64).bind(2_i64).one().await.err().unwrap();
        assert!(matches!(many, StoreError::Binds { placeholders: 2, binds: 3, .. }), "{many}");
        let run = tx.q("DELETE FROM route WHERE name = $1").run().await.err().unwrap();
        assert!(matches!(run, StoreError::Binds { placeholders: 1, binds: 0, .. }), "{run}");
        assert!(tx.q(sql).bind("x").bind(1_i64).all().await.unwrap().is_empty());
    }

    async fn a_null_where_a_value_must_be_is_an_error(db: TestDb) {
        let mut tx = db.db.read().await.unwrap();
        let sql = "SELECT CAST(NULL AS TEXT) AS words, CAST(NULL AS BIGINT) AS number, 'x' AS other";
        let row = tx.q(sql).one().await.unwrap().unwrap();
        assert!(matches!(row.get::<String>("words"), Err(StoreError::Data { column: "words", .. })));
        assert!(matches!(row.get::<i64>("number"), Err(StoreError::Data { column: "number", .. })));
        assert!(matches!(row.bytes::<4>("words"), Err(StoreError::Data { column: "words", .. })));
        assert_eq!(row.opt::<String>("words").unwrap(), None);
        assert_eq!(row.opt::<i64>("number").unwrap(), None);
        assert!(matches!(row.get::<String>("missing"), Err(StoreError::Data { column: "missing", .. })));
        let word = row.word("other", twoyes::domain::asking::Side::parse);
        assert!(matches!(word, Err(StoreError::Data { column: "other", .. })), "no such word");
    }

    async fn exactly_one_insists_on_one(db: TestDb) {
        put(&db.db, "a").await;
        put(&db.db, "b").await;
        let none = unit!(db.db, tx => tx.q("DELETE FROM route WHERE name = 'c'").exactly_one());
        assert!(matches!(none, Err(StoreError::Stale(sql)) if sql.contains("'c'")));
        let both = unit!(db.db, tx => tx.q("DELETE FROM route").exactly_one());
        assert!(matches!(both, Err(StoreError::Stale(_))));
        unit!(db.db, tx => tx.q("DELETE FROM route WHERE name = 'a'").exactly_one()).unwrap();
        assert_eq!((count(&db.db, "a").await, count(&db.db, "b").await), (None, Some(0)));
    }

    async fn broken_rules_have_the_same_name_on_both(db: TestDb) {
        let twice = connector(1);
        saved_connector(&db.db, 1).await;
        let insert = "INSERT INTO connector (id, email, email_key, name, role, signature, time_zone, language,
                        created_at) VALUES ($1, 'a', $2, 'a', 'a', 'a', 'a', 'a', $3)";
        let (unique, at) = (uuid::Uuid::from_u128(9), T0.0);
        let key = twice.email.as_str().to_lowercase();
        let ended = unit!(db.db, tx, key => tx.q(insert).bind(unique).bind(key).bind(at).run());
        assert!(matches!(ended, Err(StoreError::Rule(_))), "unique: {ended:?}");
        let ended = unit!(db.db, tx => tx.q(insert).bind(unique).bind(None::<String>).bind(at).run());
        assert!(matches!(ended, Err(StoreError::Rule(_))), "not null: {ended:?}");
        let orphan = "INSERT INTO session (id, connector_id, token_hash, created_at, seen_at, expires_at)
                      VALUES ($1, $1, $2, 1, 1, 1)";
        let ended = unit!(db.db, tx => tx.q(orphan).bind(unique).bind(vec![1_u8]).run());
        assert!(matches!(ended, Err(StoreError::Rule(_))), "foreign key: {ended:?}");
    }
}

/// SQLite rolls the whole transaction back by itself on a full disk, and here. What would run after that in the same
/// group, outside of any transaction, would be kept although everybody is told that nothing was.
#[tokio::test]
async fn what_sqlite_rolls_back_by_itself_is_told_to_all_of_the_group() {
    use crate::support::db::{Engine, fresh};
    let db = fresh(Engine::Sqlite).await;
    put(&db.db, "there").await;
    let units = (0..60_u8).map(|n| {
        let db = db.db.clone();
        async move {
            let new = route(&format!("r{n}"), 7);
            let ended = unit!(db, tx, new, n => async {
                if n % 20 == 10 {
                    tx.q("INSERT OR ROLLBACK INTO route SELECT * FROM route WHERE name = 'there'").run().await?;
                }
                routes::put(tx, &new).await
            });
            (n, ended.is_ok())
        }
    });
    let told = join_all(units).await;
    assert!(told.iter().any(|(_, ok)| !ok), "nothing was rolled back");
    for (n, ok) in told {
        assert_eq!(count(&db.db, &format!("r{n}")).await.is_some(), ok, "unit {n}");
    }
}

async fn compare_and_set(tx: &mut Tx) -> Result<(), StoreError> {
    let row = tx.q("SELECT failures FROM route WHERE name = 'counter'").one().await?;
    let seen: i64 = row.ok_or(StoreError::Stale("no row"))?.get("failures")?;
    tx.q("UPDATE route SET failures = failures + 1 WHERE name = 'counter' AND failures = $1")
        .bind(seen)
        .exactly_one()
        .await
}

/// No pooled connection is still inside a transaction that somebody left.
async fn clean_connections(db: &Db) {
    if db.engine() == "sqlite" {
        return;
    }
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut tx = db.read().await.unwrap();
        // Inside a transaction both statements would see the same moment.
        let first = moment(&mut tx).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_ne!(first, moment(&mut tx).await, "a pooled connection is inside a transaction");
        let row = tx.q("SELECT pg_current_xact_id_if_assigned() IS NULL AS clean").one().await.unwrap();
        assert!(row.unwrap().get::<bool>("clean").unwrap());
        held.push(tx);
    }
}

async fn moment(tx: &mut Tx) -> i64 {
    let sql = "SELECT CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT) AS at";
    tx.q(sql).one().await.unwrap().unwrap().get("at").unwrap()
}

#[tokio::test]
async fn readers_cannot_write_on_sqlite() {
    use crate::support::db::{Engine, fresh};
    let db = fresh(Engine::Sqlite).await;
    put(&db.db, "kept").await;
    let mut tx = db.db.read().await.unwrap();
    let refused = tx.q("DELETE FROM route").run().await.unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
    assert!(routes::put(&mut tx, &route("new", 1)).await.is_err());
    drop(tx);
    assert_eq!(count(&db.db, "kept").await, Some(0));
}

/// `.cargo/config.toml` reaches the compiler.
#[tokio::test]
async fn sqlite_is_compiled_as_we_say() {
    use crate::support::db::{Engine, fresh};
    let db = fresh(Engine::Sqlite).await;
    let rows = look!(db.db, tx => tx.q("SELECT compile_options AS said FROM pragma_compile_options").all());
    let said: Vec<String> = rows.iter().map(|row| row.get("said").unwrap()).collect();
    let has = |option: &str| said.iter().any(|one| one == option);
    assert!(has("ENABLE_QPSG") && has("DEFAULT_MEMSTATUS=0") && !has("ENABLE_MEMORY_MANAGEMENT"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_that_wait_together_are_committed_together() {
    use crate::support::db::{Engine, fresh, has_postgres};
    let engines = if has_postgres() { vec![Engine::Sqlite, Engine::Postgres] } else { vec![Engine::Sqlite] };
    for engine in engines {
        let db = fresh(engine).await;
        // The machine may be busy with other tests: units that are not grouped are slow each time.
        let mut best: f64 = 0.0;
        for _ in 0..3 {
            let alone = writes_per_second(&db.db, 1, 400).await;
            let together = writes_per_second(&db.db, 64, 40).await;
            best = best.max(together / alone);
            println!(
                "{engine:?}: {alone:.0} units/s one at a time, {together:.0} with 64 writers, ratio {best:.1}"
            );
            if engine == Engine::Postgres || best > 1.5 {
                break;
            }
        }
        assert!(engine == Engine::Postgres || best > 1.5, "units are not grouped: {best:.2}");
    }
}

async fn writes_per_second(db: &Db, writers: u32, each: u32) -> f64 {
    let begin = Instant::now();
    let tasks = (0..writers).map(|writer| {
        let db = db.clone();
        tokio::spawn(async move {
            for n in 0..each {
                let new =
                    Route { changed_at: Ts(i64::from(n)), ..route(&format!("w{writer}"), i64::from(n)) };
                unit!(db, tx, new => routes::put(tx, &new)).unwrap();
            }
        })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
    f64::from(writers * each) / begin.elapsed().as_secs_f64()
}
