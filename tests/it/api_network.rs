//! The network over the API: circles, files, plans, keeping in touch, thanks, recruiters, requests.

use serde_json::{Value, json};
use twoyes::clock::Span;
use twoyes::domain::ask_me::RawRequest;
use twoyes::domain::connector::{Role, Scope};
use twoyes::flow::own_card::{self, Reply as CardReply};
use twoyes::flow::{ask_me, import, thanks};
use twoyes::mail::{Decoded, decode};

use crate::api_kit::{Api, Reply, says};
use crate::network_kit::link_in;
use crate::support::db::both;

/// A plan as it is sent.
pub fn plan() -> Value {
    json!({
        "purpose": "job_search", "why_first": "{name} knows how such teams hire.",
        "why_second": "{name}, Sam asks the questions that save a month.", "blurb": "Sam has designed three products.",
        "shared": "Sam, {name} has built teams. {name}, Sam looks for a patient one.", "step": "A call of twenty minutes.",
        "per_week": 1
    })
}

async fn add(api: &Api, token: &str, name: &str, more: Value) -> String {
    let mut body = json!({ "name": name, "email": format!("{}@people.example", name.to_lowercase()),
        "described": "somebody I worked with" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    api.call(token, "POST", "/api/v1/contacts", &body).await.id()
}

#[track_caller]
fn good(reply: Reply) -> Value {
    let Reply { status, text, .. } = reply;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// What the service does by itself.
async fn work(api: &Api) {
    while import::work(&api.app.cx).await.unwrap() {}
}

/// The mails that leave now.
async fn mails(api: &Api) -> Vec<Decoded> {
    api.app.worker.run_once().await;
    api.app.web.mailbox.as_ref().unwrap().take_all().iter().map(|mail| decode(&mail.raw)).collect()
}

/// The token of the only link in these mails that begins like this.
fn token_in(mails: &[Decoded], start: &str) -> String {
    let mail = mails.iter().find(|mail| mail.text.contains(start)).unwrap();
    link_in(mail, start).rsplit('/').next().unwrap().to_owned()
}

both! {
    async fn circles_are_counted_also_for_a_seekers_field(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let sam = add(&api, &token, "Sam", json!({ "circle": "seekers", "looking_for": "a job in design" })).await;
        add(&api, &token, "Dora", json!({ "circle": "coworkers", "role": "designer", "field": "design" })).await;
        add(&api, &token, "Noel", json!({})).await;
        let all = good(api.get(&token, "/api/v1/circles").await);
        assert_eq!(all["unfiled"], 1);
        assert_eq!(all["items"].as_array().unwrap().len(), 5);
        let of = |all: &Value, word: &str| {
            all["items"].as_array().unwrap().iter().find(|one| one["circle"] == word).unwrap().clone()
        };
        let coworkers = of(&all, "coworkers");
        assert_eq!((coworkers["people"].clone(), coworkers["in_field"].clone()), (json!(1), Value::Null));
        assert_eq!(coworkers["thin"], true);
        let field = good(api.get(&token, &format!("/api/v1/circles?seeker={sam}")).await);
        assert_eq!(of(&field, "coworkers")["in_field"], 1);
        for (query, fault) in [("seeker=x", "seeker: not-an-id"), ("limit=1", "limit: unknown-field"),
            ("seeker=0195a6d8-7c00-7000-8000-000000000001", "seeker: not-found")] {
            assert_eq!(api.get(&token, &format!("/api/v1/circles?{query}")).await.faults(), [fault]);
        }
    }

    async fn a_file_goes_in_by_its_columns_and_choices_and_comes_out_again(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        add(&api, &token, "Sam", json!({})).await;
        let sent = api.send_file(&token, "Who,Where it goes\nSam Cole,sam@people.example\nDora,dora@people.example\n,\n").await;
        let id = sent.id();
        assert_eq!(sent.header("location"), format!("/api/v1/imports/{id}"));
        let path = format!("/api/v1/imports/{id}");
        assert_eq!(sent.json()["stage"], "mapping");
        let wrong = json!({ "columns": ["notes", "nothing"] });
        assert_eq!(api.call(&token, "POST", &format!("{path}/columns"), &wrong).await.faults(), ["columns: no-name-column"]);
        assert_eq!(api.call(&token, "POST", &format!("{path}/start"), &json!({})).await.problem().1, "wrong_state");
        let columns = json!({ "columns": ["name", "email"] });
        assert_eq!(good(api.call(&token, "POST", &format!("{path}/columns"), &columns).await)["stage"], "checking");
        work(&api).await;
        let ready = good(api.get(&token, &path).await);
        assert_eq!((ready["stage"].clone(), ready["name"].clone()), (json!("ready"), json!("people.csv")));
        assert!(ready["chosen"].as_array().unwrap().contains(&json!({ "kind": "new", "choice": "add", "count": 1 })));
        let known = good(api.get(&token, &format!("{path}/entries?kind=address")).await);
        assert_eq!((known["items"][0]["name"].clone(), known["items"][0]["choice"].clone()), (json!("Sam Cole"), json!("fill")));
        assert!(known["items"][0]["twin"].is_string() && known["next"].is_null());
        let choice = json!({ "kind": "address", "choice": "replace" });
        assert_eq!(api.call(&token, "POST", &format!("{path}/choices"), &choice).await.status, 204);
        let wrong = json!({ "kind": "new", "choice": "replace" });
        assert_eq!(api.call(&token, "POST", &format!("{path}/choices"), &wrong).await.faults(), ["choice: choice-does-not-fit"]);
        let wrong = json!({ "kind": "odd" });
        let faults = api.call(&token, "POST", &format!("{path}/choices"), &wrong).await.faults();
        assert_eq!(faults, ["choice: required", "kind: unknown-value"]);
        good(api.call(&token, "POST", &format!("{path}/start"), &json!({})).await);
        work(&api).await;
        let done = good(api.get(&token, &path).await);
        assert_eq!((done["stage"].clone(), done["added"].clone(), done["merged"].clone()), (json!("done"), json!(1), json!(1)));
        assert!(done["undo_until"].is_string());
        let file = api.get(&token, "/api/v1/contacts/export/twoyes").await;
        assert!(file.header("content-type").starts_with("text/csv") && file.text.contains("Sam Cole") && file.text.contains("Dora"));
        let cards = api.get(&token, "/api/v1/contacts/export/vcard4").await.text;
        assert_eq!(cards.matches("BEGIN:VCARD").count(), 2);
        assert_eq!(api.get(&token, "/api/v1/contacts/export/table").await.problem().0, 404);
        assert_eq!(api.call(&token, "DELETE", &path, &Value::Null).await.problem().1, "wrong_state");
        good(api.call(&token, "POST", &format!("{path}/undo"), &json!({})).await);
        work(&api).await;
        assert_eq!(good(api.get(&token, &path).await)["stage"], "undone");
        let names = api.get(&token, "/api/v1/contacts").await.text;
        assert!(names.contains("\"Sam\"") && !names.contains("Sam Cole") && !names.contains("Dora"));
    }

    async fn a_file_that_is_none_changes_nothing_and_one_that_is_not_wanted_goes(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        for (file, code) in [("", "file: file-empty"), ("PK\u{3}\u{4}rest of a spreadsheet", "file: file-spreadsheet"),
            ("a,b\n\"open,c\n", "file: file-no-table")] {
            assert_eq!(api.send_file(&token, file).await.faults(), [code], "{file:?}");
        }
        assert_eq!(api.get(&token, "/api/v1/imports").await.json()["items"], json!([]));
        let large = format!("Name,Email\n{}", "x".repeat(21 << 20));
        let reply = api.send_file(&token, &large).await;
        assert_eq!(reply.problem(), (413, "too_large".to_owned()));
        assert_eq!(reply.json()["problems"][0]["code"], "file-large");
        let id = api.send_file(&token, "Name,Email\nSam,sam@people.example\n").await.id();
        assert_eq!(api.get(&token, "/api/v1/imports").await.json()["items"][0]["id"], json!(id));
        assert_eq!(api.call(&token, "DELETE", &format!("/api/v1/imports/{id}"), &Value::Null).await.status, 204);
        assert_eq!(api.get(&token, &format!("/api/v1/imports/{id}")).await.problem().0, 404);
    }

    async fn a_plan_starts_one_introduction_after_the_other(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let seeker = add(&api, &token, "Sam", json!({ "looking_for": "a job" })).await;
        let (one, two) = (add(&api, &token, "Dora", json!({})).await, add(&api, &token, "Noel", json!({})).await);
        let path = format!("/api/v1/contacts/{seeker}/plans");
        let faults = api.call(&token, "POST", &path, &json!({ "per_week": 0 })).await.faults();
        assert!(faults.contains(&"per_week: out-of-range".to_owned()) && faults.contains(&"shared: required".to_owned()));
        let made = api.post_once(&token, &path, &plan(), "plan-1").await;
        let again = api.post_once(&token, &path, &plan(), "plan-1").await;
        assert_eq!((made.id(), again.header("idempotency-replayed")), (again.id(), "true"));
        let at = format!("/api/v1/plans/{}", made.id());
        assert_eq!(made.header("location"), at);
        assert_eq!(api.get(&token, "/api/v1/plans").await.json()["items"].as_array().unwrap().len(), 1);
        let people = json!({ "people": [one, two, seeker, one] });
        let whole = good(api.call(&token, "POST", &format!("{at}/people"), &people).await);
        assert_eq!(whole["people"].as_array().unwrap().len(), 2, "each once, and not the seeker");
        let whole = good(api.call(&token, "PATCH", &at, &json!({ "step": "Lunch." })).await);
        assert_eq!((whole["plan"]["step"].clone(), whole["plan"]["per_week"].clone()), (json!("Lunch."), json!(1)));
        let started = api.call(&token, "POST", &format!("{at}/people/{one}/start"), &json!({})).await;
        let draft = started.id();
        assert_eq!(started.json()["state"], "draft");
        assert!(started.json()["second"]["why"].as_str().unwrap().starts_with("Dora, Sam asks"));
        assert_eq!(started.header("location"), format!("/api/v1/introductions/{draft}"));
        let late = api.call(&token, "POST", &format!("{at}/people/{two}/start"), &json!({})).await;
        assert_eq!(late.problem(), (409, "plan_not_before".to_owned()));
        assert!(good(api.get(&token, &at).await)["next_start"].is_string());
        assert_eq!(api.call(&token, "DELETE", &format!("{at}/people/{one}"), &Value::Null).await.problem().1, "wrong_state");
        assert_eq!(api.call(&token, "DELETE", &format!("{at}/people/{two}"), &Value::Null).await.status, 204);
        assert_eq!(api.call(&token, "POST", &format!("/api/v1/contacts/{seeker}/landed"), &json!({})).await.status, 204);
        assert!(good(api.get(&token, &at).await)["plan"]["landed_at"].is_string());
        assert_eq!(api.call(&token, "DELETE", &at, &Value::Null).await.status, 204);
        assert_eq!(api.get(&token, &at).await.problem().0, 404);
    }

    async fn keeping_in_touch_by_contact_and_circle(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let sam = add(&api, &token, "Sam", json!({ "circle": "family" })).await;
        let path = "/api/v1/keep-in-touch";
        assert_eq!(api.call(&token, "PATCH", path, &json!({ "family": "99" })).await.faults().len(), 1);
        let all = good(api.call(&token, "PATCH", path, &json!({ "family": "1", "coworkers": "spring" })).await);
        assert_eq!((all["rhythms"]["family"].clone(), all["rhythms"]["seekers"].clone()), (json!("1"), Value::Null));
        api.clock.advance(Span::days(40));
        let all = good(api.get(&token, path).await);
        assert_eq!(all["due"][0]["contact"]["name"], "Sam");
        let touch = format!("/api/v1/contacts/{sam}/touch");
        let now = good(api.call(&token, "PATCH", &touch, &json!({ "touched": true, "rhythm": "6" })).await);
        assert!(now["touched_at"].is_string());
        assert_eq!((now["rhythm"].clone(), now["asked"].clone()), (json!("6"), json!(0)));
        assert_eq!(good(api.get(&token, path).await)["due"], json!([]));
        let now = good(api.call(&token, "PATCH", &touch, &json!({ "touched": false, "rhythm": null })).await);
        assert!(now["touched_at"].is_null() && now["rhythm"].is_null());
        let all = good(api.call(&token, "PATCH", path, &json!({ "family": null })).await);
        assert_eq!((all["rhythms"]["family"].clone(), all["rhythms"]["coworkers"].clone()), (Value::Null, json!("spring")));
    }

    async fn thanks_are_owed_then_given_and_words_read(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let id = api.asked(&token, "ada").await;
        api.answer(&id, "first", says("yes")).await;
        api.clock.advance(Span::hours(1));
        api.answer(&id, "second", says("yes")).await;
        api.clock.advance(Span::hours(1));
        mails(&api).await;
        assert_eq!(api.get(&token, "/api/v1/thanks/owed").await.json()["items"], json!([]));
        let outcome = json!({ "outcome": "met" });
        good(api.call(&token, "POST", &format!("/api/v1/introductions/{id}/outcome"), &outcome).await);
        let owed = good(api.get(&token, "/api/v1/thanks/owed").await);
        assert_eq!(owed["items"][0]["introduction"]["id"], json!(id));
        assert!(owed["next"].is_null());
        let thanked = format!("/api/v1/introductions/{id}/thanked");
        assert_eq!(api.call(&token, "POST", &thanked, &json!({})).await.status, 204);
        assert_eq!(api.get(&token, "/api/v1/thanks/owed").await.json()["items"], json!([]));
        assert!(api.get(&token, "/api/v1/thanks/given").await.json()["items"][0]["given_at"].is_string());
        assert_eq!(api.call(&token, "POST", &thanked, &json!({ "thanked": false })).await.status, 204);
        assert_eq!(api.get(&token, "/api/v1/thanks/given").await.json()["items"], json!([]));
        api.clock.advance(Span::days(8));
        let link = token_in(&mails(&api).await, "/met/");
        let page = thanks::open(&api.app.cx, &link).await.unwrap();
        thanks::say(&api.app.cx, &link, "We met, thank you!", &page.about.nonce).await.unwrap();
        let words = good(api.get(&token, "/api/v1/thanks/received").await);
        let first = &words["items"][0];
        assert_eq!(first["text"], "We met, thank you!");
        assert!(first["read_at"].is_null());
        let read = "/api/v1/thanks/received/read";
        assert_eq!(api.call(&token, "POST", read, &json!({ "until": "noon" })).await.faults(), ["until: not-a-time"]);
        assert_eq!(api.call(&token, "POST", read, &json!({ "until": first["said_at"] })).await.status, 204);
        let words = good(api.get(&token, "/api/v1/thanks/received").await);
        assert!(words["items"][0]["read_at"].is_string());
        assert_eq!(api.get(&token, "/api/v1/thanks/received?before=x").await.faults(), ["before: not-an-id"]);
    }

    async fn recruiters_are_marked_asked_and_sent_to_a_seeker(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let seeker = add(&api, &token, "Sam", json!({ "looking_for": "a job in software" })).await;
        let noah = add(&api, &token, "Noah", json!({ "role": "recruiter", "field": "software" })).await;
        let card = format!("/api/v1/contacts/{noah}/card");
        assert_eq!(good(api.get(&token, &card).await)["recruiter"], false);
        let marked = good(api.call(&token, "PATCH", &card, &json!({ "recruiter": true })).await);
        assert_eq!((marked["recruiter"].clone(), marked["agreed"].clone()), (json!(true), Value::Null));
        assert_eq!(api.call(&token, "POST", &format!("{card}/ask"), &json!({ "question": "odd" })).await.faults(), ["question: unknown-value"]);
        let asked = good(api.call(&token, "POST", &format!("{card}/ask"), &json!({ "question": "pass_on" })).await);
        assert!(asked["pass_asked_at"].is_string());
        let again = api.call(&token, "POST", &format!("{card}/ask"), &json!({ "question": "pass_on" })).await;
        assert_eq!(again.problem(), (409, "asked_once".to_owned()));
        let list = format!("/api/v1/contacts/{seeker}/recruiters");
        assert_eq!(good(api.get(&token, &list).await)["items"], json!([]), "who did not agree is not passed on");
        let letter = json!({ "recruiters": [noah], "words": "These people know the field." });
        assert_eq!(api.call(&token, "POST", &list, &letter).await.faults(), ["recruiters: nobody-picked"]);
        let link = token_in(&mails(&api).await, "/card/");
        let page = own_card::open(&api.app.cx, &link).await.unwrap();
        let yes = CardReply::PassOn { sure: true, reach: "By mail.".into() };
        own_card::reply(&api.app.cx, &link, &page.nonce, &yes).await.unwrap();
        let found = good(api.get(&token, &list).await);
        assert_eq!((found["items"][0]["fits"].clone(), found["items"][0]["passed"]["reach"].clone()), (json!(["software"]), json!("By mail.")));
        assert!(good(api.get(&token, "/api/v1/recruiters").await)["items"][0]["agreed_at"].is_string());
        let mail = good(api.call(&token, "POST", &format!("{list}/preview"), &letter).await);
        assert!(mail["text"].as_str().unwrap().contains("These people know the field."));
        let sent = api.post_once(&token, &list, &letter, "letter-1").await;
        assert_eq!(good(sent), json!({ "recruiters": 1 }));
        assert_eq!(api.post_once(&token, &list, &letter, "letter-1").await.header("idempotency-replayed"), "true");
        assert_eq!(mails(&api).await.len(), 1, "twice is once");
        assert!(good(api.get(&token, &list).await)["items"][0]["sent_at"].is_string());
    }

    async fn a_request_is_the_first_yes_of_a_draft(db: TestDb) {
        let api = Api::new(db).await;
        let lena = api.account("Lena Brandt", "lena@connect.example", Role::Connector).await;
        let token = api.token(&lena, &[Scope::Read, Scope::Write]).await;
        let page = good(api.get(&token, "/api/v1/ask-me").await);
        assert_eq!((page["slug"].clone(), page["open"].clone()), (json!("lena-brandt"), json!(false)));
        assert_eq!(api.call(&token, "PATCH", "/api/v1/ask-me", &json!({ "slug": "L!" })).await.faults(), ["slug: slug-characters"]);
        let page = good(api.call(&token, "PATCH", "/api/v1/ask-me", &json!({ "slug": "lena", "open": true })).await);
        assert_eq!(page["address"], "http://127.0.0.1:8080/ask/lena");
        let raw = RawRequest { name: "Ada Lovelace".into(), email: "ada@example.org".into(),
            wish: "Somebody who builds teams.".into(), about: "Ada writes programs.".into() };
        ask_me::request(&api.app.cx, "lena", &raw).await.unwrap();
        assert_eq!(api.get(&token, "/api/v1/requests").await.json()["items"], json!([]), "not before it is confirmed");
        let link = token_in(&mails(&api).await, "/asked/");
        let page = ask_me::open(&api.app.cx, &link).await.unwrap();
        ask_me::confirm(&api.app.cx, &link, &page.nonce, true).await.unwrap();
        let waiting = good(api.get(&token, "/api/v1/requests").await);
        let request = waiting["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(waiting["items"][0]["wish"], "Somebody who builds teams.");
        let settle = format!("/api/v1/requests/{request}/settle");
        assert!(good(api.call(&token, "POST", &settle, &json!({})).await)["settled_at"].is_string());
        assert_eq!(api.get(&token, "/api/v1/requests").await.json()["items"], json!([]));
        assert!(good(api.call(&token, "POST", &settle, &json!({ "aside": false })).await)["settled_at"].is_null());
        let other = api.draft(&token, "somebody").await;
        let reply = api.call(&token, "POST", &format!("/api/v1/introductions/{other}/ask-second"), &json!({})).await;
        assert_eq!(reply.problem().0, 404, "nobody asked for that one");
        let draft = api.draft(&token, "ada").await;
        let asked = good(api.call(&token, "POST", &format!("/api/v1/introductions/{draft}/ask-second"), &json!({})).await);
        assert_eq!((asked["state"].clone(), asked["first"]["answer"]["choice"].clone()), (json!("asking"), json!("yes")));
        assert!(asked["second"]["asked_at"].is_string());
    }
}
