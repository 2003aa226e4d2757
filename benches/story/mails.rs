//! Mails a second out of the durable outbox: leased, marked, sent and recorded one by one.

use std::time::Duration;

use twoyes::domain::letter::DeliveryState;
use twoyes::flow::Cx;
use twoyes::store::deliveries;

use super::sink::Sink;
use super::table::{Row, Table, number, times};
use super::{house, people};

/// Pairs of people; two mails each.
const PAIRS: usize = 5_000;

/// Returns the rate that was reached.
pub async fn measure(table: &mut Table) -> f64 {
    let sink = Sink::start(&[]).await;
    let instance = house::with_relay(sink.port);
    let cx = house::inside(&instance).await;
    people::asked(&cx, PAIRS).await;
    let bytes = sample_bytes(&cx).await;
    let limit = sink.capacity(20_000, bytes, 8).await;
    let running = instance.serve().await;
    let before = house::cpu_seconds(running.id());
    let reached = drained(&cx, 2 * PAIRS).await;
    let cpu = house::cpu_seconds(running.id()) - before;
    table.add(Row {
        what: "mails/s".into(),
        reached: format!(
            "{} of {bytes} bytes, {:.2} ms of processor each",
            number(reached),
            cpu * 1e3 / times(2 * PAIRS)
        ),
        limit: format!("{} by smtp-source", number(limit)),
        goal: "a third of the limit, 2,000".into(),
        good: Some(reached >= limit / 3.0 && reached >= 2_000.0),
    });
    reached
}

/// Waits until so many have left; how many did in a second.
pub async fn drained(cx: &Cx, mails: usize) -> f64 {
    while count(cx, DeliveryState::Sent).await < i64::try_from(mails).unwrap() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    times(mails) / seconds_of_attempts(cx).await
}

/// From the first attempt to the last, by the outbox itself.
async fn seconds_of_attempts(cx: &Cx) -> f64 {
    let mut tx = cx.db.read().await.unwrap();
    let row = tx.q("SELECT MAX(at) - MIN(at - took) AS took FROM attempt").one().await.unwrap().unwrap();
    std::time::Duration::from_micros(u64::try_from(row.get::<i64>("took").unwrap()).unwrap()).as_secs_f64()
}

/// How long a mail is as it travels; base64 and headers make it longer than its words.
pub async fn sample_bytes(cx: &Cx) -> usize {
    let mut tx = cx.db.read().await.unwrap();
    let sql =
        "SELECT CAST(AVG(LENGTH(text_part) + LENGTH(html_part)) AS BIGINT) + 1500 AS bytes FROM message";
    let row = tx.q(sql).one().await.unwrap().unwrap();
    usize::try_from(row.get::<i64>("bytes").unwrap()).unwrap()
}

pub async fn count(cx: &Cx, state: DeliveryState) -> i64 {
    let mut tx = cx.db.read().await.unwrap();
    deliveries::count(&mut tx, state, i64::MAX).await.unwrap()
}
