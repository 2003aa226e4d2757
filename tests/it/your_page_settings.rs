//! "Your page": what it shows, each setting of it, and robots that press everything.

use axum::body::Body;
use axum::http::Method;
use twoyes::clock::Span;
use twoyes::domain::answer::Choice;
use twoyes::domain::asking::Side;
use twoyes::domain::contact::RawContact;
use twoyes::domain::letter::LinkName::Answer;
use twoyes::flow::people;

use crate::support::app::{TestApp, raw_draft, request};
use crate::your_page_kit::{ask, done, draft_with, not_before, send, yours};

#[tokio::test]
async fn it_shows_what_is_held_and_from_whom_and_nothing_of_the_other_side() {
    let app = TestApp::new().await;
    let contact = RawContact {
        name: "Grace H.".into(),
        email: "Grace@hopper.example".into(),
        how_known: "from the Navy".into(),
        notes: "owes me a book".into(),
        ..RawContact::default()
    };
    people::add(app.cx(), &app.connector, &contact).await.unwrap();
    let id = app.asked().await.id;
    let page = app.get(&yours(&app, id, Side::First).await).await.is(200);
    page.says("Your page")
        .says("g…@hopper.example")
        .says("Ada Lovelace")
        .says("from the Navy")
        .says("we built a compiler together")
        .says("a compiler engineer from my team")
        .says("about a hiring manager I worked with")
        .says("Open until")
        .says("You were asked once")
        .hides("Alan")
        .hides("alan@")
        .hides("grace@")
        .hides("owes me a book")
        .hides("solved the very problem");
    // Who waits for the other's yes was not asked, and has nothing on a page yet.
    let second = app.get(&yours(&app, id, Side::Second).await).await.is(200);
    second.says("Nothing but your name").hides("Ada Lovelace").hides("Grace");
}

#[tokio::test]
async fn every_mail_to_a_party_leads_to_it() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let mut seen = 0;
    for side in [Side::First, Side::Second] {
        let link = app.link(id, side, Answer).await;
        send(&app, &link, &[("choice", "yes")]).await.is(200).says("Your page, your limits");
        app.later(Span::minutes(11));
    }
    let mut mails = app.deliver().await;
    app.later(Span::days(8));
    mails.extend(app.deliver().await);
    for mail in mails.iter().filter(|mail| !mail.text.contains("because you asked for this introduction")) {
        let line = mail.text.lines().find(|line| line.contains("/you/")).unwrap_or_default();
        let path = line.trim_start_matches("http://127.0.0.1:8080");
        app.get(path).await.is(200).says("Your page");
        assert!(mail.html.as_deref().unwrap_or_default().contains(line), "{}", mail.subject);
        seen += 1;
    }
    assert!(seen >= 7, "only {seen} mails");
}

#[tokio::test]
async fn a_limit_counts_all_connectors_together_and_can_be_undone() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = yours(&app, id, Side::First).await;
    done(&app, &link, &[("what", "limit"), ("limit", "1")]).await.says("The limit is set.");
    let refused = not_before(ask(&app, &draft_with("Konrad Zuse", "konrad@zuse.example")).await);
    assert_eq!(refused, Some((Side::First, "2026-05-01".into())));
    done(&app, &link, &[("what", "limit"), ("limit", "")]).await;
    assert_eq!(not_before(ask(&app, &draft_with("Konrad Zuse", "konrad@zuse.example")).await), None);
    app.later(Span::days(29));
    done(&app, &link, &[("what", "limit"), ("limit", "2")]).await;
    assert!(not_before(ask(&app, &draft_with("Mary Jackson", "mary@jackson.example")).await).is_some());
    app.later(Span::days(2));
    assert_eq!(not_before(ask(&app, &draft_with("Mary Jackson", "mary@jackson.example")).await), None);
}

#[tokio::test]
async fn a_pause_ends_by_itself_or_by_hand() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = yours(&app, id, Side::First).await;
    done(&app, &link, &[("what", "pause"), ("until", "2026-03-20")])
        .await
        .says("The pause is set.")
        .says("Nobody asks you before Friday 20 March 2026");
    let again = || async { not_before(ask(&app, &draft_with("Konrad Zuse", "konrad@zuse.example")).await) };
    assert_eq!(again().await, Some((Side::First, "2026-04-01".into())));
    done(&app, &link, &[("what", "back"), ("resume", "yes")])
        .await
        .says("Taken back.")
        .hides("before Friday");
    assert_eq!(again().await, None);
    done(&app, &link, &[("what", "pause"), ("until", "2026-03-20")]).await;
    app.later(Span::days(18));
    assert_eq!(again().await, None);
}

#[tokio::test]
async fn a_person_and_a_connector_can_be_refused_and_taken_back() {
    let app = TestApp::new().await;
    let mut raw = raw_draft();
    raw.names_second = true;
    let id = ask(&app, &raw).await.unwrap().id;
    let link = yours(&app, id, Side::First).await;
    let value = id.to_string();
    let page = done(&app, &link, &[("what", "person"), ("person", &value)]).await;
    let page = page.says("about this person again").says("Nobody asks you about Alan Turing");
    assert_eq!(not_before(ask(&app, &raw_draft()).await).map(|one| one.0), Some(Side::First));
    let konrad = draft_with("Konrad Zuse", "konrad@zuse.example");
    assert_eq!(not_before(ask(&app, &konrad).await), None, "somebody else is not meant");
    // What was open lapses, without a word to the connector.
    let of = app.load(id).await;
    assert_eq!(of.parties.first.given.as_ref().map(|given| given.answer.choice()), Some(Choice::No));
    assert!(of.parties.first.shown.is_none());
    let back = page.body.split("name=\"back-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    done(&app, &link, &[("what", "back"), (&format!("back-{back}"), "yes")]).await.hides("about Alan Turing");
    assert_eq!(not_before(ask(&app, &raw_draft()).await), None);
    let ada = app.connector.id.to_string();
    done(&app, &link, &[("what", "connector"), ("connector", &ada)])
        .await
        .says("Ada Lovelace does not ask you");
    assert_eq!(not_before(ask(&app, &konrad).await).map(|one| one.0), Some(Side::First));
}

#[tokio::test]
async fn only_who_was_named_can_be_refused() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = yours(&app, id, Side::First).await;
    app.get(&link).await.hides("Never about this person");
    let value = id.to_string();
    send(&app, &link, &[("what", "person"), ("person", &value)]).await.is(422).says("does not exist");
}

#[tokio::test]
async fn never_at_all_stops_everything_and_can_be_taken_back() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = yours(&app, id, Side::First).await;
    let page = format!("{link}/never");
    app.get(&page).await.is(200).says("Never be asked again?");
    send(&app, &page, &[("sure", "")]).await.is(200).says("Nothing was changed");
    send(&app, &page, &[("sure", "yes")]).await.is(422).says("Please tick the box");
    done(&app, &page, &[("sure", "yes"), ("never", "yes")]).await.says("Nobody can ask you any more.");
    assert!(app.load(id).await.parties.first.shown.is_none(), "the connector sees no answer");
    assert_eq!(app.deliver().await.len(), 1, "the receipt alone");
    let konrad = draft_with("Konrad Zuse", "konrad@zuse.example");
    assert_eq!(not_before(ask(&app, &konrad).await), Some((Side::First, "2026-05-01".into())));
    done(&app, &link, &[("what", "back"), ("allow", "yes")]).await.says("Taken back.");
    assert_eq!(not_before(ask(&app, &konrad).await), None);
}

#[tokio::test]
async fn a_cap_a_pause_a_refusal_and_never_look_the_same_to_the_connector() {
    let mut told = Vec::new();
    for cause in ["limit", "pause", "connector", "never"] {
        let app = TestApp::new().await;
        let id = app.asked().await.id;
        let link = yours(&app, id, Side::First).await;
        let ada = app.connector.id.to_string();
        match cause {
            "limit" => done(&app, &link, &[("what", "limit"), ("limit", "0")]).await,
            "pause" => done(&app, &link, &[("what", "pause"), ("until", "2026-12-24")]).await,
            "connector" => done(&app, &link, &[("what", "connector"), ("connector", &ada)]).await,
            _ => done(&app, &format!("{link}/never"), &[("sure", "yes"), ("never", "yes")]).await,
        };
        let new = app.drafted().await.id;
        let page = app.act(&format!("/introductions/{new}/ask"), &[]).await;
        let plain = page.plain().replace(&new.to_string(), "ID");
        told.push((page.status, plain, app.load(new).await.state));
    }
    assert!(told[0].1.contains("cannot be asked through this service before"), "{}", told[0].1);
    assert!(told.iter().all(|one| *one == told[0]), "{told:#?}");
}

#[tokio::test]
async fn robots_press_everything_and_nothing_happens() {
    let app = TestApp::new().await;
    let mut raw = raw_draft();
    raw.names_second = true;
    let id = ask(&app, &raw).await.unwrap().id;
    let link = yours(&app, id, Side::First).await;
    let before = app.database();
    for path in [link.clone(), format!("{link}/never"), format!("{link}/erase"), format!("{link}/data")] {
        app.get(&path).await.is(200);
        let head = request(Method::HEAD, &path).body(Body::empty()).unwrap();
        assert!(app.send(head).await.is(200).body.is_empty());
        if path.ends_with("/data") {
            continue;
        }
        // Every form as it stands, with each of its buttons.
        let page = app.get(&path).await;
        for form in page.body.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next()) {
            for button in form.split("<button").skip(1).filter_map(|rest| rest.split('>').next()) {
                let of = |tag: &str, name: &str| -> String {
                    let value = tag.split_once(&format!(" {name}=\"")).map(|(_, rest)| rest);
                    value.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
                };
                let mut fields = vec![(of(button, "name"), of(button, "value"))];
                for tag in form.split('<').filter(|tag| tag.starts_with("input")) {
                    if !tag.contains("checkbox") {
                        fields.push((of(tag, "name"), of(tag, "value")));
                    }
                }
                for select in form.split("<select").skip(1) {
                    fields.push((of(select, "name"), String::new()));
                }
                let pairs: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                app.post(&path, &pairs).await;
            }
        }
        app.post(&path, &[]).await.is(422);
        app.post(&path, &[("what", "limit"), ("limit", "0")]).await.is(422);
        app.post(&path, &[("sure", "yes"), ("never", "yes"), ("email", "grace@hopper.example")])
            .await
            .is(422);
    }
    assert!(app.database() == before, "nothing was written");
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_is_kept() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = yours(&app, id, Side::First).await;
    for (form, words, kept) in [
        (vec![("what", "limit"), ("limit", "21")], "must be between 0 and 20", ""),
        (vec![("what", "pause"), ("until", "2020-01-01")], "a date after today", "value=\"2020-01-01\""),
        (vec![("what", "pause"), ("until", "")], "The date is needed", ""),
        (vec![("what", "address"), ("email", "nobody")], "is not an e-mail address", "value=\"nobody\""),
        (vec![("what", "address"), ("email", "grace@hopper.example")], "your address already", ""),
        (vec![("what", "back")], "Please tick", ""),
        (vec![("what", "connector"), ("connector", "")], "is needed", ""),
    ] {
        let page = send(&app, &link, &form).await.is(422).says(words);
        assert!(page.body.contains(kept), "{form:?}");
    }
    let page = app.get(&link).await;
    let nonce = page.value("nonce");
    app.later(Span::days(3));
    app.post(&link, &[("nonce", &nonce), ("what", "limit"), ("limit", "2")])
        .await
        .is(422)
        .says("open for too long");
}

#[tokio::test]
async fn the_download_holds_their_own_data_alone() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = yours(&app, id, Side::First).await;
    let page = app.get(&format!("{link}/data")).await.is(200);
    assert_eq!(page.header("content-type"), "application/json");
    assert!(page.header("content-disposition").starts_with("attachment"));
    let data: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(data["address"], "grace@hopper.example");
    assert_eq!(
        data["connectors"][0]["questions"][0]["why_good_for_you"],
        "They build what you want to build next."
    );
    page.hides("Alan").hides("alan@").hides("solved the very problem");
}
