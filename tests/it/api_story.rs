//! A connector's work over the API, from draft to outcome.

use axum::http::StatusCode;
use serde_json::{Value, json};
use twoyes::clock::Span;

use crate::api_kit::{Api, draft, says};
use crate::support::db::both;

fn words(events: &Value) -> Vec<String> {
    let line = |event: &Value| {
        let detail = event["detail"].as_str().map_or(String::new(), |detail| format!(" {detail}"));
        format!("{}{detail}: {}", event["event"].as_str().unwrap(), event["sentence"].as_str().unwrap())
    };
    events["items"].as_array().unwrap().iter().map(line).collect()
}

both! {
    async fn an_introduction_goes_from_draft_to_outcome(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let made = api.call(&token, "POST", "/api/v1/introductions", &draft()).await;
        let id = made.id();
        let path = format!("/api/v1/introductions/{id}");
        assert_eq!(made.header("location"), path);
        assert_eq!(made.header("cache-control"), "no-store");
        assert_eq!(api.get(&token, &path).await.json(), made.json());
        assert_eq!(made.json()["state"], "draft");
        assert_eq!(made.json()["order"], "one_by_one");

        let mails = api.get(&token, &format!("{path}/preview")).await.json();
        let kinds: Vec<&str> = mails["mails"].as_array().unwrap().iter().map(|mail| mail["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["ask_first", "ask_second", "introduction"]);
        assert!(mails["mails"][0]["text"].as_str().unwrap().contains("/c/xxxx"), "{mails}");

        let asked = api.call(&token, "POST", &format!("{path}/ask"), &json!({})).await.json();
        assert_eq!((asked["state"].as_str(), asked["round"].as_i64()), (Some("asking"), Some(1)));
        assert!(asked["first"]["asked_at"].is_string() && asked["second"]["asked_at"].is_null());
        api.answer(&id, "first", says("yes")).await;
        let half = api.get(&token, &path).await.json();
        assert_eq!(half["first"]["answer"]["choice"], "yes");
        assert!(half["second"]["asked_at"].is_string());
        api.answer(&id, "second", says("yes")).await;
        let agreed = api.get(&token, &path).await.json();
        assert_eq!(agreed["introduce_at"], "2026-03-02T09:10:00Z");
        api.pass(Span::minutes(10)).await;
        assert_eq!(api.get(&token, &path).await.json()["state"], "introduced");

        let bad = api.call(&token, "POST", &format!("{path}/outcome"), &json!({"outcome": "married"})).await;
        assert_eq!(bad.faults(), ["outcome: unknown-value"]);
        let none = api.call(&token, "POST", &format!("{path}/outcome"), &json!({})).await;
        assert_eq!(none.faults(), ["outcome: required"]);
        let told = api.call(&token, "POST", &format!("{path}/outcome"), &json!({"outcome": "landed"})).await;
        assert_eq!(told.json()["outcome"], "landed");
        let events = api.get(&token, &format!("{path}/events")).await.json();
        assert_eq!(words(&events), [
            "drafted: The introduction was drafted.",
            "asked: Ada Lovelace was asked.",
            "answered yes: Ada Lovelace said yes.",
            "asked: Grace Hopper was asked.",
            "answered yes: Grace Hopper said yes.",
            "agreed: Both said yes; the introduction leaves at 2026-03-02T09:10:00Z.",
            "introduced: The introduction went to both.",
            "outcome_recorded landed: You recorded what came of it: It led to a job.",
        ]);
    }

    async fn only_drafts_are_changed_and_deleted(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let id = api.draft(&token, "ada").await;
        let path = format!("/api/v1/introductions/{id}");
        let before = api.get(&token, &path).await.json();
        let change = json!({ "step": null, "names_second": true, "second": { "described": "", "why": "She asked for you." } });
        let changed = api.call(&token, "PATCH", &path, &change).await.json();
        let mut expected = before.clone();
        expected["step"] = json!("");
        expected["names_second"] = json!(true);
        expected["second"]["described"] = json!("");
        expected["second"]["why"] = json!("She asked for you.");
        let remarks = changed["remarks"].as_array().unwrap();
        let remark = |remark: &Value| format!("{} {}", remark["code"].as_str().unwrap(), remark["field"].as_str().unwrap());
        assert_eq!(remarks.iter().map(remark).collect::<Vec<_>>(), ["nothing-for-second why_second", "no-step step"]);
        assert!(remarks[0]["sentence"].as_str().unwrap().ends_with('.'));
        expected["remarks"] = changed["remarks"].clone();
        assert_eq!(changed, expected);
        let bad = api.call(&token, "PATCH", &path, &json!({ "names_second": false, "shared": "" })).await;
        assert_eq!(bad.faults(), ["second.described: required", "shared: required"]);
        assert_eq!(api.get(&token, &path).await.json(), changed, "nothing half-written");

        api.call(&token, "POST", &format!("{path}/ask"), &Value::Null).await;
        for (method, body) in [("PATCH", json!({"step": "x"})), ("DELETE", Value::Null)] {
            let refused = api.call(&token, method, &path, &body).await;
            assert_eq!(refused.problem(), (409, "wrong_state".to_owned()), "{method}");
        }
        let other = format!("/api/v1/introductions/{}", api.draft(&token, "ada3").await);
        assert_eq!(api.call(&token, "DELETE", &other, &Value::Null).await.status, StatusCode::NO_CONTENT);
        assert_eq!(api.get(&token, &other).await.problem().0, 404);
    }

    async fn a_contact_fills_what_is_not_given_inline(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let person = json!({ "name": "Grace Hopper", "email": "grace@example.net",
            "described": "a platform lead", "how_known": "the meetup", "notes": "likes tea" });
        let made = api.call(&token, "POST", "/api/v1/contacts", &person).await;
        let contact = made.id();
        assert_eq!(made.header("location"), format!("/api/v1/contacts/{contact}"));
        let mut body = draft();
        body["second"] = json!({ "contact_id": contact, "how_known": "we sail together",
            "why": "Ada has solved the queueing problem twice." });
        let of = api.call(&token, "POST", "/api/v1/introductions", &body).await.json();
        let second = &of["second"];
        assert_eq!(second["contact_id"], contact.as_str());
        assert_eq!(
            [&second["name"], &second["email"], &second["described"], &second["how_known"]],
            ["Grace Hopper", "grace@example.net", "a platform lead", "we sail together"]
        );
        body["second"]["contact_id"] = json!("0195a6d8-7c00-7000-8000-000000000001");
        body["first"]["email"] = json!("ada@localhost");
        let unknown = api.call(&token, "POST", "/api/v1/introductions", &body).await;
        assert_eq!(unknown.faults(), ["first.email: address-domain", "second.contact_id: not-found"]);
    }

    async fn contacts_are_added_changed_and_deleted(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let person = json!({ "name": "Grace Hopper", "email": "grace@example.net" });
        let id = api.call(&token, "POST", "/api/v1/contacts", &person).await.id();
        let twice = api.call(&token, "POST", "/api/v1/contacts", &person).await;
        assert_eq!(twice.faults(), ["email: contact-exists"]);
        let path = format!("/api/v1/contacts/{id}");
        let changed = api.call(&token, "PATCH", &path, &json!({ "notes": "likes tea" })).await.json();
        assert_eq!((changed["notes"].as_str(), changed["name"].as_str()), (Some("likes tea"), Some("Grace Hopper")));
        assert_eq!(api.get(&token, &path).await.json(), changed);
        assert_eq!(api.call(&token, "PATCH", &path, &json!({ "name": null })).await.faults(), ["name: required"]);
        assert_eq!(api.call(&token, "DELETE", &path, &Value::Null).await.status, StatusCode::NO_CONTENT);
        assert_eq!(api.call(&token, "DELETE", &path, &Value::Null).await.problem(), (404, "not_found".to_owned()));
    }

    async fn who_said_never_cannot_be_asked_and_the_answer_says_until_when(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let id = api.asked(&token, "ada").await;
        api.answer(&id, "first", says("never")).await;
        let again = api.draft_of(&token, "ADA+x", &json!("somebody@example.net")).await;
        let refused = api.call(&token, "POST", &format!("/api/v1/introductions/{again}/ask"), &Value::Null).await;
        assert_eq!(refused.problem(), (409, "cannot_be_asked".to_owned()));
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert_eq!(detail, "Ada Lovelace cannot be asked through this service before 2026-05-01.");
        let withdrawn = api.call(&token, "POST", &format!("/api/v1/introductions/{id}/withdraw"), &Value::Null).await;
        assert!(withdrawn.json()["withdrawn_at"].is_string(), "{}", withdrawn.text);
        api.pass(Span::days(15)).await;
        let closed = api.get(&token, &format!("/api/v1/introductions/{id}")).await.json();
        assert_eq!(closed["state"], "closed");
        let ask_again = api.call(&token, "POST", &format!("/api/v1/introductions/{id}/ask-again"), &Value::Null).await;
        assert_eq!(ask_again.problem().1, "they_rest", "while they rest a never does not show");
    }
}
