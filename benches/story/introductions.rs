//! Introductions a second: drafted and asked through the API, both yeses through their links, and every mail of it
//! delivered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Scope;
use twoyes::domain::draft::RawDraft;
use twoyes::flow::{Cx, account, answer};
use twoyes::ids::IntroductionId;
use twoyes::store::introductions;

use super::load::work_all;
use super::sink::Sink;
use super::support::http::Http;
use super::table::{Row, Table, number, times};
use super::{house, mails, people};

pub const NUMBER: usize = 1_500;
/// As many as answer in the row of answers.
const CLIENTS: usize = 64;

/// `alone`: what answers and mails reach a second for themselves.
pub async fn measure(table: &mut Table, alone: Option<(f64, f64)>) {
    let sink = Sink::start(&[]).await;
    let mut instance = house::with_relay(sink.port);
    // An introduction leaves at once; there is nobody here to change their mind.
    for key in ["asking.hold_seconds", "asking.contest_seconds"] {
        instance.set_raw(key, "0");
    }
    let cx = house::inside(&instance).await;
    let running = instance.serve().await;
    let cpu = house::cpu_seconds(running.id());
    let (reached, mails_each) = carry(&cx, &[instance.port]).await;
    let cpu = house::cpu_seconds(running.id()) - cpu;
    // Two answers and so many mails, one after the other on the same machine.
    let limit = alone.map(|(answers, mails)| 1.0 / (2.0 / answers + mails_each / mails));
    table.add(Row {
        what: "introductions/s".into(),
        reached: format!(
            "{} with {mails_each:.1} mails each, {:.1} s of processor per 1,000",
            number(reached),
            cpu * 1e3 / times(NUMBER)
        ),
        limit: limit.map_or_else(String::new, |limit| format!("{} by the two above", number(limit))),
        goal: "0.7 of the limit".into(),
        good: limit.map(|limit| reached >= 0.7 * limit),
    });
}

/// All of them, by the processes that listen there: how many a second, with how many mails each.
pub async fn carry(cx: &Cx, ports: &[u16]) -> (f64, f64) {
    let (tokens, ports): (Arc<Vec<String>>, Arc<[u16]>) = (Arc::new(tokens(cx).await), ports.into());
    let begun = Instant::now();
    work_all(CLIENTS, (0..NUMBER).collect(), |nth| {
        let (cx, tokens, ports) = (cx.clone(), Arc::clone(&tokens), Arc::clone(&ports));
        async move { introduce(&cx, ports[nth % ports.len()], &tokens[nth % tokens.len()], nth).await }
    })
    .await;
    let sent = loop {
        if waiting(cx).await == 0 && introduced(cx).await == NUMBER {
            break mails::count(cx, "sent").await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let mails_each = times(usize::try_from(sent).unwrap()) / times(NUMBER);
    (times(NUMBER) / begun.elapsed().as_secs_f64(), mails_each)
}

async fn tokens(cx: &Cx) -> Vec<String> {
    let mut tokens = Vec::new();
    for who in people::connectors(cx).await {
        let (_, token) = account::add_token(cx, &who, "bench", &[Scope::Read, Scope::Write]).await.unwrap();
        tokens.push(token);
    }
    tokens
}

async fn introduce(cx: &Cx, port: u16, token: &str, nth: usize) {
    let mut http = Http::new(port);
    let made =
        http.api(token, Method::POST, "/introductions", &body(&people::pair(nth)), None).await.unwrap();
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let asked =
        http.api(token, Method::POST, &format!("/introductions/{id}/ask"), &Value::Null, None).await.unwrap();
    assert!(asked.is_good(), "{}", asked.body);
    for side in [Side::First, Side::Second] {
        let link = link(cx, id.parse().unwrap(), side).await;
        // The page is opened in this process, so that only the answer loads the service.
        let nonce = answer::open(cx, &link).await.unwrap().nonce;
        let given = http.form(&format!("/c/{link}"), &[("choice", "yes"), ("nonce", &nonce)]).await.unwrap();
        assert_eq!(given.status, 200, "{}", given.body);
    }
}

fn body(raw: &RawDraft) -> Value {
    let party = |of: &twoyes::domain::draft::RawParty| {
        json!({ "name": of.name, "email": of.email, "described": of.described, "how_known": of.how_known,
                "why": of.why, "blurb": of.blurb })
    };
    json!({ "purpose": raw.purpose, "order": raw.order, "shared": raw.shared, "step": raw.step,
            "first": party(&raw.first), "second": party(&raw.second) })
}

async fn link(cx: &Cx, id: IntroductionId, side: Side) -> String {
    let mut tx = cx.db.read().await.unwrap();
    let of = introductions::view(&mut tx, id).await.unwrap().unwrap();
    people::link(cx, of.parties.get(side))
}

pub async fn waiting(cx: &Cx) -> i64 {
    let mut waiting = 0;
    for state in ["queued", "leased", "transmitting", "deferred"] {
        waiting += mails::count(cx, state).await;
    }
    waiting
}

async fn introduced(cx: &Cx) -> usize {
    let mut tx = cx.db.read().await.unwrap();
    let row = tx.q("SELECT COUNT(*) AS n FROM introduction WHERE state = 'introduced'").one().await.unwrap();
    usize::try_from(row.unwrap().get::<i64>("n").unwrap()).unwrap()
}
