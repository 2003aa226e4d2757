//! Reports as mail servers write them, about mails that were captured.

use twoyes::flow::inbound::{Taken, take};
use twoyes::mail::{LocalMail, report};

use crate::support::db::{Engine, TestDb};
use crate::support::world::World;

/// A world whose mails have return paths of their own.
pub async fn world(db: TestDb) -> World {
    World::with(db, |config| {
        config.inbound.bounce_address = "bounces@twoyes.example".into();
        config.inbound.secret = twoyes::config::Secret::new(SECRET);
    })
    .await
}

pub const SECRET: &str = "a-secret-of-more-than-24-letters";

/// Everything that waits leaves; the raw mails, with their envelopes.
pub async fn leave(world: &World) -> Vec<LocalMail> {
    world.app.worker.run_once().await;
    world.app.mailbox.as_ref().unwrap().take_all()
}

pub fn to<'a>(mails: &'a [LocalMail], who: &str) -> &'a LocalMail {
    mails.iter().find(|mail| mail.recipient == who).unwrap_or_else(|| panic!("no mail to {who}"))
}

/// A delivery status notification as Postfix writes it.
pub fn dsn(to: &str, action: &str, status: &str, said: &str) -> String {
    format!(
        "Return-Path: <>\r\nDelivered-To: {to}\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nAuto-Submitted: \
         auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n\
         \tboundary=\"B\"\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\r\n--B\r\nContent-Type: \
         message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; \
         x@example.net\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {said}\r\n\r\n--B--\r\n"
    )
}

/// A feedback report with this of the original mail's head.
pub fn arf(kind: &str, original: &str) -> String {
    format!(
        "From: fbl@provider.example\r\nTo: abuse@twoyes.example\r\nMIME-Version: 1.0\r\nContent-Type: \
         multipart/report; report-type=feedback-report; boundary=\"B\"\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n\
         A complaint.\r\n\r\n--B\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\n\
         User-Agent: FBL/1.0\r\nVersion: 1\r\n\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\nSubject: \
         Hello\r\n\r\nText\r\n\r\n--B--\r\n"
    )
}

pub async fn hand_in(world: &World, raw: &str) -> Taken {
    take(&world.app.cx, &report::read(raw.as_bytes())).await.unwrap()
}

/// Every row of every table, as text. PostgreSQL has no such list at hand: the tables that a report could touch.
pub async fn dump(world: &World, engine: Engine) -> Vec<String> {
    const TABLES: [&str; 9] = [
        "introduction",
        "party",
        "event",
        "message",
        "delivery",
        "attempt",
        "suppression",
        "report",
        "complaint",
    ];
    let mut tx = world.app.cx.db.read().await.unwrap();
    let mut all = Vec::new();
    for table in TABLES {
        let columns: &'static str = match table {
            "introduction" => "version || ' ' || state",
            "party" => "COALESCE(choice, '-') || ' ' || COALESCE(undeliverable_at, 0)",
            "event" => "what || ' ' || seq",
            "message" => "key",
            "delivery" => "state || ' ' || fence || ' ' || attempts || ' ' || last_words",
            "attempt" => "stage || ' ' || words",
            "suppression" => "source || ' ' || created_at",
            _ => "CAST(at AS TEXT)",
        };
        let sql: &'static str = format!("SELECT {columns} AS line FROM {table} ORDER BY 1").leak();
        for row in tx.q(sql).all().await.unwrap() {
            all.push(format!("{table}: {}", row.get::<String>("line").unwrap()));
        }
    }
    let _ = engine;
    all
}

/// A return path with another last letter: nobody's.
pub fn flipped(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap();
    let last = if local.ends_with('0') { '1' } else { '0' };
    format!("{}{last}@{domain}", &local[..local.len() - 1])
}
