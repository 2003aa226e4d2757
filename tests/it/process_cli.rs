//! Every command of the program, as a person types it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::Value;
use twoyes::view::mails::MAILS;

use crate::support::driver::{Driver, Plan};
use crate::support::http::Http;
use crate::support::ports::free_port;
use crate::support::process::{Instance, Running};
use crate::support::smtp_sink::{Act, At, SmtpSink};

const LENA: &str = "lena@connect.example";

const COMMANDS: [&str; 28] = [
    "",
    "serve",
    "demo",
    "check",
    "migrate",
    "connector",
    "connector add",
    "token",
    "token add",
    "token list",
    "token revoke",
    "mail",
    "mail preview",
    "mail test",
    "inbound",
    "keys",
    "keys list",
    "keys rotate",
    "keys retire",
    "keys revoke",
    "audit",
    "audit key",
    "audit checkpoint",
    "audit verify",
    "audit verify-evidence",
    "evidence",
    "help",
    "help keys revoke",
];

#[tokio::test]
async fn every_command_explains_itself() {
    let instance = Instance::new();
    for command in COMMANDS {
        let help = if command.starts_with("help") { vec![] } else { vec!["--help"] };
        let words: Vec<&str> = command.split_whitespace().chain(help).collect();
        let said = instance.good(&words).await;
        assert!(said.contains("Usage: twoyes"), "{command}: {said}");
        let first = said.lines().next().unwrap();
        assert!(
            first.len() > 15 && !first.starts_with("Usage"),
            "`{command}` begins with what it is for: {first}"
        );
    }
    let whole = instance.good(&["--help"]).await;
    for command in COMMANDS.iter().filter(|command| !command.is_empty() && !command.contains(' ')) {
        assert!(whole.contains(&format!("  {command} ")), "{command} is missing in {whole}");
    }
}

#[tokio::test]
async fn wrong_usage_is_code_two() {
    let instance = Instance::new();
    for words in
        [vec!["sevre"], vec!["token", "add"], vec!["keys", "revoke", "x"], vec!["demo", "--port", "80808"]]
    {
        let said = instance.run(&words).await;
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.err.starts_with("error: "), "{said:?}");
    }
}

#[tokio::test]
async fn connectors_are_added_once() {
    let instance = Instance::new();
    let said = instance.good(&["connector", "add", LENA, "Lena Brandt"]).await;
    assert!(said.starts_with("Added Lena Brandt (connector)."), "{said}");
    assert!(said.contains(&format!("http://127.0.0.1:{}/sign-in", instance.port)), "{said}");
    let admin = instance.good(&["connector", "add", "--admin", "omar@connect.example", "Omar Haddad"]).await;
    assert!(admin.contains("(admin)"), "{admin}");
    instance.run(&["connector", "add", LENA, "Lena Brandt"]).await.assert_refused(&["account"]);
    let both = instance.run(&["connector", "add", "not-an-address", ""]).await;
    assert_eq!((both.code, both.err.lines().count()), (Some(1), 2), "both problems at once: {both:?}");
}

#[tokio::test]
async fn a_token_works_until_the_moment_it_is_revoked() {
    let instance = Instance::new();
    instance.good(&["connector", "add", LENA, "Lena Brandt"]).await;
    let secret = instance.good(&["token", "add", LENA, "--name", "laptop"]).await.trim().to_owned();
    assert!(secret.starts_with("twoyes_") && secret.len() > 50 && !secret.contains(char::is_whitespace));
    let too_much = instance.run(&["token", "add", LENA, "--scope", "admin"]).await;
    too_much.assert_refused(&["admin"]);
    instance.run(&["token", "add", "nobody@connect.example"]).await.assert_refused(&["no account"]);

    let list = instance.good(&["token", "list", LENA]).await;
    assert_eq!(list.lines().count(), 1, "{list}");
    assert!(list.contains("laptop") && list.contains("[read write]") && list.contains("good"), "{list}");
    assert!(!list.contains(&secret));
    let id = list.split_whitespace().next().unwrap();

    let _running = instance.serve().await;
    let mut http = Http::new(instance.port);
    let mut status = async || {
        let path = "/introductions";
        http.api(&secret, Method::GET, path, &Value::Null, None).await.unwrap().status
    };
    assert_eq!(status().await, 200);
    assert_eq!(instance.good(&["token", "revoke", id]).await, "Revoked.\n");
    assert_eq!(status().await, 401, "at once, although the service knew it");
    instance.run(&["token", "revoke", id]).await.assert_refused(&["no such token"]);
    assert!(instance.good(&["token", "list", LENA]).await.contains("revoked 2"));
    for file in ["twoyes.db", "twoyes.db-wal"] {
        let bytes = std::fs::read(instance.path(file)).unwrap();
        let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!found, "{file} holds the secret of a token");
    }
}

#[tokio::test]
async fn every_kind_of_mail_can_be_looked_at() {
    let instance = Instance::new();
    let help = instance.good(&["mail", "preview", "--help"]).await;
    for entry in MAILS {
        assert!(help.contains(&format!("`{}`", entry.kind)), "the help names {}", entry.kind);
        let text = instance.good(&["mail", "preview", entry.kind]).await;
        assert!(text.starts_with(&format!("--- {}, sample 1\nSubject: ", entry.kind)), "{text}");
        let html = instance.good(&["mail", "preview", entry.kind, "--html"]).await;
        assert!(html.contains("</"), "{html}");
    }
    instance.run(&["mail", "preview", "poem"]).await.assert_refused(&["`poem`", "ask_first", "closing_note"]);
}

#[tokio::test]
async fn a_test_mail_leaves_at_once_and_says_what_the_relay_said() {
    let sink = SmtpSink::start().await;
    let instance = Instance::with_relay(sink.port());
    let said = instance.good(&["mail", "test", "ada@example.org"]).await;
    assert!(said.starts_with("Accepted: 250 "), "{said}");
    let taken = sink.taken();
    assert_eq!((taken.len(), taken[0].rcpt.as_str()), (1, "ada@example.org"));
    sink.once(At::Rcpt, Act::reply("550 5.1.1 nobody of that name"));
    let refused = instance.run(&["mail", "test", "ada@example.org"]).await;
    refused.assert_refused(&["not accepted", "rcpt", "nobody of that name"]);
    instance.run(&["mail", "test", "ada@localhost"]).await.assert_refused(&["ada@localhost"]);
}

#[tokio::test]
async fn a_test_mail_without_a_relay_becomes_a_file_or_is_refused() {
    let mut instance = Instance::new();
    instance.run(&["mail", "test", "ada@example.org"]).await.assert_refused(&["mailbox"]);
    instance.set("mail.transport", "file");
    instance.good(&["mail", "test", "ada@example.org"]).await;
    let files = std::fs::read_dir(instance.path("mail")).unwrap();
    let mails =
        files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|name| name == "eml"));
    assert_eq!(mails.count(), 1);
}

#[tokio::test]
async fn rotating_keys_keeps_links_and_revoking_ends_them() {
    let sink = Arc::new(SmtpSink::start().await);
    let instance = Instance::with_relay(sink.port());
    let token = instance.admin(LENA).await;
    let running = instance.serve().await;
    let driver = Driver::new(vec![instance.port], &token, sink, Duration::from_secs(20));
    let mut http = Http::new(instance.port);
    let old = driver.ask(Plan::of(0)).await;
    assert_eq!(http.get(&old).await.unwrap().status, 200);

    assert!(instance.good(&["keys", "rotate"]).await.starts_with("Key 2 is active now.\n"));
    reload(&instance, &running, 1).await;
    let new = driver.ask(Plan::of(1)).await;
    assert_eq!(http.get(&old).await.unwrap().status, 200, "rotating breaks no link");
    assert_eq!(http.get(&new).await.unwrap().status, 200);

    instance.run(&["keys", "revoke", "2"]).await.assert_refused(&["active", "rotate"]);
    instance.run(&["keys", "retire", "7"]).await.assert_refused(&["no key 7"]);
    instance.run(&["keys", "retire", "1"]).await.assert_refused(&[
        "mails",
        "key 1",
        "stop links",
        "--anyway",
    ]);
    instance.good(&["keys", "revoke", "1"]).await;
    reload(&instance, &running, 2).await;
    let (dead, never) =
        (http.get(&old).await.unwrap(), http.get(&format!("/c/{}", "a".repeat(64))).await.unwrap());
    assert_eq!(dead.status, 404);
    assert_eq!(dead.body, never.body, "a revoked link looks like one that never was");
    assert_eq!(http.get(&new).await.unwrap().status, 200);

    let list = instance.good(&["keys", "list"]).await;
    let states: Vec<&str> = list.lines().map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(states, ["revoked", "active"], "{list}");
    let ring = std::fs::read_to_string(instance.path("twoyes.keys")).unwrap();
    for secret in ring.lines().filter_map(|line| line.strip_prefix("secret = ")) {
        assert!(!list.contains(secret.trim_matches('"')));
    }
    instance.good(&["keys", "retire", "1"]).await;
    assert_eq!(instance.good(&["keys", "list"]).await.lines().count(), 1);
}

/// SIGHUP, and waits until the ring was read for the `nth` time.
async fn reload(instance: &Instance, running: &Running, nth: usize) {
    running.signal("HUP");
    let began = Instant::now();
    while instance.log().matches("the key ring was read again").count() < nth {
        assert!(began.elapsed() < Duration::from_secs(10), "{}", instance.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn migrate_says_what_it_did() {
    let instance = Instance::new();
    let said = instance.good(&["migrate"]).await;
    assert!(said.ends_with("applied.\n"), "{said}");
    assert_eq!(instance.good(&["migrate"]).await, "The database is up to date.\n");
}

#[tokio::test]
async fn check_says_what_is_good_and_what_to_do() {
    let sink = SmtpSink::start().await;
    let instance = Instance::with_relay(sink.port());
    let before = instance.good(&["check"]).await;
    assert_findings(&before);
    assert!(before.contains("warning   There is no key ring yet"), "{before}");
    assert!(before.contains("will be migrated at the next start"), "{before}");
    assert!(!instance.path("twoyes.keys").exists(), "looking makes nothing");
    instance.admin(LENA).await;
    let after = instance.good(&["check"]).await;
    assert_findings(&after);
    for good in
        ["configuration is whole", "Every template", "1 key(s)", "schema fits", "greets us and lets us in"]
    {
        let line =
            after.lines().find(|line| line.contains(good)).unwrap_or_else(|| panic!("{good}: {after}"));
        assert!(line.starts_with("ok "), "{line}");
    }
    assert!(after.contains("warning   Mails are not signed here"), "{after}");
    assert!(after.contains("warning   Bounces and complaints go to introductions@twoyes.example"), "{after}");
    assert!(sink.taken().is_empty(), "it only greets");
}

#[tokio::test]
async fn check_tells_all_problems_and_ends_with_three() {
    let mut instance = Instance::with_relay(free_port());
    instance.good(&["migrate"]).await;
    std::fs::write(instance.path("twoyes.keys"), "nothing").unwrap();
    std::fs::create_dir_all(instance.path("own/en/mail")).unwrap();
    std::fs::write(instance.path("own/en/mail/poem.txt"), "Roses").unwrap();
    instance.set("templates.override_dir", &instance.path("own").display().to_string());
    instance.set("instance.time_zone", "Mars/Olympus");
    instance.set("dkim.domain", "twoyes.example");
    instance.set("dkim.selector", "s1");
    instance.set("dkim.key_file", "/nowhere.pem");
    let said = instance.run(&["check"]).await;
    assert_eq!(said.code, Some(3), "{said:?}");
    assert_findings(&said.out);
    let problems: Vec<&str> = said.out.lines().filter(|line| line.starts_with("PROBLEM ")).collect();
    for word in ["Mars/Olympus", "poem", "twoyes.keys", "dkim.key_file", "does not let us in"] {
        assert!(problems.iter().any(|line| line.contains(word)), "{word} is missing in {}", said.out);
    }
}

/// Each finding is one line: its weight, and a sentence.
fn assert_findings(said: &str) {
    assert!(said.lines().count() > 4, "{said}");
    for line in said.lines() {
        let (mark, sentence) = line.split_at(10);
        assert!(["ok", "warning", "PROBLEM"].contains(&mark.trim()), "{line}");
        assert!(sentence.len() > 10 && sentence.ends_with(['.', '!']), "a sentence: {line}");
    }
}

#[tokio::test]
async fn the_demo_refuses_a_taken_port_and_leaves_nothing_behind() {
    let instance = Instance::new();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for words in [vec!["demo", "--port", &port], vec!["demo", "--script", "--port", &port]] {
        let said = instance.run(&words).await;
        said.assert_refused(&["port", &port, "is taken", "--port"]);
        assert_eq!(said.out, "");
    }
    assert!(!instance.path("twoyes-demo").exists());
}

#[tokio::test]
async fn the_script_of_the_demo_plays_every_scene_within_ten_seconds() {
    let instance = Instance::new();
    let began = Instant::now();
    let said = instance.good(&["demo", "--script", "--port", "0"]).await;
    let took = began.elapsed();
    println!("the script took {took:?}");
    let scenes: Vec<&str> = said.lines().filter(|line| line.starts_with("== ")).collect();
    assert_eq!(
        scenes,
        [
            "== Lena drafts an introduction and asks Ada first",
            "== Ada agrees, and edits what Grace will read about her",
            "== Grace agrees",
            "== The hold passes; the introduction leaves",
            "== Seven days later: what came of it?",
            "== What Lena sees",
        ]
    );
    for part in ["-- mail to ada@example.org", "-- mail to grace@example.net", "Subject: Ada <> Grace"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn no_port_is_given_to_two_tests() {
    let mut ports: Vec<u16> = (0..50).map(|_| free_port()).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 50);
}
