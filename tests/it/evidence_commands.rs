//! The commands, as an operator and a stranger with the document use them.

use twoyes::config::Secret;

use crate::evidence_kit::introduced;
use crate::support::db::{Engine, fresh};
use crate::support::process::Instance;
use crate::support::sqlite;
use crate::support::world::{BASE, World};

/// An installation in which an introduction left, and its id.
async fn instance() -> (Instance, String) {
    let mut instance = Instance::new();
    instance.set("server.base_url", BASE);
    let url = format!("sqlite:{}?mode=rwc", instance.path("twoyes.db").display());
    let keys = instance.path("twoyes.keys");
    let world = World::with(fresh(Engine::Sqlite).await, |config| {
        config.database.url = Secret::new(url);
        config.keys.file = keys;
    })
    .await;
    let id = world.draft(|_| {}).await;
    introduced(&world, &id).await;
    (instance, id)
}

fn sql(instance: &Instance, sql: &str) {
    let url = format!("sqlite:{}", instance.path("twoyes.db").display());
    assert!(sqlite::open(&url).execute(sql, []).unwrap() > 0);
}

#[tokio::test]
async fn evidence_opens_and_verifies_where_nothing_of_the_service_is() {
    let (instance, id) = instance().await;
    let key = instance.good(&["audit", "key"]).await.trim().to_owned();
    let read = instance.good(&["evidence", &id]).await;
    for words in
        ["Ada Lovelace", "Grace Hopper", "Consent of the first side", "{answer link}", "Introduced at"]
    {
        assert!(read.contains(words), "no `{words}` in\n{read}");
    }
    let document = instance.good(&["evidence", &id, "--json"]).await;
    let elsewhere = Instance::new();
    let file = elsewhere.path("evidence.json");
    std::fs::write(&file, &document).unwrap();
    let name = file.display().to_string();
    let said = elsewhere.good(&["audit", "verify-evidence", &name, "--key", &key]).await;
    // All but the moment of signing: each run signs a checkpoint of its own.
    let content = |said: &str| said.split_once("All of it is in the chain").unwrap().0.to_owned();
    assert_eq!(content(&said), content(&read), "the same text, from the document alone");
    // Any word of it changed.
    for (from, to) in [
        ("Ada Lovelace", "Ada Byron"),
        ("\\\"at\\\":\\\"2026-", "\\\"at\\\":\\\"2025-"),
        ("{answer link}", "{other link}"),
    ] {
        let bent = document.replacen(from, to, 1);
        assert_ne!(bent, document, "{from}");
        std::fs::write(&file, bent).unwrap();
        elsewhere.run(&["audit", "verify-evidence", &name, "--key", &key]).await.assert_refused(&["commit"]);
    }
    assert!(!elsewhere.path("twoyes.keys").exists() && !elsewhere.path("twoyes.db").exists());
}

#[tokio::test]
async fn a_checkpoint_kept_elsewhere_tells_when_the_chain_was_cut() {
    let (instance, _) = instance().await;
    let file = instance.path("kept.checkpoint");
    std::fs::write(&file, instance.good(&["audit", "checkpoint"]).await).unwrap();
    let name = file.display().to_string();
    let said = instance.good(&["audit", "verify", "--checkpoint", &name]).await;
    assert!(said.contains("1 checkpoint(s) agree"), "{said}");
    let check = instance.run(&["check"]).await;
    assert!(check.out.contains("without checkpoints kept elsewhere nobody can see it cut"), "{check:?}");

    // Whoever has the database cuts the last leaf off, and puts the head right behind it.
    sql(&instance, "DELETE FROM audit_leaf WHERE seq = (SELECT MAX(seq) FROM audit_leaf)");
    let clumsy = instance.run(&["audit", "verify"]).await;
    assert_eq!(clumsy.code, Some(1), "{clumsy:?}");
    assert!(instance.run(&["check"]).await.out.contains("PROBLEM   The audit chain does not verify"));
    let url = format!("sqlite:{}", instance.path("twoyes.db").display());
    let db = twoyes::store::Db::connect(&url, 1).await.unwrap();
    put_head_right(&db).await;
    let alone = instance.good(&["audit", "verify"]).await;
    assert!(alone.contains("cannot be seen without one"), "as docs/EVIDENCE.md says: {alone}");
    let said = instance.run(&["audit", "verify", "--checkpoint", &name]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("it was cut short"), "{said:?}");
}

async fn put_head_right(db: &twoyes::store::Db) {
    use twoyes::store::{StoreError, audit};
    db.write(|tx| {
        Box::pin(async move {
            let mut head = audit::head(tx).await?;
            let from = head.frontier.size();
            let all = audit::sealed(tx, 0, 9_999).await?;
            head.frontier = twoyes::domain::audit::merkle::Frontier::default();
            for one in &all {
                head.frontier.push(one.hash);
                head.hash = one.hash;
            }
            audit::move_head(tx, from, &head).await?;
            Ok::<_, StoreError>(())
        })
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_rotated_key_is_in_the_chain() {
    let (instance, _) = instance().await;
    instance.good(&["keys", "rotate"]).await;
    let before = instance.good(&["audit", "key"]).await;
    let leaves = |said: &str| said.split_whitespace().next().unwrap().parse::<u64>().unwrap();
    let before_it = leaves(&instance.good(&["audit", "verify"]).await);
    let _running = instance.serve().await;
    let mut now = before_it;
    for _ in 0..200 {
        now = leaves(&instance.good(&["audit", "verify"]).await);
        if now > before_it {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(now, before_it + 1, "the running service sealed it");
    assert_eq!(instance.good(&["audit", "key"]).await, before, "links have other keys");
}
