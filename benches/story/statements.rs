//! The statements that something runs, listened to while it runs.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use twoyes::app::{App, Choices};
use twoyes::config::Config;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Connector as Who;
use twoyes::flow::answer::{self, RawReply};
use twoyes::flow::{Cx, ask, draft};
use twoyes::worker::Worker;

use super::people;
use super::support::process::Instance;

/// Keeps every statement that the store says it runs.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Vec<String>>>);

struct Said<'e>(&'e Ear);

impl Visit for Said<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "db.statement" {
            self.0.0.lock().unwrap().push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

impl<S: Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Said(self));
    }
}

impl Ear {
    /// What was said since the last time.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Listens from now on.
fn listen() -> Ear {
    let ear = Ear::default();
    let subscriber = tracing_subscriber::registry().with(ear.clone());
    // Process-wide: SQLite's writer is a thread of its own.
    let _ = tracing::subscriber::set_global_default(subscriber);
    ear
}

/// What `work` runs, in order.
pub async fn heard(work: impl Future<Output = ()>) -> Vec<String> {
    let ear = listen();
    work.await;
    ear.take()
}

/// Those that go through a table, an index or a sort from end to end, by SQLite's plans for them.
pub fn scans(file: &Path, heard: &[String]) -> BTreeSet<String> {
    let file = Connection::open(file).unwrap();
    let mut found = BTreeSet::new();
    for sql in heard.iter().filter(|sql| !sql.starts_with("PRAGMA")) {
        let mut explain = file.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut steps = explain.raw_query();
        while let Some(step) = steps.next().unwrap() {
            let step: String = step.get("detail").unwrap();
            if step.starts_with("SCAN") || step.contains("TEMP B-TREE") {
                found.insert(format!("{step}: {}", sql.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
        }
    }
    found
}

/// What each step of an introduction runs, from the draft to the last mail and its seals.
pub async fn print() {
    let mut instance = Instance::new();
    for key in ["asking.hold_seconds", "asking.contest_seconds"] {
        instance.set_raw(key, "0");
    }
    let config = Config::load(Some(&instance.path("twoyes.toml")), []).unwrap();
    let App { cx, worker, .. } = &App::build(&config, Choices::default()).await.unwrap();
    // What is made once, and a first introduction of other people.
    let ear = listen();
    let who = &people::connectors(cx).await[0];
    introduce(cx, worker, who, 0, &ear).await;
    let told = introduce(cx, worker, who, 1, &ear).await;
    let all: usize = told.iter().map(|(_, heard)| heard.len()).sum();
    println!("an introduction runs {all} statements");
    for (step, heard) in told {
        println!("  {step}: {}", heard.len());
        for sql in heard {
            println!("    {}", sql.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}

async fn introduce(
    cx: &Cx,
    worker: &Worker,
    who: &Who,
    nth: usize,
    ear: &Ear,
) -> Vec<(&'static str, Vec<String>)> {
    let mut told = Vec::new();
    ear.take();
    let new = draft::create(cx, who, &people::pair(nth)).await.unwrap();
    told.push(("draft", ear.take()));
    let of = ask::ask(cx, who, new.id).await.unwrap();
    told.push(("ask", ear.take()));
    worker.run_once().await;
    told.push(("their two mails", ear.take()));
    for side in [Side::First, Side::Second] {
        let token = people::link(cx, of.parties.get(side));
        let nonce = answer::open(cx, &token).await.unwrap().nonce;
        told.push(("page of the ask", ear.take()));
        let yes = RawReply { choice: "yes".into(), nonce, ..RawReply::default() };
        drop(answer::give(cx, &token, &yes).await.unwrap());
        told.push(("yes", ear.take()));
    }
    worker.run_once().await;
    told.push(("receipts, the introduction and the connector's copies", ear.take()));
    told
}
