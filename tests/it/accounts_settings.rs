//! What a connector sets, gets and takes along.

use serde_json::Value;
use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::circle::Circle;
use twoyes::domain::contact::RawContact;
use twoyes::domain::letter::LinkName::Answer;
use twoyes::domain::plan::RawPlan;
use twoyes::flow::{account, own_card, people, plan, touch};

use crate::accounts_kit::{Browser, code_of, grace};
use crate::support::app::TestApp;

const PROFILE: [(&str, &str); 3] =
    [("name", "Ada Lovelace"), ("signature", "Warmly,\nAda"), ("time_zone", "europe/london")];

#[tokio::test]
async fn name_signature_and_time_zone_are_saved_and_stand_in_the_mails() {
    let mut app = TestApp::new().await;
    app.see("/settings").await.is(200).says("Settings").says("ada@lovelace.example").says("You have none.");
    let saved = app.act("/settings", &PROFILE).await.is(303);
    assert_eq!(saved.header("location"), "/settings?said=saved");
    let page = app.see("/settings?said=saved").await.is(200).says("Saved.");
    assert_eq!(page.value("time_zone"), "Europe/London");
    let who = account::find(app.cx(), "ada@lovelace.example").await.unwrap();
    assert_eq!((who.signature.as_str(), who.time_zone.as_str()), ("Warmly,\nAda", "Europe/London"));
    app.connector = who;
    app.asked().await;
    assert!(app.deliver().await[0].text.contains("Warmly,"));
}

#[tokio::test]
async fn everything_wrong_is_told_at_once_and_nothing_typed_is_lost() {
    let app = TestApp::new().await;
    let long = "line\n".repeat(7);
    let form = [("name", "https://win.example"), ("signature", &long), ("time_zone", "Mars/Olympus")];
    let page = app
        .act("/settings", &form)
        .await
        .is(422)
        .says("must be a plain name")
        .says("6 lines")
        .says("Europe/Berlin");
    assert_eq!(page.value("name"), "https://win.example");
    assert_eq!(page.value("time_zone"), "Mars/Olympus");
    for id in ["name", "signature", "time_zone"] {
        assert!(
            page.body.contains(&format!("href=\"#{id}\""))
                && page.body.contains(&format!("id=\"{id}-fault\""))
        );
    }
    let page = app.act("/settings", &[("name", ""), ("language", "xx")]).await.is(422);
    page.says("The name is needed.").says("The time zone is needed.");
    let who = account::find(app.cx(), "ada@lovelace.example").await.unwrap();
    assert_eq!(who.name, "Ada Lovelace");
}

#[tokio::test]
async fn a_token_is_shown_once_and_revoked_at_once() {
    let app = TestApp::new().await;
    let page = app.act("/settings/tokens", &[("name", ""), ("x", "")]).await.is(422);
    let page = page.says("Choose at least one thing");
    assert!(page.body.contains("id=\"token-name-fault\""));
    let form = [("name", "a script"), ("read", "yes"), ("admin", "yes")];
    let made = app.act("/settings/tokens", &form).await.is(200).says("Copy it now");
    let at = made.body.find("twoyes_").unwrap();
    let secret = made.body[at..].split('<').next().unwrap().to_owned();
    assert!(made.header("cache-control").contains("no-store"));
    assert_eq!(secret.len(), "twoyes_".len() + 52);
    let call = || async {
        let request = crate::support::app::request(axum::http::Method::GET, "/api/v1/introductions")
            .header("authorization", format!("Bearer {secret}"));
        app.send(request.body(crate::accounts_kit::empty()).unwrap()).await
    };
    call().await.is(200);
    let page = app.see("/settings").await.is(200).says("a script").hides(&secret);
    let revoke = page.body.split("action=\"").find(|rest| rest.contains("/revoke\"")).unwrap();
    let revoke = revoke.split('"').next().unwrap().to_owned();
    assert!(!String::from_utf8_lossy(&app.database()).contains(&secret), "its hash only is kept");
    app.act(&revoke, &[]).await.is(303);
    call().await.is(401);
    app.see("/settings?said=revoked").await.is(200).says("was revoked").hides("a script");
}

#[tokio::test]
async fn a_connector_cannot_have_an_admins_token() {
    let app = TestApp::new().await;
    grace(&app).await;
    let mut browser = Browser::new(&app);
    browser.sign_in("grace@connect.example").await;
    browser.get("/settings").await.is(200).hides("scope-admin");
    let form = [("name", "t"), ("admin", "yes")];
    browser.post("/settings/tokens", &form).await.is(422).says("Only an admin");
}

#[tokio::test]
async fn sessions_are_listed_by_browser_and_the_own_one_is_named() {
    let app = TestApp::new().await;
    let mut phone = Browser::new(&app);
    phone.agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1";
    phone.sign_in("ada@lovelace.example").await;
    let mut desk = Browser::new(&app);
    desk.sign_in("ada@lovelace.example").await;
    let page = desk.get("/settings").await.is(200).says("Firefox on Linux this one").says("Safari on iOS");
    assert_eq!(page.body.matches("/end\"><button").count(), 2, "the phone, and the session of the test");
}

#[tokio::test]
async fn a_new_address_is_taken_with_the_code_that_was_mailed_there() {
    let app = TestApp::new().await;
    let (mut desk, mut other) = (Browser::new(&app), Browser::new(&app));
    other.sign_in("ada@lovelace.example").await;
    desk.sign_in("ada@lovelace.example").await;
    desk.post("/settings/address", &[("email", "ada@")]).await.is(422).says("needs a full domain");
    desk.post("/settings/address", &[("email", "ada@lovelace.example")]).await.is(422).says("already");
    desk.post("/settings/address", &[("email", "ada@new.example")]).await.is(303);
    let mail = app.deliver().await.remove(0);
    assert_eq!(mail.to[0].address, "ada@new.example");
    let code = code_of(&mail.text);
    desk.get("/settings?said=mailed").await.is(200).says("The code that was mailed to ada@new.example");
    desk.post("/settings/address/code", &[("code", "1")]).await.is(422).says("The code is not right");
    desk.post("/settings/address/code", &[("code", &code)]).await.is(303);
    let told = app.deliver().await.remove(0);
    assert_eq!(told.to[0].address, "ada@lovelace.example");
    assert!(told.text.contains("a…@new.example"), "{}", told.text);
    desk.get("/settings").await.is(200).says("ada@new.example");
    other.get("/").await.is(303);
    app.later(Span::minutes(3));
    other.sign_in("ada@new.example").await;
    other.get("/").await.is(200);
}

#[tokio::test]
async fn the_address_of_another_account_cannot_be_found_out_or_taken() {
    let app = TestApp::new().await;
    grace(&app).await;
    let form = [("email", "grace@connect.example")];
    assert_eq!(app.act("/settings/address", &form).await.is(303).header("location"), "/settings?said=mailed");
    assert!(app.deliver().await.is_empty());
    for code in 0..12 {
        app.act("/settings/address/code", &[("code", &format!("{code:06}"))]).await.is(422);
    }
    app.later(Span::minutes(10));
    let late = app.act("/settings/address/code", &[("code", "000000")]).await.is(303);
    assert_eq!(late.header("location"), "/settings?said=gone");
}

async fn export(app: &TestApp) -> Value {
    let page = app.see("/settings/export").await.is(200);
    assert!(page.header("content-disposition").starts_with("attachment; filename=\"twoyes-2026-"));
    serde_json::from_str(&page.body).unwrap_or_else(|error| panic!("{error}: {}", page.body))
}

/// A plan for the newest contact, who is a recruiter, and how often the family is thought of.
async fn network_of(app: &TestApp) {
    let of = people::page(app.cx(), &app.connector, None, 1).await.unwrap().pop().unwrap();
    let raw = RawPlan {
        purpose: "job_search".into(),
        why_first: "{name} hires.".into(),
        why_second: "Sam is good.".into(),
        shared: "Sam, meet {name}.".into(),
        step: "A call of twenty minutes.".into(),
        per_week: "1".into(),
        ..RawPlan::default()
    };
    plan::create(app.cx(), &app.connector, of.id, &raw).await.unwrap();
    own_card::mark(app.cx(), &app.connector, of.id, true).await.unwrap();
    touch::set_circles(app.cx(), &app.connector, &[(Circle::Family, "3".into())]).await.unwrap();
}

#[tokio::test]
async fn the_export_has_everything_of_ones_own_and_nothing_of_others() {
    let app = TestApp::new().await;
    let empty = export(&app).await;
    assert_eq!(empty["account"]["email"], "ada@lovelace.example");
    assert_eq!(
        (&empty["contacts"], &empty["introductions"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
    let other = grace(&app).await;
    for (nth, owner) in [(0, &app.connector), (1, &app.connector), (2, &other)] {
        let raw = RawContact {
            name: format!("Contact {nth}"),
            email: format!("c{nth}@example.net"),
            ..RawContact::default()
        };
        app.later(Span(1_000));
        people::add(app.cx(), owner, &raw).await.unwrap();
    }
    app.asked().await;
    app.later(Span(1_000));
    app.drafted().await;
    network_of(&app).await;
    let all = export(&app).await;
    let names: Vec<&Value> = all["contacts"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Contact 1", "Contact 0"]);
    let introductions = all["introductions"].as_array().unwrap();
    assert_eq!(introductions.len(), 2);
    assert_eq!(introductions[1]["first"]["why"], "They build what you want to build next.");
    assert_eq!(introductions[1]["events"].as_array().unwrap().len(), 2, "drafted and asked");
    assert_eq!(all["sessions"].as_array().unwrap().len(), 1);
    for (list, count) in [("plans", 1), ("recruiters", 1), ("requests", 0), ("words", 0)] {
        assert_eq!(all[list].as_array().unwrap().len(), count, "{list}");
    }
    assert_eq!(all["plans"][0]["plan"]["step"], "A call of twenty minutes.");
    assert_eq!((&all["rhythms"]["family"], &all["ask_me"]["open"]), (&"3".into(), &false.into()));
    assert!(!all.to_string().contains("token_hash") && !all.to_string().contains(&app.cookie[7..]));
}

/// The export at moments before and after reminder and deadline.
async fn exports(quietly: Option<&str>) -> Vec<Value> {
    let mut app = TestApp::new().await;
    let id = app.asked().await.id;
    app.deliver().await;
    if let Some(choice) = quietly {
        let link = app.link(id, Side::First, Answer).await;
        let nonce = app.get(&link).await.is(200).value("nonce");
        let form = [
            ("nonce", nonce.as_str()),
            ("choice", choice),
            ("quiet", "yes"),
            ("note", "secret words"),
            ("until", "2026-03-20"),
        ];
        app.post(&link, &form).await.is(200);
    }
    let mut seen = Vec::new();
    for wait in [Span::minutes(1), Span::days(8), Span::days(10)] {
        app.later(wait);
        app.deliver().await;
        app.sign_in().await;
        let mut all = export(&app).await;
        for one in all["introductions"].as_array_mut().unwrap() {
            // Drawn anew for each site.
            one["id"] = Value::Null;
        }
        seen.push(all["introductions"].clone());
    }
    seen
}

#[tokio::test]
async fn the_export_does_not_tell_a_quiet_answer_from_silence() {
    let silence = exports(None).await;
    assert!(silence[2].to_string().contains("closed"), "the whole story is told");
    for choice in ["no", "not_now", "never"] {
        let quiet = exports(Some(choice)).await;
        assert!(!quiet[2].to_string().contains("secret words"));
        assert_eq!(quiet, silence, "{choice}");
    }
}
