//! What follows from "your page" elsewhere: asks that do not leave, a new address, erasure.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::contact::RawContact;
use twoyes::domain::introduction::StateName;
use twoyes::domain::letter::LinkName::{Answer, Manage};
use twoyes::domain::party::NOBODY;
use twoyes::flow::{introduce, people};
use twoyes::ids::IntroductionId;
use twoyes::mail::Decoded;

use crate::support::app::TestApp;
use crate::your_page_kit::{ask, done, draft_with, not_before, send, yours};

fn to(mails: &[Decoded], address: &str) -> Vec<String> {
    mails
        .iter()
        .filter(|mail| mail.to.iter().any(|to| to.address.contains(address)))
        .map(|mail| mail.subject.clone())
        .collect()
}

async fn say(app: &TestApp, id: IntroductionId, side: Side, choice: &str) {
    let link = app.link(id, side, Answer).await;
    send(app, &link, &[("choice", choice), ("until", "2026-05-01")]).await.is(200);
}

/// Alan was asked once before by Ada, so he has a page.
async fn with_a_known_alan() -> (TestApp, String) {
    let app = TestApp::new().await;
    let mut raw = draft_with("Alan Turing", "alan@turing.example");
    raw.first.name = "Konrad Zuse".into();
    raw.first.email = "konrad@zuse.example".into();
    let id = ask(&app, &raw).await.unwrap().id;
    say(&app, id, Side::First, "yes").await;
    app.later(Span::minutes(1));
    app.deliver().await;
    let link = yours(&app, id, Side::Second).await;
    app.get(&link).await.says("Konrad Zuse");
    (app, link)
}

#[tokio::test]
async fn for_the_first_a_second_who_cannot_be_asked_is_a_silent_one() {
    let mut seen = Vec::new();
    for cause in ["silence", "limit", "pause", "connector", "never"] {
        let (app, link) = with_a_known_alan().await;
        let id = app.asked().await.id;
        let ada = app.connector.id.to_string();
        match cause {
            "limit" => drop(done(&app, &link, &[("what", "limit"), ("limit", "1")]).await),
            "pause" => drop(done(&app, &link, &[("what", "pause"), ("until", "2026-12-24")]).await),
            "connector" => drop(done(&app, &link, &[("what", "connector"), ("connector", &ada)]).await),
            "never" => {
                drop(done(&app, &format!("{link}/never"), &[("sure", "yes"), ("never", "yes")]).await);
            }
            _ => {}
        }
        app.deliver().await;
        say(&app, id, Side::First, "yes").await;
        let (mut hers, mut his) = (Vec::new(), Vec::new());
        let page = app.link(id, Side::First, Answer).await;
        for _ in 0..40 {
            app.later(Span::days(1));
            let mails = app.deliver().await;
            hers.push((to(&mails, "grace@"), {
                let shown = app.get(&page).await;
                (shown.status, shown.plain())
            }));
            his.extend(to(&mails, "alan@"));
        }
        let for_ada = app.load(id).await;
        let events = app.see(&format!("/introductions/{id}")).await.plain().replace(&id.to_string(), "");
        assert_eq!(for_ada.state.name(), StateName::Closed);
        let asked = his.iter().any(|subject| subject.contains("Grace"));
        assert_eq!(asked, cause == "silence", "{cause}: {his:?}");
        seen.push((cause, hers, events));
    }
    for (cause, hers, events) in &seen {
        assert_eq!(hers, &seen[0].1, "{cause}");
        let without = |text: &str| text.replace("Alan Turing was reminded.", "");
        assert_eq!(without(events), without(&seen[0].2), "{cause}: the connector");
    }
}

#[tokio::test]
async fn an_ask_that_waits_does_not_leave_once_its_reader_pauses_or_refuses() {
    for cause in ["pause", "connector"] {
        let app = TestApp::new().await;
        let id = app.asked().await.id;
        let link = yours(&app, id, Side::First).await;
        let ada = app.connector.id.to_string();
        match cause {
            "pause" => done(&app, &link, &[("what", "pause"), ("until", "2026-12-24")]).await,
            _ => done(&app, &link, &[("what", "connector"), ("connector", &ada)]).await,
        };
        let mails = to(&app.deliver().await, "grace@");
        assert!(mails.iter().all(|subject| subject == "Your answer is noted"), "{cause}: {mails:?}");
        app.later(Span::days(8));
        assert_eq!(app.deliver().await.len(), 0, "{cause}: no reminder either");
    }
}

#[tokio::test]
async fn a_pause_does_not_hold_up_the_introduction_that_both_said_yes_to() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    for side in [Side::First, Side::Second] {
        say(&app, id, side, "yes").await;
        app.later(Span::minutes(1));
    }
    let link = yours(&app, id, Side::First).await;
    done(&app, &link, &[("what", "pause"), ("until", "2026-12-24")]).await;
    app.later(Span::minutes(11));
    let mails = app.deliver().await;
    assert!(to(&mails, "grace@").iter().any(|subject| subject.contains("Grace <> Alan")));
}

#[tokio::test]
async fn a_new_address_is_confirmed_there_and_everything_follows() {
    let app = TestApp::new().await;
    let contact = RawContact {
        name: "Grace Hopper".into(),
        email: "grace@hopper.example".into(),
        ..RawContact::default()
    };
    let contact = people::add(app.cx(), &app.connector, &contact).await.unwrap();
    let id = app.asked().await.id;
    app.deliver().await;
    let link = yours(&app, id, Side::First).await;
    done(&app, &link, &[("what", "limit"), ("limit", "1")]).await;
    done(&app, &link, &[("what", "address"), ("email", "Grace@navy.example")])
        .await
        .says("A mail is on its way");
    let mails = app.deliver().await;
    assert_eq!(to(&mails, "Grace@navy.example"), ["Is this your new address?"]);
    let line = mails[0].text.lines().find(|line| line.contains("/address/")).unwrap();
    let confirm = line.trim_start_matches("http://127.0.0.1:8080").to_owned();
    // Looking, a robot's press, and no tick change nothing.
    app.get(&confirm).await.is(200).says("G…@navy.example").says("g…@hopper.example");
    send(&app, &confirm, &[("sure", "")]).await.is(200).says("Nothing was changed");
    send(&app, &confirm, &[("sure", "yes")]).await.is(422);
    app.post(&confirm, &[("sure", "yes"), ("mine", "yes")]).await.is(422);
    assert_eq!(app.load(id).await.parties.first.email.as_str(), "grace@hopper.example");
    // The answer's receipt waits for her; it has not left when the address changes.
    send(&app, &confirm, &[("sure", "yes"), ("mine", "yes")]).await.is(200).says("G…@navy.example");
    app.get(&confirm).await.is(410);
    assert_eq!(app.load(id).await.parties.first.email.as_str(), "Grace@navy.example");
    let kept = people::get(app.cx(), &app.connector, contact.id).await.unwrap();
    assert_eq!(kept.facts.address(), "Grace@navy.example");
    let notice = app.deliver().await;
    assert_eq!(to(&notice, "grace@hopper.example"), ["Your address was changed"]);
    // Her limit came along, and so did the count of asks.
    let mut raw = draft_with("Mary Jackson", "mary@jackson.example");
    raw.first.email = "grace@navy.example".into();
    assert_eq!(not_before(ask(&app, &raw).await).map(|one| one.0), Some(Side::First));
    app.later(Span::days(8));
    assert_eq!(to(&app.deliver().await, "Grace@navy.example").len(), 1, "the reminder finds her");
    app.get(&link).await.is(200).says("G…@navy.example");
    // The old address may take it back.
    let line = notice[0].text.lines().find(|line| line.contains("/address/"));
    assert!(line.is_some());
}

#[tokio::test]
async fn a_mail_that_waits_goes_to_the_new_address() {
    let app = TestApp::new().await;
    let (id, link) = {
        let id = app.asked().await.id;
        app.deliver().await;
        (id, yours(&app, id, Side::First).await)
    };
    done(&app, &link, &[("what", "address"), ("email", "grace@navy.example")]).await;
    let mails = app.deliver().await;
    let line = mails[0].text.lines().find(|line| line.contains("/address/")).unwrap();
    let confirm = line.trim_start_matches("http://127.0.0.1:8080").to_owned();
    app.later(Span::hours(1));
    // A second ask is queued and waits.
    ask(&app, &draft_with("Mary Jackson", "mary@jackson.example")).await.unwrap();
    send(&app, &confirm, &[("sure", "yes"), ("mine", "yes")]).await.is(200);
    let mails = app.deliver().await;
    let asks: Vec<_> = mails.iter().filter(|mail| mail.text.contains("/c/")).collect();
    assert_eq!(asks.len(), 1);
    assert!(asks[0].to[0].address.contains("grace@navy.example"));
    assert!(app.load(id).await.parties.first.email.as_str().ends_with("navy.example"));
}

#[tokio::test]
async fn three_wishes_a_day_are_enough() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    let link = yours(&app, id, Side::First).await;
    for nth in 0..3 {
        done(&app, &link, &[("what", "address"), ("email", &format!("g{nth}@navy.example"))]).await;
    }
    send(&app, &link, &[("what", "address"), ("email", "g9@navy.example")])
        .await
        .is(422)
        .says("three wishes");
}

#[tokio::test]
async fn erasing_wants_the_whole_address_and_leaves_nothing_of_it() {
    let app = TestApp::new().await;
    let contact = RawContact {
        name: "Grace Hopper".into(),
        email: "grace@hopper.example".into(),
        ..RawContact::default()
    };
    people::add(app.cx(), &app.connector, &contact).await.unwrap();
    let id = app.asked().await.id;
    app.deliver().await;
    let link = yours(&app, id, Side::First).await;
    let page = format!("{link}/erase");
    send(&app, &page, &[("sure", "yes"), ("email", "")]).await.is(422).says("is needed");
    send(&app, &page, &[("sure", "yes"), ("email", "alan@turing.example")])
        .await
        .is(422)
        .says("not the address");
    send(&app, &page, &[("sure", ""), ("email", "grace@hopper.example")]).await.is(200);
    assert_eq!(app.load(id).await.parties.first.name, "Grace Hopper");
    done(&app, &page, &[("sure", "yes"), ("email", "GRACE@hopper.example")])
        .await
        .says("Everything about you was erased");
    app.get(&app.link(id, Side::First, Answer).await).await.is(410);
    let told = app.deliver().await;
    assert_eq!(told.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["You were erased"]);
    // A week after the closing the rest goes, as it does from everybody; here the month is over first.
    app.later(Span::days(20));
    introduce::tick(app.cx(), id, app.cx().now()).await.unwrap();
    assert_eq!(app.load(id).await.parties.first.name, "Grace Hopper");
    app.later(Span::days(6));
    app.deliver().await;
    let of = app.load(id).await;
    assert_eq!((of.state.name(), of.parties.first.name.as_str()), (StateName::Closed, NOBODY));
    assert!(of.parties.first.blurb.is_empty() && of.terms.shared.is_empty());
    for word in ["grace@hopper", "Grace Hopper", "compilers for ten years"] {
        assert!(!app.holds(word), "{word}");
    }
    assert_eq!(
        not_before(ask(&app, &crate::support::app::raw_draft()).await).map(|one| one.0),
        Some(Side::First)
    );
    app.link(id, Side::First, Manage).await;
}

#[tokio::test]
async fn erasure_of_one_looks_like_silence_to_the_other() {
    let mut seen = Vec::new();
    for erased in [false, true] {
        let app = TestApp::new().await;
        let id = app.asked().await.id;
        say(&app, id, Side::First, "yes").await;
        app.later(Span::minutes(1));
        app.deliver().await;
        // The first takes the yes back silently or is erased; the second was asked and reads on.
        if erased {
            let page = format!("{}/erase", yours(&app, id, Side::First).await);
            done(&app, &page, &[("sure", "yes"), ("email", "grace@hopper.example")]).await;
        } else {
            let link = app.link(id, Side::First, Answer).await;
            send(&app, &link, &[("choice", "no"), ("quiet", "yes")]).await.is(200);
        }
        let mut his = Vec::new();
        for day in 0..25 {
            app.later(Span::days(1));
            if day == 2 {
                say(&app, id, Side::Second, "yes").await;
            }
            let mails = app.deliver().await;
            let texts = mails.iter().filter(|mail| mail.to[0].address.contains("alan@"));
            his.extend(texts.map(|mail| (day, mail.subject.clone(), without_links(&mail.text))));
            let page = app.get(&app.link(id, Side::Second, Answer).await).await;
            his.push((day, page.status.to_string(), page.plain()));
        }
        seen.push(his);
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].iter().any(|(_, subject, _)| subject.contains("did not come about")));
}

/// Links hold random references.
fn without_links(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("http")).collect::<Vec<_>>().join("\n")
}
