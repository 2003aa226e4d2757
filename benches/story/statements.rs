//! The statements that something runs, listened to while it runs.

use std::fmt;
use std::sync::{Arc, Mutex};

use twoyes::flow::answer;

use super::{house, people};
use tracing::field::Field;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Keeps every statement that the store says it runs.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut |field: &Field, value: &dyn fmt::Debug| {
            if field.name() == "db.statement" {
                self.0.lock().unwrap().push(format!("{value:?}"));
            }
        });
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
