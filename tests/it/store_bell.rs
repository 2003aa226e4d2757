//! Rings between processes: heard by the others, not by whoever rang.

use std::time::Duration;

use twoyes::store::Db;
use twoyes::store::bell::Bell;

use crate::support::db::{both, database, drop_database, has_postgres};

const SOON: Duration = Duration::from_secs(5);
const LATER: Duration = Duration::from_millis(300);

async fn hears(bell: &mut Bell) {
    tokio::time::timeout(SOON, bell.rung()).await.unwrap().unwrap();
}

both! {
    async fn a_ring_is_heard_by_the_others_and_not_by_the_ringer(db: TestDb) {
        // Of its own, where nobody else rings.
        let url = if db.engine == Engine::Postgres { database(None).await } else { db.url.clone() };
        let (one, two) = (Db::connect(&url, 2).await.unwrap(), Db::connect(&url, 2).await.unwrap());
        let bells = (one.bell().await.unwrap(), two.bell().await.unwrap());
        let (Some(mut one), Some(mut two)) = bells else {
            return assert_eq!(db.engine, Engine::Sqlite, "nobody else is there to hear it");
        };
        one.ring().await.unwrap();
        hears(&mut two).await;
        assert!(tokio::time::timeout(LATER, one.rung()).await.is_err(), "nobody wakes by their own ring");
        two.ring().await.unwrap();
        hears(&mut one).await;
        drop_database(&url).await;
    }
}

#[tokio::test]
async fn a_bell_whose_connection_is_cut_rings_once_and_listens_again() {
    if !has_postgres() {
        return;
    }
    let url = database(None).await;
    let (one, two) = (Db::connect(&url, 2).await.unwrap(), Db::connect(&url, 2).await.unwrap());
    let mut bell = one.bell().await.unwrap().unwrap();
    let cut = "SELECT COUNT(pg_terminate_backend(pid)) AS cut FROM pg_stat_activity
               WHERE application_name = 'twoyes-bell' AND datname = current_database()";
    let row = two.read().await.unwrap().q(cut).one().await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("cut").unwrap(), 1);
    // What was rung meanwhile is not known.
    hears(&mut bell).await;
    let mut other = two.bell().await.unwrap().unwrap();
    other.ring().await.unwrap();
    hears(&mut bell).await;
    bell.ring().await.unwrap();
    hears(&mut other).await;
    assert!(tokio::time::timeout(LATER, bell.rung()).await.is_err(), "it knows itself under its new number");
    drop_database(&url).await;
}
