//! Introductions a second: drafted and asked through the API, both yeses through their links, and every mail of it
//! delivered.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Scope;
use twoyes::domain::draft::RawDraft;
use twoyes::domain::letter::DeliveryState;
use twoyes::flow::{Cx, account};
use twoyes::ids::IntroductionId;
use twoyes::store::introductions;

use super::load::work_wired;
use super::sink::Sink;
use super::table::{Row, Table, number, times};
use super::wire::{self, Wire};
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

/// All of them, by clients of the processes that listen there: how many a second, with how many mails each.
pub async fn carry(cx: &Cx, ports: &[u16]) -> (f64, f64) {
    let tokens = tokens(cx).await;
    let drafts = (0..NUMBER).map(|nth| Draft::new(&tokens[nth % tokens.len()], &people::pair(nth)));
    let (inside, runtime, drafts) = (cx.clone(), Handle::current(), drafts.collect::<Vec<_>>());
    let begun = Instant::now();
    work_wired(ports, CLIENTS, NUMBER, move |wire, nth| introduce(&inside, &runtime, wire, &drafts[nth]))
        .await;
    let sent = loop {
        if waiting(cx).await == 0 && introduced(cx).await == NUMBER {
            break mails::count(cx, DeliveryState::Sent).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let mails_each = times(usize::try_from(sent).unwrap()) / times(NUMBER);
    (times(NUMBER) / begun.elapsed().as_secs_f64(), mails_each)
}

/// A draft as its connector sends it, and what they ask with.
struct Draft {
    bearer: String,
    request: Vec<u8>,
}

impl Draft {
    fn new(token: &str, raw: &RawDraft) -> Self {
        let bearer = format!("authorization: Bearer {token}");
        let headers = [bearer.as_str(), "content-type: application/json"];
        let request = wire::request("POST", "/api/v1/introductions", &headers, &body(raw).to_string());
        Self { bearer, request }
    }
}

/// What is read of a reply.
#[derive(Deserialize)]
struct Made {
    id: IntroductionId,
}

async fn tokens(cx: &Cx) -> Vec<String> {
    let mut tokens = Vec::new();
    for who in people::connectors(cx).await {
        let (_, token) = account::add_token(cx, &who, "bench", &[Scope::Read, Scope::Write]).await.unwrap();
        tokens.push(token);
    }
    tokens
}

fn introduce(cx: &Cx, runtime: &Handle, wire: &mut Wire, draft: &Draft) {
    let made = wire.send(&draft.request).unwrap();
    assert_eq!(made.status, 201, "{}", made.text());
    let id = serde_json::from_slice::<Made>(made.body).unwrap().id;
    let ask = format!("/api/v1/introductions/{}/ask", id.0);
    let asked = wire.send(&wire::request("POST", &ask, &[&draft.bearer], "")).unwrap();
    assert_eq!(asked.status, 200, "{}", asked.text());
    // Pages are opened in this process, so that only the answers load the service.
    for answer in runtime.block_on(open(cx, id)) {
        let given = wire.send(&answer.form().bytes()).unwrap();
        assert_eq!(given.status, 200, "{}", given.text());
    }
}

/// Both yeses.
async fn open(cx: &Cx, id: IntroductionId) -> Vec<people::Answer> {
    let mut tx = cx.db.read().await.unwrap();
    let of = introductions::view(&mut tx, id).await.unwrap().unwrap();
    drop(tx);
    let mut answers = Vec::new();
    for side in Side::ALL {
        answers.push(people::Answer::yes(cx, of.parties.get(*side)).await);
    }
    answers
}

fn body(raw: &RawDraft) -> Value {
    let party = |of: &twoyes::domain::draft::RawParty| {
        json!({ "name": of.name, "email": of.email, "described": of.described, "how_known": of.how_known,
                "why": of.why, "blurb": of.blurb })
    };
    json!({ "purpose": raw.purpose, "order": raw.order, "shared": raw.shared, "step": raw.step,
            "first": party(&raw.first), "second": party(&raw.second) })
}

pub async fn waiting(cx: &Cx) -> i64 {
    use DeliveryState::{Deferred, Leased, Queued, Transmitting};
    let mut waiting = 0;
    for state in [Queued, Leased, Transmitting, Deferred] {
        waiting += mails::count(cx, state).await;
    }
    waiting
}

async fn introduced(cx: &Cx) -> usize {
    let mut tx = cx.db.read().await.unwrap();
    let row = tx.q("SELECT COUNT(*) AS n FROM introduction WHERE state = 'introduced'").one().await.unwrap();
    usize::try_from(row.unwrap().get::<i64>("n").unwrap()).unwrap()
}
