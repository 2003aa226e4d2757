//! `twoyes inbound` as a mail server calls it: one mail on standard input, an exit code for an answer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::inbound_kit::{dsn, flipped};
use crate::support::driver::{Driver, Plan};
use crate::support::http::Http;
use crate::support::process::{Instance, Running};
use crate::support::smtp_sink::SmtpSink;

/// EX_TEMPFAIL (sysexits.h): the mail server keeps the mail and comes again.
const LATER: Option<i32> = Some(75);
const DEALT_WITH: Option<i32> = Some(0);

struct Stage {
    instance: Instance,
    running: Running,
    token: String,
    id: String,
    sender: String,
}

/// A service that has asked the first party.
async fn asked() -> Stage {
    let sink = Arc::new(SmtpSink::start().await);
    let mut instance = Instance::with_relay(sink.port());
    instance.set("inbound.bounce_address", "bounces@twoyes.example");
    let token = instance.admin("lena@connect.example").await;
    let running = instance.serve().await;
    let driver = Driver::new(vec![instance.port], &token, Arc::clone(&sink), Duration::from_mins(1));
    let plan = Plan::all_yes(1);
    let id = driver.draft_and_ask(plan).await;
    while sink.taken().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let sender = sink.taken().remove(0).from;
    Stage { instance, running, token, id, sender }
}

impl Stage {
    async fn is_unreachable(&self) -> bool {
        let mut http = Http::new(self.instance.port);
        let path = format!("/introductions/{}", self.id);
        let answer = http.api(&self.token, hyper::Method::GET, &path, &Value::Null, None).await.unwrap();
        answer.json()["first"]["undeliverable"] == true
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_the_running_service_a_bounce_is_carried_out_and_nothing_else() {
    let stage = asked().await;
    let bounce = |to: &str| dsn(to, "failed", "5.1.1", "550 5.1.1 no such user");
    let huge = vec![b'x'; 30 << 20];
    let person = format!("To: {}\r\nSubject: Re: Hello\r\n\r\nYes!\r\n", stage.sender);
    for (mail, word) in [
        (bounce(&flipped(&stage.sender)).into_bytes(), "forged"),
        (person.into_bytes(), "other"),
        (Vec::new(), "other"),
        (huge, "other"),
    ] {
        let said = stage.instance.run_with(&["inbound"], &mail).await;
        assert_eq!((said.code, said.out.trim()), (DEALT_WITH, word), "{}", said.err);
    }
    assert!(!stage.is_unreachable().await);
    let said = stage.instance.run_with(&["inbound"], bounce(&stage.sender).as_bytes()).await;
    assert_eq!((said.code, said.out.trim()), (DEALT_WITH, "bounced"), "{}", said.err);
    assert!(stage.is_unreachable().await);
    let log = format!("{}{}{}", said.out, said.err, stage.instance.log());
    assert!(!log.contains(&stage.sender) && !log.contains("first1@"), "no address and no token in a log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_envelope_names_the_recipient_where_no_header_does_and_a_stopped_service_is_no_obstacle() {
    let mut stage = asked().await;
    stage.running.stop(Duration::from_secs(30)).await;
    let hidden = dsn("undisclosed-recipients:;", "failed", "5.1.1", "550 5.1.1 no such user");
    let said = stage.instance.run_with(&["inbound"], hidden.as_bytes()).await;
    assert_eq!(said.out.trim(), "forged");
    let said = stage.instance.run_with(&["inbound", "--to", &stage.sender], hidden.as_bytes()).await;
    assert_eq!((said.code, said.out.trim()), (DEALT_WITH, "bounced"), "{}", said.err);
    let _running = stage.instance.serve().await;
    assert!(stage.is_unreachable().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_dealt_with_now_is_kept_by_the_mail_server() {
    let mut instance = Instance::new();
    let mail = dsn("bounces+0@twoyes.example", "failed", "5.1.1", "550 no such user");
    let refused = async |instance: &Instance, why: &str| {
        let said = instance.run_with(&["inbound"], mail.as_bytes()).await;
        assert_eq!(said.code, LATER, "{why}: {said:?}");
        assert!(said.err.contains(why) && said.out.is_empty(), "{said:?}");
    };
    refused(&instance, "keys.file").await;
    instance.admin("lena@connect.example").await;
    let said = instance.run_with(&["inbound"], mail.as_bytes()).await;
    assert_eq!(said.code, DEALT_WITH, "{said:?}");
    instance.set("database.url", "postgres://nobody:x@127.0.0.1:1/nothing");
    refused(&instance, "database").await;
    instance.set_raw("inbound.size_limit_bytes", "'many'");
    refused(&instance, "inbound.size_limit_bytes").await;
}
