//! Gives answers, or delivers mails, below Valgrind, and lets it count the instructions of nothing else: what is
//! prepared before runs unwatched. `tests/tools/instructions.sh` starts it and compares with the budget.
//!
//!     valgrind --tool=callgrind --instr-atstart=no target/debug/deps/count-... answer
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that cannot go on ends; it says what it did"
)]

#[expect(dead_code, reason = "the story uses more of it")]
#[path = "../story/house.rs"]
mod house;
#[expect(dead_code, reason = "the story uses more of it")]
#[path = "../story/load.rs"]
mod load;
#[path = "../story/people.rs"]
mod people;
#[expect(dead_code, reason = "the story uses more of it")]
#[path = "../story/sink.rs"]
mod sink;
#[path = "../story/support.rs"]
mod support;
#[path = "../story/wire.rs"]
mod wire;

use std::process::{Command, Stdio};

use axum::body::Body;
use axum::http::{Method, Request, header};
use tower::ServiceExt;
use twoyes::app::{App, Choices};
use twoyes::config::Config;
use twoyes::flow::Cx;
use twoyes::web::routes;

use support::process::Instance;

/// Done before anything is counted, so that what is made once is there;
const UNCOUNTED: usize = 4;
/// and then so many are counted.
const COUNTED: usize = 16;
/// Two of each for every pair.
const PAIRS: usize = 10;

fn main() {
    let word = std::env::args().skip(1).find(|word| !word.starts_with("--"));
    // One thread beside the writer's: who was woken first makes no difference.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match word.as_deref() {
        Some("answer") => runtime.block_on(answers()),
        Some("delivery") => runtime.block_on(deliveries()),
        Some(word) => panic!("`{word}`: only answer and delivery can be counted"),
        // `cargo bench` starts all of them.
        None => println!("tests/tools/instructions.sh"),
    }
}

/// Begins or ends the counting: `on` or `off`.
fn counting(word: &str) {
    let mut control = Command::new("callgrind_control");
    control.arg(format!("--instr={word}")).arg(std::process::id().to_string()).stdout(Stdio::null());
    assert!(control.status().unwrap().success(), "callgrind_control --instr={word}");
}

/// From the form of a yes to the page that says it was recorded.
async fn answers() {
    let (app, answers, _instance) = prepared(house::NO_RELAY).await;
    let router = routes::router(&app.web);
    for (nth, answer) in answers.iter().enumerate() {
        if nth == UNCOUNTED {
            counting("on");
        }
        let form = answer.form();
        let body =
            form.fields.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&");
        let post = Request::builder()
            .method(Method::POST)
            .uri(&form.path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        let page = router.clone().oneshot(post).await.unwrap();
        assert_eq!(page.status(), 200);
        let page = http_body_util::BodyExt::collect(page.into_body()).await.unwrap().to_bytes();
        assert!(page.len() > 1_000);
    }
    counting("off");
    println!("counted {COUNTED}");
}

/// From the lease to the result, over SMTP.
async fn deliveries() {
    let sink = sink::Sink::start(&[]).await;
    let (app, _, _instance) = prepared(sink.port).await;
    due_later(&app.cx).await;
    assert_eq!(app.worker.deliver_all().await.sent, u64::try_from(UNCOUNTED).unwrap());
    due_now(&app.cx).await;
    counting("on");
    assert_eq!(app.worker.deliver_all().await.sent, u64::try_from(COUNTED).unwrap());
    counting("off");
    println!("counted {COUNTED}");
}

/// All but the first.
async fn due_later(cx: &Cx) {
    let first = i64::try_from(UNCOUNTED).unwrap();
    let later = cx.db.write(move |tx| {
        Box::pin(async move {
            let sql = "UPDATE delivery SET due_at = 9223372036854775807
                       WHERE id NOT IN (SELECT id FROM delivery ORDER BY id LIMIT $1)";
            tx.q(sql).bind(first).run().await.map(drop)
        })
    });
    later.await.unwrap();
}

async fn due_now(cx: &Cx) {
    let sql = "UPDATE delivery SET due_at = 0 WHERE state = 'queued'";
    cx.db.write(move |tx| Box::pin(async move { tx.q(sql).run().await.map(drop) })).await.unwrap();
}

async fn prepared(relay: u16) -> (App, Vec<people::Answer>, Instance) {
    let instance = house::with_relay(relay);
    let config = Config::load(Some(&instance.path("twoyes.toml")), []).unwrap();
    let app = App::build(&config, Choices::default()).await.unwrap();
    let answers = people::asked(&app.cx, PAIRS).await;
    (app, answers, instance)
}
