//! What the process writes down, and how it ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::Value;

use crate::support::driver::{Driver, Plan};
use crate::support::http::Http;
use crate::support::process::Instance;
use crate::support::smtp_sink::{Act, At, SmtpSink};
use crate::support::world::hidden;

const LENA: &str = "lena@connect.example";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_whole_introduction_holds_no_address_token_or_text() {
    let sink = Arc::new(SmtpSink::start().await);
    let mut instance = Instance::with_relay(sink.port());
    instance.set("log.filter", "trace");
    instance.set("log.format", "json");
    instance.set_raw("asking.hold_seconds", "1");
    instance.set_raw("asking.contest_seconds", "0");
    let token = instance.admin(LENA).await;
    let mut running = instance.serve().await;
    let driver =
        Arc::new(Driver::new(vec![instance.port], &token, Arc::clone(&sink), Duration::from_mins(1)));
    let plan = Plan::of(0);
    driver.carry(vec![plan, Plan::of(13), Plan::of(17)], 1).await;
    let nonce = misuse(&instance, &token, &driver.ask(Plan::of(1)).await).await;
    driver.mail(LENA, |_| true).await;
    running.stop(Duration::from_secs(10)).await;

    let mut secrets = vec![LENA.to_owned(), token, nonce, "lena@".into(), "Lena Brandt".into()];
    for plan in [0, 1, 13, 17].map(Plan::of) {
        secrets.extend(["first", "second"].map(|side| plan.address(side)));
    }
    for taken in sink.taken() {
        let mail = twoyes::mail::decode(&taken.data);
        secrets.push(taken.rcpt);
        secrets.push(mail.subject);
        let long = mail.text.lines().map(str::trim).filter(|line| line.len() > 30);
        // Of a link its token, without the base address that may stand anywhere.
        secrets
            .extend(long.map(|line| line.rsplit('/').next().unwrap().split('#').next().unwrap().to_owned()));
    }
    for words in ["Ada Lovelace", "Grace Hopper", "deadlines", "queueing problem", "schedulers"] {
        secrets.push(words.into());
    }
    secrets.retain(|secret| secret.len() > 4);
    secrets.sort();
    secrets.dedup();
    let log = instance.log();
    let hits: Vec<&String> = secrets.iter().filter(|secret| log.contains(secret.as_str())).collect();
    println!("{} lines of log, {} secrets looked for", log.lines().count(), secrets.len());
    assert!(log.lines().count() > 300 && secrets.len() > 60, "there is something to find");
    assert!(hits.is_empty(), "{} in the log: {hits:#?}\n{}", hits.len(), first_with(&log, &hits));
    assert_request_lines(&log);
}

/// The first line with each.
fn first_with(log: &str, hits: &[&String]) -> String {
    let line = |hit: &&String| log.lines().find(|line| line.contains(hit.as_str()));
    hits.iter().filter_map(line).take(5).collect::<Vec<_>>().join("\n")
}

/// Requests that go wrong, with secrets in all places. Returns the nonce that was used.
async fn misuse(instance: &Instance, token: &str, link: &str) -> String {
    let mut http = Http::new(instance.port);
    let page = http.get(link).await.unwrap();
    let nonce = hidden(&page.body, "nonce");
    let stale = [("nonce", nonce.as_str()), ("choice", "perhaps"), ("note", "schedulers and deadlines")];
    assert_eq!(http.form(link, &stale).await.unwrap().status, 422);
    let broken = format!("{}{}", &link[..link.len() - 3], "aaa");
    assert_eq!(http.get(&broken).await.unwrap().status, 404);
    let cookie = ("cookie", format!("session={token}; __Host-session={token}"));
    let with = [("referer", link), (cookie.0, cookie.1.as_str())];
    http.send(Method::GET, &format!("/?token={token}"), &with, String::new()).await.unwrap();
    let bad = serde_json::json!({ "purpose": "job_search", "shared": "Ada Lovelace has built schedulers" });
    assert_eq!(http.api(token, Method::POST, "/introductions", &bad, None).await.unwrap().status, 422);
    let wrong = format!("{token}x");
    assert_eq!(
        http.api(&wrong, Method::GET, "/introductions", &Value::Null, None).await.unwrap().status,
        401
    );
    nonce
}

/// Every line is an object, and every line about a request names it.
fn assert_request_lines(log: &str) {
    let mut ids = Vec::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        if line["message"] == "answered" {
            let id = line["span"]["id"].as_str().unwrap_or_else(|| panic!("no request id: {line}"));
            assert_eq!(id.len(), 16, "{line}");
            assert!(line["status"].is_u64() && line["span"]["route"].is_string(), "{line}");
            ids.push(id.to_owned());
        }
    }
    assert!(ids.len() > 15, "{} requests", ids.len());
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "each request has its own");
}

#[tokio::test]
async fn a_response_names_the_request_as_the_log_does() {
    let instance = Instance::new();
    let _running = instance.serve().await;
    let answer = Http::new(instance.port).get("/healthz").await.unwrap();
    let id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    assert!(instance.log().contains(&id), "{id}: {}", instance.log());
}

#[tokio::test]
async fn sigterm_finishes_the_mail_under_way_and_gives_the_rest_back() {
    let sink = Arc::new(SmtpSink::start().await);
    sink.always(At::Dot, Act::Slow(Duration::from_millis(1500), "250 2.0.0 queued".into()));
    let instance = Instance::with_relay(sink.port());
    let token = instance.admin(LENA).await;
    let mut running = instance.serve().await;
    let driver =
        Arc::new(Driver::new(vec![instance.port], &token, Arc::clone(&sink), Duration::from_mins(1)));
    for nth in 0..12 {
        driver.draft_and_ask(Plan { together: false, ..Plan::of(nth) }).await;
    }
    while driver.postbox.count() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = running.stop(Duration::from_secs(10)).await;
    println!("drained in {took:?}, {} of 12 mails had left", sink.taken().len());
    let left = i64::try_from(sink.taken().len()).unwrap();
    assert!(left < 12, "not the whole queue");
    let db = twoyes::store::Db::connect(&url(&instance), 1).await.unwrap();
    let rows = db.read().await.unwrap().q("SELECT state FROM delivery").all().await.unwrap();
    let states: Vec<String> = rows.iter().map(|row| row.get("state").unwrap()).collect();
    let count = |wanted: &str| i64::try_from(states.iter().filter(|state| *state == wanted).count()).unwrap();
    assert_eq!((count("sent"), count("queued")), (left, 12 - left), "{states:?}");
}

#[tokio::test]
async fn sigterm_closes_idle_connections_at_once() {
    let instance = Instance::new();
    let mut running = instance.serve().await;
    let mut http = Http::new(instance.port);
    assert_eq!(http.get("/healthz").await.unwrap().status, 200);
    // The browser keeps its connection open.
    let took = running.stop(Duration::from_secs(5)).await;
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(instance.log().contains("twoyes stopped"));
}

#[tokio::test]
async fn a_second_sigterm_ends_it_at_once() {
    let sink = Arc::new(SmtpSink::start().await);
    sink.always(At::Dot, Act::Mute);
    let instance = Instance::with_relay(sink.port());
    let token = instance.admin(LENA).await;
    let mut running = instance.serve().await;
    let driver = Driver::new(vec![instance.port], &token, Arc::clone(&sink), Duration::from_mins(1));
    driver.draft_and_ask(Plan::of(0)).await;
    while driver.postbox.count() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.signal("TERM");
    assert!(running.end(Duration::from_millis(700)).await.is_none(), "the mail under way is waited for");
    let began = Instant::now();
    running.signal("TERM");
    let ended = running.end(Duration::from_secs(5)).await.unwrap();
    assert_eq!(ended.code(), Some(130));
    assert!(began.elapsed() < Duration::from_secs(1));
}

fn url(instance: &Instance) -> String {
    format!("sqlite:{}", instance.path("twoyes.db").display())
}
