//! The recruiter list: asked once, by a signed link; passed on in one mail to a seeker, with a file.

use twoyes::clock::Span;
use twoyes::domain::contact::{Contact, RawContact};
use twoyes::domain::facets::RawFacets;
use twoyes::flow::{erasure, people};

use crate::network_kit::{add, link_in};
use crate::support::app::{Page, TestApp};

async fn recruiter(app: &TestApp, name: &str, field: &str, place: &str) -> Contact {
    let facets = RawFacets {
        role: "recruiter".into(),
        field: field.into(),
        place: place.into(),
        ..RawFacets::default()
    };
    let of = add(app, name, facets).await;
    app.act(&format!("/contacts/{}/recruiter", of.id), &[("is", "yes")]).await.is(303);
    of
}

async fn seeker(app: &TestApp) -> Contact {
    add(app, "Sam Cole", RawFacets { looking_for: "work as a nurse in Leeds".into(), ..RawFacets::default() })
        .await
}

/// Asks whether they may be passed on; the path of their card.
async fn ask(app: &TestApp, of: &Contact) -> String {
    let form = [("question", "pass_on"), ("from", "recruiters")];
    app.act(&format!("/contacts/{}/card", of.id), &form).await.is(303);
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 1);
    link_in(&mails[0], "/card/")
}

async fn say(app: &TestApp, link: &str, form: &[(&str, &str)]) -> Page {
    let nonce = app.get(link).await.is(200).value("nonce");
    let mut all = vec![("nonce", nonce.as_str())];
    all.extend(form);
    app.post(link, &all).await
}

const YES: [(&str, &str); 3] = [("do", "pass"), ("sure", "yes"), ("reach", "By mail, with a CV")];

fn picks(of: &[&Contact], act: &'static str) -> Vec<(String, String)> {
    let mut form: Vec<(String, String)> =
        of.iter().map(|one| (format!("pick.{}", one.id), "yes".to_owned())).collect();
    form.push(("words".into(), "these people know nursing.".into()));
    form.push(("do".into(), act.into()));
    form
}

async fn press(app: &TestApp, seeker: &Contact, of: &[&Contact], act: &'static str) -> Page {
    let form = picks(of, act);
    let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    app.act(&format!("/contacts/{}/recruiters", seeker.id), &form).await
}

#[tokio::test]
async fn recruiters_who_agreed_go_to_a_seeker_in_one_mail_with_a_file() {
    let app = TestApp::new().await;
    let sam = seeker(&app).await;
    app.see("/recruiters").await.is(200).says("Nobody is marked as a recruiter yet");
    let nina = recruiter(&app, "Nina North", "health care", "Leeds").await;
    let lars = recruiter(&app, "Lars Law", "law", "York").await;
    let quiet = recruiter(&app, "Quinn Quiet", "nursing", "Leeds").await;
    add(&app, "Rita Recruits", RawFacets { role: "recruiting manager".into(), ..RawFacets::default() }).await;
    app.see("/recruiters")
        .await
        .says("Perhaps recruiters too")
        .says("Rita Recruits")
        .says("Nobody has asked them");
    let path = format!("/contacts/{}/recruiters", sam.id);
    app.see(&path).await.is(200).says("No recruiter has agreed");
    for of in [&nina, &lars] {
        let link = ask(&app, of).await;
        let page = app.get(&link).await.is(200).says("May Ada pass you on to people who look for work?");
        page.says("Ada may pass me on with this").hides("notes");
        let said = say(&app, &link, &YES).await.is(200).says("You may be passed on from now on");
        said.says("Nobody has got your card yet");
    }
    ask(&app, &quiet).await;
    app.see("/recruiters").await.says("May be passed on, since").says("they have not agreed");
    let page = app.see(&path).await.is(200).says("fits: health care, Leeds").hides("Quinn Quiet");
    let first = page.plain();
    assert!(first.find("Nina North").unwrap() < first.find("Lars Law").unwrap(), "who fits comes first");
    let looked = press(&app, &sam, &[&nina, &lars], "look").await.is(200);
    looked.says("The mail").says("these people know nursing").says("Send it to Sam Cole");
    assert!(app.deliver().await.is_empty(), "a look sends nothing");
    let sent = press(&app, &sam, &[&nina, &lars], "send").await.is(303);
    app.see(sent.header("location")).await.says("2 recruiters are on the way to Sam Cole").says("sent on");
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 1, "one mail, to the seeker alone");
    let mail = &mails[0];
    assert_eq!(mail.to.iter().map(|to| to.address.as_str()).collect::<Vec<_>>(), ["sam.cole@people.example"]);
    assert_eq!(mail.reply_to[0].address, "ada@lovelace.example");
    for words in
        ["Hello Sam,", "Nina North", "nina.north@people.example", "How to reach them: By mail, with a CV"]
    {
        assert!(mail.text.contains(words), "{words}: {}", mail.text);
    }
    let file = mail.card.as_deref().unwrap();
    assert_eq!(file.matches("BEGIN:VCARD").count(), 2);
    assert!(file.contains("FN:Lars Law\r\n") && file.contains("NOTE:By mail\\, with a CV\r\n"), "{file}");
    assert!(!mail.text.contains("Quinn") && !file.contains("Quinn"));
}

#[tokio::test]
async fn more_than_twenty_do_not_go_in_one_mail() {
    let app = TestApp::new().await;
    let sam = seeker(&app).await;
    let mut all = Vec::new();
    for nth in 0..21 {
        // Twenty may be asked in a day.
        if nth == 20 {
            app.later(Span::days(1));
        }
        let of = recruiter(&app, &format!("Nina North {nth}"), "nursing", "Leeds").await;
        let link = ask(&app, &of).await;
        say(&app, &link, &YES).await.is(200);
        all.push(of);
    }
    let all: Vec<&Contact> = all.iter().collect();
    press(&app, &sam, &all, "send").await.is(422).says("20");
    assert!(app.deliver().await.is_empty());
    press(&app, &sam, &all[..20], "send").await.is(303);
    let mails = app.deliver().await;
    assert_eq!(mails[0].card.as_deref().unwrap().matches("BEGIN:VCARD").count(), 20);
}

#[tokio::test]
async fn it_is_asked_once_and_a_no_looks_like_silence() {
    let mut app = TestApp::new().await;
    let (one, other) =
        (recruiter(&app, "Nina North", "", "").await, recruiter(&app, "Lars Law", "", "").await);
    let link = ask(&app, &one).await;
    ask(&app, &other).await;
    say(&app, &link, &[("do", "keep")]).await.is(200).says("You are not passed on");
    let rows = app.see("/recruiters").await.plain();
    assert_eq!(rows.matches("they have not agreed").count(), 2, "{rows}");
    let path = format!("/contacts/{}/card", one.id);
    app.act(&path, &[("question", "pass_on"), ("from", "recruiters")]).await.is(409).says("is asked once");
    app.later(Span::days(700));
    app.sign_in().await;
    app.act(&path, &[("question", "pass_on")]).await.is(409);
}

#[tokio::test]
async fn a_robot_that_presses_everything_agrees_to_nothing() {
    let app = TestApp::new().await;
    let nina = recruiter(&app, "Nina North", "", "Leeds").await;
    let link = ask(&app, &nina).await;
    // Without the tick it is no yes.
    say(&app, &link, &[("do", "pass"), ("reach", "x")]).await.is(422).says("Please tick");
    // In both orders, with everything ticked.
    say(&app, &link, &YES).await.is(200);
    say(&app, &link, &[("do", "keep")]).await.is(200);
    say(&app, &link, &YES).await.is(200).says("shortly after each other");
    app.see("/recruiters").await.hides("May be passed on, since");
    let path = format!("/contacts/{}/recruiter", nina.id);
    app.act(&path, &[("is", "no"), ("from", "recruiters")]).await.is(303);
    app.see("/recruiters").await.says("Nobody is marked as a recruiter yet");
    app.act(&path, &[("is", "yes"), ("from", "recruiters")]).await.is(303);
    // With the trap filled in.
    say(&app, &link, &[("do", "pass"), ("sure", "yes"), ("website", "x")]).await.is(422);
    app.later(Span::minutes(2));
    say(&app, &link, &YES).await.is(200).says("You may be passed on from now on");
}

#[tokio::test]
async fn who_takes_it_back_stops_everything_or_is_erased_is_passed_on_no_more() {
    let app = TestApp::new().await;
    let sam = seeker(&app).await;
    let mut all = Vec::new();
    for name in ["Nina North", "Lars Law", "Gita Gone", "Carl Changed"] {
        let of = recruiter(&app, name, "", "Leeds").await;
        let link = ask(&app, &of).await;
        say(&app, &link, &YES).await.is(200);
        all.push((of, link));
    }
    let path = format!("/contacts/{}/recruiters", sam.id);
    for (of, _) in &all {
        app.see(&path).await.says(&of.facts.name);
    }
    let people: Vec<&Contact> = all.iter().map(|(of, _)| of).collect();
    press(&app, &sam, &people[2..3], "send").await.is(303);
    let list = app.deliver().await.remove(0);
    assert!(list.text.contains("Gita Gone") && !list.text.contains("Each of them"), "{}", list.text);
    say(&app, &all[0].1, &[("do", "keep")]).await.is(200);
    erasure::by_operator(app.cx(), "gita.gone@people.example").await.unwrap();
    app.later(Span::hours(2));
    app.deliver().await;
    assert!(!app.holds("Gita Gone"), "also not in the mail to the seeker");
    // What they agreed to is what they saw: the connector's later words are not passed on.
    let mut raw = RawContact::from(all[3].0.facts.clone());
    raw.name = "Carl Renamed".into();
    people::change(app.cx(), &app.connector, all[3].0.id, &raw).await.unwrap();
    let page = app.see(&path).await.is(200).hides("Nina North").hides("Gita Gone");
    page.says("Carl Changed").says("Lars Law").hides("Carl Renamed");
    press(&app, &sam, &people[..1], "send").await.is(422).says("Please pick somebody");
    press(&app, &sam, &[], "look").await.is(422).says("Please pick somebody");
}

#[tokio::test]
async fn whoever_stops_by_the_mail_programs_button_is_passed_on_no_more() {
    let app = TestApp::new().await;
    let sam = seeker(&app).await;
    let nina = recruiter(&app, "Nina North", "", "Leeds").await;
    app.act(&format!("/contacts/{}/card", nina.id), &[("question", "pass_on")]).await.is(303);
    let mail = app.deliver().await.remove(0);
    say(&app, &link_in(&mail, "/card/"), &YES).await.is(200);
    app.post(&link_in(&mail, "/stop/"), &[("List-Unsubscribe", "One-Click")]).await.is(200);
    app.see(&format!("/contacts/{}/recruiters", sam.id)).await.says("No recruiter has agreed");
}

#[tokio::test]
async fn other_connectors_see_and_send_nothing_of_it() {
    let app = TestApp::new().await;
    let nina = recruiter(&app, "Nina North", "", "Leeds").await;
    say(&app, &ask(&app, &nina).await, &YES).await.is(200);
    let bob = twoyes::flow::account::add(
        app.cx(),
        "bob@else.example",
        "Bob",
        twoyes::domain::connector::Role::Connector,
    )
    .await
    .unwrap();
    assert!(twoyes::flow::own_card::list(app.cx(), &bob).await.unwrap().is_empty());
    let sam = people::add(
        app.cx(),
        &bob,
        &RawContact { name: "Sam".into(), email: "sam@else.example".into(), ..RawContact::default() },
    )
    .await
    .unwrap();
    let letter = twoyes::flow::own_card::Letter { recruiters: vec![nina.id], words: "x".into() };
    assert!(twoyes::flow::own_card::send(app.cx(), &bob, sam.id, &letter).await.is_err());
    assert!(app.deliver().await.is_empty());
}
