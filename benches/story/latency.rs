//! How long a page and an answer take while 100,000 mails wait for a slow relay, against an idle service.

use std::time::Duration;

use super::load::{Load, Request, send_all};
use super::sink::Sink;
use super::table::{Row, Table};
use super::{backlog, house, people};

const QUEUED: i64 = 100_000;
const PAIRS: usize = 400;
/// How often each page is opened.
const LOOKS: usize = 8;
/// People who come by at the same time.
const CLIENTS: usize = 4;

pub async fn measure(table: &mut Table) {
    // Each mail waits a second for its reply.
    let sink = Sink::start(&["-w", "1"]).await;
    let (idle_page, idle_answer) = looked(sink.port, 0).await;
    let (page, answer) = looked(sink.port, QUEUED).await;
    for (what, idle, busy) in [("page", idle_page, page), ("answer", idle_answer, answer)] {
        let (idle, busy) = (idle.permille(990), busy.permille(990));
        table.add(Row {
            what: format!("{what}, p99 while 100,000 mails wait for a slow relay"),
            reached: format!("{busy:.1} ms"),
            limit: format!("{idle:.1} ms idle"),
            goal: "2 times".into(),
            good: Some(busy <= 2.0 * idle),
        });
    }
}

async fn looked(port: u16, queued: i64) -> (Load, Load) {
    let instance = house::with_relay(port);
    let cx = house::inside(&instance).await;
    let answers = people::asked(&cx, PAIRS).await;
    let sent = "UPDATE delivery SET state = 'sent', finished_at = created_at";
    cx.db.write(move |tx| Box::pin(async move { tx.q(sent).run().await })).await.unwrap();
    if queued > 0 {
        backlog::queue(&cx, queued).await;
    }
    drop(cx);
    let running = instance.serve().await;
    let pages: Vec<_> = answers.iter().map(|answer| Request::get(format!("/c/{}", answer.token))).collect();
    let forms: Vec<_> = answers.iter().map(people::Answer::form).collect();
    // What happens once, after a start, is not what is asked here.
    tokio::time::sleep(Duration::from_secs(3)).await;
    send_all(&[instance.port], CLIENTS, pages[..100].to_vec()).await;
    let page = send_all(&[instance.port], CLIENTS, vec![pages; LOOKS].concat()).await;
    let answer = send_all(&[instance.port], CLIENTS, forms).await;
    drop(running);
    (page, answer)
}
