//! A quiet answer looks like silence, byte for byte, in everything the API says to a connector.

use serde_json::Value;
use twoyes::clock::Span;
use twoyes::flow::answer::RawReply;

use crate::api_kit::{Api, says};
use crate::support::db::{Engine, TestDb, fresh, has_postgres};

/// Everything a connector can read, at moments before and after reminder and deadline.
async fn seen(db: TestDb, quietly: Option<&str>, side: &str) -> Vec<String> {
    let api = Api::repeatable(db).await;
    let token = api.lena().await;
    let id = api.asked(&token, "ada").await;
    if side == "second" {
        api.answer(&id, "first", says("yes")).await;
    }
    api.pass(Span::hours(1)).await;
    if let Some(choice) = quietly {
        let until = "2026-03-09".into();
        let reply = RawReply {
            choice: choice.into(),
            quiet: true,
            note: "private".into(),
            until,
            ..RawReply::default()
        };
        api.answer(&id, side, reply).await;
    }
    let mut all = Vec::new();
    for wait in [Span::ZERO, Span::days(3), Span::days(5), Span::days(7), Span::days(30)] {
        api.pass(wait).await;
        for path in ["", "/events", "/preview"] {
            all.push(api.get(&token, &format!("/api/v1/introductions/{id}{path}")).await.text);
        }
        all.push(api.get(&token, "/api/v1/introductions").await.text);
        all.push(api.get(&token, "/api/v1/introductions?state=asking").await.text);
        let again = format!("/api/v1/introductions/{id}/ask-again");
        // After the end a "never" shows as the neutral "cannot be asked before", by design.
        if all[all.len() - 2].contains("\"asking\"") {
            all.push(api.call(&token, "POST", &again, &Value::Null).await.text);
        }
    }
    assert!(all[0].contains("\"answer\":null"), "{}", all[0]);
    all
}

async fn compare(engine: Engine) {
    for side in ["first", "second"] {
        let silence = seen(fresh(engine).await, None, side).await;
        assert!(silence.iter().any(|text| text.contains("\"closed\"")), "the whole story is told");
        for choice in ["no", "not_now", "never"] {
            let quiet = seen(fresh(engine).await, Some(choice), side).await;
            assert_eq!(quiet.len(), silence.len());
            for (nth, (quiet, silence)) in quiet.iter().zip(&silence).enumerate() {
                let at = quiet.bytes().zip(silence.bytes()).position(|(a, b)| a != b);
                let excerpt = |text: &str| {
                    text.chars().skip(at.unwrap_or(0).saturating_sub(60)).take(160).collect::<String>()
                };
                assert!(quiet == silence, "{side} {choice} {nth}\n{}\n{}", excerpt(quiet), excerpt(silence));
            }
        }
    }
}

#[tokio::test]
async fn a_quiet_answer_is_silence_on_sqlite() {
    compare(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_quiet_answer_is_silence_on_postgres() {
    if has_postgres() {
        compare(Engine::Postgres).await;
    }
}
