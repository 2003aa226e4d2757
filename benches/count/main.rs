//! Does the same work beside so many answers or deliveries, so that a profiler can count the instructions of one:
//! the difference of two runs. `tests/tools/instructions.sh` does so and compares it with the budget.
//!
//!     cargo build --bench count && valgrind --tool=callgrind target/debug/deps/count-* answer 20
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on ends")]

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

use axum::body::Body;
use axum::http::{Method, Request, header};
use tower::ServiceExt;
use twoyes::app::{App, Choices};
use twoyes::config::Config;
use twoyes::web::routes;

use support::process::Instance;

/// The answers that are prepared, whether they are given or not; and the mails that are queued.
const PREPARED: usize = 20;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let number = words.get(1).and_then(|number| number.parse().ok()).filter(|number| *number <= PREPARED);
    // One thread beside the writer's: who was woken first makes no difference.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match (words.first().map(String::as_str), number) {
        (Some("answer"), Some(number)) => runtime.block_on(answers(number)),
        (Some("delivery"), Some(number)) => runtime.block_on(deliveries(number)),
        _ => assert!(words.is_empty(), "count answer NUMBER, or count delivery NUMBER; at most {PREPARED}"),
    }
}

/// From the form of a yes to the page that says it was recorded.
async fn answers(number: usize) {
    let (app, answers, _instance) = prepared(house::NO_RELAY).await;
    let router = routes::router(&app.web);
    for answer in answers.iter().take(number) {
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
}

/// From the lease to the result, over SMTP.
async fn deliveries(number: usize) {
    let sink = sink::Sink::start(&[]).await;
    let (app, _, _instance) = prepared(sink.port).await;
    let due = i64::try_from(number).unwrap();
    let later = app.cx.db.write(move |tx| {
        Box::pin(async move {
            let sql = "UPDATE delivery SET due_at = 9223372036854775807
                       WHERE id NOT IN (SELECT id FROM delivery ORDER BY id LIMIT $1)";
            tx.q(sql).bind(due).run().await.map(drop)
        })
    });
    later.await.unwrap();
    let sent = app.worker.deliver_all().await.sent;
    assert_eq!(sent, u64::try_from(number).unwrap());
}

async fn prepared(relay: u16) -> (App, Vec<people::Answer>, Instance) {
    let instance = house::with_relay(relay);
    let config = Config::load(Some(&instance.path("twoyes.toml")), []).unwrap();
    let app = App::build(&config, Choices::default()).await.unwrap();
    let answers = people::asked(&app.cx, PREPARED / 2).await;
    (app, answers, instance)
}
