//! Many rows at once, by SQL: what a desk looks like after years.

use twoyes::domain::connector::Connector;
use twoyes::ids::IntroductionId;
use twoyes::store::{Db, StoreError, Tx};

use super::app::MONDAY;

/// Numbers 0 to n - 1; `k` is the number, `base` the time of the tests.
macro_rules! series {
    ($sqlite:literal, $postgres:literal) => {
        (
            concat!(
                "WITH RECURSIVE s(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM s WHERE k + 1 < $1) ",
                $sqlite
            ),
            concat!("WITH s(k) AS (SELECT generate_series(0, $1 - 1)) ", $postgres),
        )
    };
}

/// The id of the `k`th of them: a later one sorts behind an earlier one.
pub fn id(k: i64) -> IntroductionId {
    IntroductionId(uuid::Uuid::from_u128((1 << 120) + u128::try_from(k).unwrap()))
}

/// `n` introductions of one connector: of ten, two need them (a draft, a nudge), three wait for an answer,
/// and five are done (one closed, four that came of something). With events, and with their place on
/// the desk.
pub async fn introductions(db: &Db, who: &Connector, n: i64) {
    let who = who.id.0;
    db.write(move |tx| {
        Box::pin(async move {
            introduction_rows(tx, who, n).await?;
            party_rows(tx, n).await?;
            event_rows(tx, who, n).await?;
            desk_rows(tx, who, n).await
        })
    })
    .await
    .unwrap();
}

async fn introduction_rows(tx: &mut Tx, who: uuid::Uuid, n: i64) -> Result<(), StoreError> {
    let (sqlite, postgres) = series!(
        "INSERT INTO introduction SELECT unhex(printf('01%030x', k)), $2, 1,
           CASE k % 10 WHEN 0 THEN 'draft' WHEN 1 THEN 'introduced' WHEN 2 THEN 'asking' WHEN 3 THEN 'asking'
             WHEN 4 THEN 'asking' WHEN 5 THEN 'closed' ELSE 'introduced' END,
           NULL, 'peers', 'one_by_one', 0, 0, 'first', 0, 0, 'You two should meet.', 'a call', min(k % 10, 1),
           CASE WHEN k % 10 IN (2, 3, 4) THEN $3 + 1209600000000 + k END, NULL,
           CASE WHEN k % 10 IN (1, 6, 7, 8, 9) THEN $3 - k END, CASE k % 10 WHEN 5 THEN $3 - k END,
           CASE k % 10 WHEN 1 THEN 'no_reply' WHEN 6 THEN 'not_a_fit' WHEN 7 THEN 'landed' WHEN 8 THEN 'met'
             WHEN 9 THEN 'not_a_fit' END,
           2, NULL, $3 - k, $3 - k, 'all', NULL, CASE WHEN k % 10 IN (2, 3, 4) THEN $3 - k END, '' FROM s",
        "INSERT INTO introduction SELECT CAST('01' || lpad(to_hex(k), 30, '0') AS UUID), $2, 1,
           CASE k % 10 WHEN 0 THEN 'draft' WHEN 1 THEN 'introduced' WHEN 2 THEN 'asking' WHEN 3 THEN 'asking'
             WHEN 4 THEN 'asking' WHEN 5 THEN 'closed' ELSE 'introduced' END,
           NULL, 'peers', 'one_by_one', false, false, 'first', false, false, 'You two should meet.', 'a call',
           least(k % 10, 1), CASE WHEN k % 10 IN (2, 3, 4) THEN $3 + 1209600000000 + k END, NULL,
           CASE WHEN k % 10 IN (1, 6, 7, 8, 9) THEN $3 - k END, CASE k % 10 WHEN 5 THEN $3 - k END,
           CASE k % 10 WHEN 1 THEN 'no_reply' WHEN 6 THEN 'not_a_fit' WHEN 7 THEN 'landed' WHEN 8 THEN 'met'
             WHEN 9 THEN 'not_a_fit' END,
           2, NULL, $3 - k, $3 - k, 'all', NULL, CASE WHEN k % 10 IN (2, 3, 4) THEN $3 - k END, '' FROM s"
    );
    tx.q2(sqlite, postgres).bind(n).bind(who).bind(MONDAY.0).run().await?;
    Ok(())
}

async fn party_rows(tx: &mut Tx, n: i64) -> Result<(), StoreError> {
    let (sqlite, postgres) = series!(
        "INSERT INTO party (introduction_id, side, name, email, person, described, how_known, why, blurb,
           language, link, generation, asked_at, deadline, note, quiet, shown_note, answers, check_ins)
         SELECT unhex(printf('01%030x', k)), v.side, 'Person ' || k || ' ' || v.side, v.side || k || '@example.org',
           unhex(printf('%064x', k * 2 + v.n)), 'someone', 'we met', 'why', '', 'en',
           unhex(printf('%032x', k * 2 + v.n)), 1,
           CASE WHEN k % 10 IN (2, 3, 4) AND v.n = 0 THEN $2 - k END,
           CASE WHEN k % 10 IN (2, 3, 4) AND v.n = 0 THEN $2 + 1209600000000 + k END, '', 0, '', 0, 2
         FROM s, (SELECT 'first' AS side, 0 AS n UNION ALL SELECT 'second', 1) AS v",
        "INSERT INTO party (introduction_id, side, name, email, person, described, how_known, why, blurb,
           language, link, generation, asked_at, deadline, note, quiet, shown_note, answers, check_ins)
         SELECT CAST('01' || lpad(to_hex(k), 30, '0') AS UUID), v.side, 'Person ' || k || ' ' || v.side,
           v.side || k || '@example.org', decode(lpad(to_hex(k * 2 + v.n), 64, '0'), 'hex'), 'someone',
           'we met', 'why', '', 'en', decode(lpad(to_hex(k * 2 + v.n), 32, '0'), 'hex'), 1,
           CASE WHEN k % 10 IN (2, 3, 4) AND v.n = 0 THEN $2 - k END,
           CASE WHEN k % 10 IN (2, 3, 4) AND v.n = 0 THEN $2 + 1209600000000 + k END, '', false, '', 0, 2
         FROM s, (SELECT 'first' AS side, 0 AS n UNION ALL SELECT 'second', 1) AS v"
    );
    tx.q2(sqlite, postgres).bind(n).bind(MONDAY.0).run().await?;
    Ok(())
}

async fn event_rows(tx: &mut Tx, who: uuid::Uuid, n: i64) -> Result<(), StoreError> {
    let (sqlite, postgres) = series!(
        "INSERT INTO event SELECT unhex(printf('01%030x', k)), v.seq, $2, $3 - k, v.what, NULL, NULL, NULL, 0
         FROM s, (SELECT 1 AS seq, 'drafted' AS what UNION ALL SELECT 2, 'edited') AS v",
        "INSERT INTO event
         SELECT CAST('01' || lpad(to_hex(k), 30, '0') AS UUID), v.seq, $2, $3 - k, v.what, NULL, NULL, NULL, false
         FROM s, (SELECT 1 AS seq, 'drafted' AS what UNION ALL SELECT 2, 'edited') AS v"
    );
    tx.q2(sqlite, postgres).bind(n).bind(who).bind(MONDAY.0).run().await?;
    Ok(())
}

async fn desk_rows(tx: &mut Tx, who: uuid::Uuid, n: i64) -> Result<(), StoreError> {
    let (sqlite, postgres) = series!(
        "INSERT INTO desk SELECT unhex(printf('01%030x', k)), $2,
           CASE WHEN k % 10 < 2 THEN 'needs' WHEN k % 10 < 5 THEN 'waiting' ELSE 'done' END,
           CASE WHEN k % 10 IN (2, 3, 4) THEN $3 + 1209600000000 + k ELSE $3 - k END,
           CASE k % 10 WHEN 0 THEN 'draft' WHEN 1 THEN 'nudge' WHEN 7 THEN 'landed' WHEN 8 THEN 'thanks' END,
           CASE WHEN k % 10 IN (0, 1, 7, 8) THEN $3 - k END, CASE WHEN k % 10 IN (7, 8) THEN $3 - k END FROM s",
        "INSERT INTO desk SELECT CAST('01' || lpad(to_hex(k), 30, '0') AS UUID), $2,
           CASE WHEN k % 10 < 2 THEN 'needs' WHEN k % 10 < 5 THEN 'waiting' ELSE 'done' END,
           CASE WHEN k % 10 IN (2, 3, 4) THEN $3 + 1209600000000 + k ELSE $3 - k END,
           CASE k % 10 WHEN 0 THEN 'draft' WHEN 1 THEN 'nudge' WHEN 7 THEN 'landed' WHEN 8 THEN 'thanks' END,
           CASE WHEN k % 10 IN (0, 1, 7, 8) THEN $3 - k END, CASE WHEN k % 10 IN (7, 8) THEN $3 - k END FROM s"
    );
    tx.q2(sqlite, postgres).bind(n).bind(who).bind(MONDAY.0).run().await?;
    Ok(())
}
