//! Whatever happens to introductions, the kept figures and lists are what counting all of them gives.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use twoyes::clock::Span;
use twoyes::domain::introduction::Introduction;
use twoyes::domain::name_words::prefixes;
use twoyes::domain::tally::{Came, Share, monday};
use twoyes::flow::tally as keeping;
use twoyes::ids::{IntroductionId, derive};
use twoyes::store::tally::Cell;
use twoyes::store::{Db, introductions};

use crate::api_kit::{Api, says};
use crate::store_kit::{look, unit};
use crate::support::db::both;

const PATH: &str = "/api/v1/introductions";

/// Where something is counted, in text, and how often.
type Sums = BTreeMap<String, i64>;

fn bump(sums: &mut Sums, key: String, number: i64) {
    *sums.entry(key).or_default() += number;
}

async fn all(db: &Db) -> Vec<Introduction> {
    let ids = look!(db, tx => tx.q("SELECT id FROM introduction").all());
    let mut found = Vec::new();
    for row in ids {
        let id = IntroductionId(row.get("id").unwrap());
        found.extend(look!(db, tx => introductions::view(tx, id)));
    }
    found
}

/// Counted from scratch.
async fn counted(db: &Db) -> Sums {
    let mut sums = Sums::new();
    for of in all(db).await {
        let Some(share) = Share::of(&of) else { continue };
        for cell in Cell::of(&share) {
            let place = place(cell);
            bump(&mut sums, format!("{place} {}", share.came.as_str()), 1);
            for days in &share.days {
                let week = self::place(Cell { day: monday(cell.day), ..cell });
                bump(&mut sums, format!("{week} in {days}"), 1);
            }
        }
        for list in share.lists() {
            bump(&mut sums, format!("list {list} {}", of.id), 1);
        }
        for word in prefixes(&share.words) {
            bump(&mut sums, format!("word {word} {}", of.id), 1);
        }
    }
    sums
}

fn place(cell: Cell) -> String {
    let connector = cell.connector.map_or(uuid::Uuid::nil(), |id| id.0);
    format!("{connector} {} {}", cell.purpose.map_or("", |purpose| purpose.as_str()), cell.day)
}

/// As it was kept.
async fn kept(db: &Db) -> Sums {
    let mut sums = Sums::new();
    let text = |row: &twoyes::store::Row, name| row.get::<String>(name).unwrap();
    for row in look!(db, tx => tx.q("SELECT * FROM tally").all()) {
        let (connector, day): (uuid::Uuid, i64) = (row.get("connector_id").unwrap(), row.get("day").unwrap());
        for came in Came::ALL {
            let key = format!("{connector} {} {day} {}", text(&row, "purpose"), came.as_str());
            bump(&mut sums, key, row.get(came.as_str()).unwrap());
        }
    }
    for row in look!(db, tx => tx.q("SELECT * FROM tally_days").all()) {
        let (connector, day): (uuid::Uuid, i64) = (row.get("connector_id").unwrap(), row.get("day").unwrap());
        let days: i64 = row.get("days").unwrap();
        let key = format!("{connector} {} {day} in {days}", text(&row, "purpose"));
        bump(&mut sums, key, row.get("answers").unwrap());
    }
    for row in look!(db, tx => tx.q("SELECT * FROM outcome_list").all()) {
        let id: uuid::Uuid = row.get("introduction_id").unwrap();
        bump(&mut sums, format!("list {} {id}", text(&row, "list")), 1);
    }
    for row in look!(db, tx => tx.q("SELECT * FROM outcome_word").all()) {
        let id: uuid::Uuid = row.get("introduction_id").unwrap();
        bump(&mut sums, format!("word {} {id}", text(&row, "word")), 1);
    }
    sums.retain(|_, number| *number != 0);
    sums
}

async fn batched(db: &Db) -> i64 {
    let rows = look!(db, tx => tx.q("SELECT closed FROM tally_batch").all());
    rows.iter().map(|row| row.get::<i64>("closed").unwrap()).sum()
}

/// One thing that may happen, drawn from a byte each: what, to which, how.
async fn happen(api: &Api, token: &str, ids: &mut Vec<String>, draw: [u8; 4]) {
    if ids.len() < 3 || draw[0] < 25 {
        ids.push(api.draft(token, &format!("p{}", ids.len())).await);
        return;
    }
    let id = ids[usize::from(draw[1]) % ids.len()].clone();
    let path = format!("{PATH}/{id}");
    let side = if draw[2] < 128 { "first" } else { "second" };
    let choice = ["yes", "yes", "yes", "yes", "no"][usize::from(draw[3]) % 5];
    let outcome = ["met", "scheduled", "no_reply", "not_a_fit", "landed"][usize::from(draw[3]) % 5];
    match draw[0] {
        ..90 => drop(api.call(token, "POST", &format!("{path}/ask"), &Value::Null).await),
        90..180 => {
            let of = look!(api.app.cx.db, tx => introductions::view(tx, id.parse().unwrap())).unwrap();
            let party = if side == "first" { &of.parties.first } else { &of.parties.second };
            if party.asked.is_some() && of.is_open_for(party.side, api.clock.now(), &api.app.cx.policy) {
                api.answer(&id, side, says(choice)).await;
            }
        }
        180..200 => api.pass(Span::hours(i64::from(draw[2]) / 8)).await,
        200..215 => drop(api.call(token, "POST", &format!("{path}/withdraw"), &Value::Null).await),
        215..225 => drop(api.call(token, "POST", &format!("{path}/ask-again"), &Value::Null).await),
        225..240 => {
            drop(api.call(token, "POST", &format!("{path}/outcome"), &json!({ "outcome": outcome })).await);
        }
        240.. => {
            let gone = api.call(token, "DELETE", &path, &Value::Null).await;
            if gone.status.is_success() {
                ids.retain(|one| *one != id);
            }
        }
    }
}

both! {
    async fn after_any_history_the_tally_is_what_counting_gives(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let mut ids = Vec::new();
        let mut came = Sums::new();
        for n in 0..260 {
            happen(&api, &token, &mut ids, derive(b"history", &n.to_string())).await;
            if n % 20 == 19 {
                assert_eq!(kept(&api.app.cx.db).await, counted(&api.app.cx.db).await, "after {n}");
            }
        }
        for of in all(&api.app.cx.db).await {
            bump(&mut came, Share::of(&of).map_or("draft", |share| share.came.as_str()).to_owned(), 1);
        }
        println!("{came:?}, {} closings in batches", batched(&api.app.cx.db).await);
        assert!(came.len() >= 4, "histories must reach more: {came:?}");
        assert!(batched(&api.app.cx.db).await >= *came.get("closed").unwrap_or(&0));
    }

    async fn an_older_database_is_caught_up_with(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let mut ids = Vec::new();
        for n in 0..60 {
            happen(&api, &token, &mut ids, derive(b"older", &n.to_string())).await;
        }
        let (cx, before) = (&api.app.cx, kept(&api.app.cx.db).await);
        for sql in [
            "DELETE FROM tallied", "DELETE FROM tally", "DELETE FROM tally_days", "DELETE FROM tally_batch",
            "DELETE FROM outcome_list", "DELETE FROM outcome_word",
        ] {
            unit!(cx.db, tx => tx.q(sql).run()).unwrap();
        }
        assert!(kept(&cx.db).await.is_empty() && !before.is_empty());
        let nil = uuid::Uuid::nil();
        unit!(cx.db, tx => tx.q("INSERT INTO outcome_backlog (name, introduction_id) VALUES ('introductions', $1)").bind(nil).run()).unwrap();
        while keeping::catch_up(cx).await.unwrap() {}
        assert_eq!(kept(&cx.db).await, before);
        assert!(!keeping::catch_up(cx).await.unwrap());
    }
}
