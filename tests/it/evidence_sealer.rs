//! The sealer: one order, whatever happens at once, and nothing lost on the way.

use std::time::Duration;

use twoyes::clock::Span;
use twoyes::domain::audit::{Entry, Kind, canonical};
use twoyes::flow::{proof, sealing};
use twoyes::store::{Db, StoreError, audit};

use crate::evidence_kit::{good, introduced, noted};
use crate::store_kit::{T0, hash, unit};
use crate::support::db::both;
use crate::support::world::World;

fn entry(n: u32) -> Entry {
    Entry {
        at: T0 + Span::seconds(n.into()),
        kind: Kind::Closed,
        introduction: None,
        side: None,
        salt: hash(1),
        payload: canonical::encode(&serde_json::json!({ "n": n })),
    }
}

/// Queues entries in units that stay open for a while, some of which fail.
async fn write(db: Db, from: u32, many: u32) -> u64 {
    let mut kept = 0;
    for n in from..from + many {
        let new = entry(n);
        let wait = Duration::from_millis(u64::from(n * 7 % 5));
        let ended: Result<(), StoreError> = db
            .write(move |tx| {
                let new = new.clone();
                Box::pin(async move {
                    audit::append(tx, &new).await?;
                    tokio::time::sleep(wait).await;
                    if n % 6 == 5 { Err(StoreError::Rule("on purpose")) } else { Ok(()) }
                })
            })
            .await;
        kept += u64::from(ended.is_ok());
    }
    kept
}

/// Runs them in one unit; how many rows the last one changed.
async fn run(world: &World, all: &'static [&'static str]) -> u64 {
    let unit = world.app.cx.db.write(move |tx| {
        Box::pin(async move {
            let mut changed = 0;
            for sql in all {
                changed = tx.q(sql).run().await?;
            }
            Ok::<_, StoreError>(changed)
        })
    });
    unit.await.unwrap()
}

both! {
    async fn many_write_and_many_seal_and_the_chain_has_no_gap_and_no_fork(db: TestDb) {
        let postgres = db.engine == Engine::Postgres;
        let (mut writers, mut sealers) = (Vec::new(), Vec::new());
        // Other processes: only PostgreSQL has any.
        let (other, third) = if postgres { (db.again().await, db.again().await) } else { (db.db.clone(), db.db.clone()) };
        let dbs = [db.db.clone(), other, third];
        let world = World::new(db).await;
        for (nth, db) in (0_u32..).zip(&dbs) {
            for part in 0..3 {
                writers.push(tokio::spawn(write(db.clone(), nth * 1_000 + part * 100, 24)));
            }
        }
        for _ in 0..3 {
            let cx = world.app.cx.clone();
            sealers.push(tokio::spawn(async move {
                let mut sealed = 0;
                for _ in 0..40 {
                    sealed += sealing::seal(&cx).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(3)).await;
                }
                sealed
            }));
        }
        let (mut kept, mut sealed) = (0, 0);
        for writer in writers {
            kept += writer.await.unwrap();
        }
        for sealer in sealers {
            sealed += sealer.await.unwrap();
        }
        sealed += sealing::seal(&world.app.cx).await.unwrap();
        let report = proof::verify(&world.app.cx, Vec::new()).await.unwrap();
        good(&report);
        assert_eq!((report.leaves, sealed, report.payloads), (kept, kept, kept));
        assert_eq!(kept, 9 * 20);
        println!("figure: evidence: {kept} entries by 9 writers, 3 sealers at once: no gap, no fork");
    }

    async fn what_was_queued_when_the_process_died_is_sealed_by_the_next(db: TestDb) {
        let (again, db) = (db.again().await, db);
        for n in 0..5 {
            let new = entry(n);
            unit!(again, tx, new => audit::append(tx, &new)).unwrap();
        }
        // It dies in the middle of sealing: the unit is not committed.
        let died = again
            .write(|tx| {
                Box::pin(async move {
                    let mut head = audit::hold_head(tx).await?.unwrap();
                    for waits in audit::unsealed(tx, 3).await? {
                        let leaf = twoyes::domain::audit::Leaf {
                            seq: head.frontier.size(),
                            at: waits.at,
                            kind: waits.kind,
                            commitment: waits.commitment,
                            prev: head.hash,
                        };
                        audit::seal(tx, waits.entry, &leaf, &leaf.hash()).await?;
                        head.frontier.push(leaf.hash());
                        head.hash = leaf.hash();
                    }
                    Err::<(), _>(StoreError::Rule("killed"))
                })
            })
            .await;
        assert!(died.is_err());
        drop(again);
        let world = World::new(db).await;
        assert_eq!(sealing::seal(&world.app.cx).await.unwrap(), 5);
        let report = proof::verify(&world.app.cx, Vec::new()).await.unwrap();
        good(&report);
        assert_eq!(report.leaves, 5);
    }

    async fn an_hour_with_changes_has_one_checkpoint_and_one_without_has_none(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes");
        let world = World::with(db, |config| config.audit.checkpoint_folder.clone_from(&path)).await;
        let files = || {
            let mut all: Vec<_> = std::fs::read_dir(&path).unwrap().map(|one| one.unwrap().path()).collect();
            all.sort();
            all
        };
        world.settle().await;
        assert_eq!(files().len(), 1, "the chain begins");
        let id = world.draft(|_| {}).await;
        introduced(&world, &id).await;
        world.pass(Span::hours(1)).await;
        world.pass(Span::minutes(1)).await;
        assert_eq!(files().len(), 2);
        world.pass(Span::hours(3)).await;
        assert_eq!(files().len(), 2, "nothing changed");
        let keys = twoyes::keyring::KeyFile::load(&world.keys_file()).unwrap();
        let signer = twoyes::domain::audit::note::Signer::new("localhost/audit", &keys.audit_seed()).unwrap();
        let notes: Vec<_> = files()
            .iter()
            .map(|file| signer.public().open(&std::fs::read_to_string(file).unwrap()).unwrap())
            .collect();
        let now = noted(&world.app.cx).await;
        assert_eq!((notes[1].size, notes[1].root), (now.size, now.root));
        let report = proof::verify(&world.app.cx, notes).await.unwrap();
        good(&report);
        assert_eq!(report.checkpoints, 2);
        let text = std::fs::read_to_string(&files()[1]).unwrap();
        assert!(!text.contains('@') && !text.contains("Ada"), "{text}");
    }

    async fn changes_in_the_database_are_found_by_the_command(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        introduced(&world, &id).await;
        let noted = noted(&world.app.cx).await;
        let attacks: [&'static [&'static str]; 10] = [
            &["UPDATE audit_leaf SET at = at + 1 WHERE seq = 1"],
            &["UPDATE audit_leaf SET kind = 'closed' WHERE seq = 1"],
            &["UPDATE audit_leaf SET kind = 'no such kind' WHERE seq = 2"],
            &["UPDATE audit_leaf SET commitment = prev WHERE seq = 2"],
            &["UPDATE audit_payload SET payload = '{}' WHERE entry IN (SELECT entry FROM audit_leaf WHERE seq = 1)"],
            &["DELETE FROM audit_payload WHERE entry IN (SELECT entry FROM audit_leaf WHERE seq = 1)"],
            &["DELETE FROM audit_leaf WHERE seq = 1"],
            &["DELETE FROM audit_leaf WHERE seq = (SELECT MAX(seq) FROM audit_leaf)"],
            &["INSERT INTO audit_leaf (entry, seq, at, kind, commitment, prev, hash)
             SELECT 900, 900, at, kind, commitment, prev, hash FROM audit_leaf WHERE seq = 1"],
            &["UPDATE audit_leaf SET seq = CASE seq WHEN 1 THEN 901 ELSE seq END WHERE seq = 1"],
        ];
        run(&world, &["CREATE TABLE saved_leaf AS SELECT * FROM audit_leaf",
            "CREATE TABLE saved_payload AS SELECT * FROM audit_payload"]).await;
        for sql in attacks {
            assert_eq!(run(&world, sql).await, 1, "{sql:?}");
            let report = proof::verify(&world.app.cx, vec![noted.clone()]).await.unwrap();
            assert!(!report.is_good(), "not found: {sql:?}");
            // Each attack meets a whole chain.
            run(&world, &["DELETE FROM audit_leaf", "INSERT INTO audit_leaf SELECT * FROM saved_leaf",
                "DELETE FROM audit_payload", "INSERT INTO audit_payload SELECT * FROM saved_payload"]).await;
            good(&proof::verify(&world.app.cx, vec![noted.clone()]).await.unwrap());
        }
        println!("figure: evidence: {} changes by SQL, each found", attacks.len());
    }
}
