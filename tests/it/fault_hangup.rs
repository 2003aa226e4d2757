//! The client hangs up: at every byte of a POST, and before it has read the answer. The answer of a party is
//! there whole or not at all, and nobody after it suffers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use twoyes::store::Db;

use crate::support::db::{Engine, database, has_postgres};
use crate::support::driver::Plan;
use crate::support::http::Http;
use crate::support::siege::{Siege, besieged};
use crate::support::smtp_sink::SmtpSink;
use crate::support::world::hidden;

/// So many answers are sent whole by somebody who does not wait for the reply.
const IMPATIENT: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hanging_up_at_every_byte_leaves_an_answer_whole_or_not_at_all_on_sqlite() {
    hang_up(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hanging_up_at_every_byte_leaves_an_answer_whole_or_not_at_all_on_postgres() {
    if has_postgres() {
        hang_up(Engine::Postgres).await;
    }
}

async fn hang_up(engine: Engine) {
    let sink = Arc::new(SmtpSink::start().await);
    let mut instance = besieged(sink.port());
    let mut url = format!("sqlite:{}", instance.path("twoyes.db").display());
    if engine == Engine::Postgres {
        url = database(None).await;
        instance.set("database.url", &url);
    }
    instance.set_raw("database.max_connections", "3");
    let token = instance.admin("lena@connect.example").await;
    let mut running = instance.serve().await;
    let db = Db::connect(&url, 2).await.unwrap();
    let siege = Siege::new(instance, &url, &token, sink, Duration::from_mins(2));
    let plan = Plan { together: false, ..Plan::all_yes(0) };
    let link = siege.driver.ask(plan).await;

    let whole = post(&siege, &link, "yes").await;
    for bytes in 0..whole.len() {
        send(&siege, &whole[..bytes], 0).await;
    }
    assert_eq!(choice(&db).await, None, "half a request is no answer");
    assert_eq!(answers(&db).await, 0);

    let mut seen = 0;
    for nth in 0..IMPATIENT {
        // Nothing of the reply is read, or some bytes of it.
        let wanted = if nth % 2 == 0 { "no" } else { "not_now" };
        let request = post(&siege, &link, wanted).await;
        send(&siege, &request, nth % 20).await;
        seen += usize::from(comes_to_be(&db, wanted).await);
    }
    assert!(seen > IMPATIENT / 2, "{seen} of {IMPATIENT} answers were carried out");
    assert!(running.ended().is_none());
    if engine == Engine::Postgres {
        let sql = "SELECT COUNT(*) AS n FROM pg_stat_activity
                   WHERE datname = current_database() AND state LIKE 'idle in transaction%'
                     AND now() - state_change > interval '2 seconds'";
        let row = db.read().await.unwrap().q(sql).one().await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("n").unwrap(), 0, "a connection was left with an open transaction");
    }
    // Everybody after them is served as if nothing had been.
    let carried = siege.carry((0..8).map(Plan::all_yes).collect(), 8);
    let faults = siege.calm(running, carried).await.faults();
    assert!(faults.is_empty(), "{faults:#?}");
    println!(
        "figure: fault: {engine:?}: a POST cut at each of its {} bytes, {IMPATIENT} that were not waited for \
         ({seen} carried out), none by half",
        whole.len()
    );
}

/// The bytes of an answer, with the nonce of a fresh view.
async fn post(siege: &Siege, link: &str, choice: &str) -> Vec<u8> {
    let page = Http::new(siege.instance.port).get(link).await.unwrap();
    let nonce = hidden(&page.body, "nonce");
    // The first day that the page offers.
    let day = page.body.split("min=\"").nth(1).unwrap().split('"').next().unwrap();
    let until = if choice == "not_now" { format!("&until={day}") } else { String::new() };
    let body = format!("nonce={nonce}&choice={choice}{until}");
    let head = format!(
        "POST {link} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n",
        siege.instance.port,
        body.len()
    );
    format!("{head}{body}").into_bytes()
}

/// Sends these bytes, reads so many of the reply, and is gone.
async fn send(siege: &Siege, bytes: &[u8], read: usize) {
    let mut stream = TcpStream::connect(("127.0.0.1", siege.instance.port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(bytes).await.unwrap();
    if read > 0 {
        stream.read_exact(&mut vec![0; read]).await.unwrap();
    }
}

/// Whether this choice stands within a while.
async fn comes_to_be(db: &Db, wanted: &str) -> bool {
    let until = Instant::now() + Duration::from_millis(500);
    while Instant::now() < until {
        if choice(db).await.as_deref() == Some(wanted) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}

async fn choice(db: &Db) -> Option<String> {
    let sql = "SELECT choice FROM party WHERE side = 'first'";
    db.read().await.unwrap().q(sql).one().await.unwrap().unwrap().opt("choice").unwrap()
}

async fn answers(db: &Db) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM event WHERE what = 'answered'";
    db.read().await.unwrap().q(sql).one().await.unwrap().unwrap().get("n").unwrap()
}
