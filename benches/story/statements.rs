//! The statements that something runs, listened to while it runs.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use twoyes::flow::answer;

use super::{house, people};
use rusqlite::Connection;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

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

/// What `work` runs, in order.
pub async fn heard(work: impl Future<Output = ()>) -> Vec<String> {
    let ear = Ear::default();
    let subscriber = tracing_subscriber::registry().with(ear.clone());
    // Process-wide: SQLite's writer is a task of its own.
    let _ = tracing::subscriber::set_global_default(subscriber);
    work.await;
    let said = ear.0.lock().unwrap();
    said.clone()
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

/// What one answer runs.
pub async fn print() {
    let instance = house::with_relay(house::NO_RELAY);
    let cx = house::inside(&instance).await;
    let answers = people::asked(&cx, 1).await;
    let heard =
        heard(async { drop(answer::give(&cx, &answers[0].token, &answers[0].reply).await.unwrap()) }).await;
    println!("an answer runs {} statements", heard.len());
    for sql in heard {
        println!("  {}", sql.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}
