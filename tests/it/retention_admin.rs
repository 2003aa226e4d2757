//! Erasing from the admin's page, by the person's hash after a restore, and what the other party sees of it.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::contact::RawContact;
use twoyes::domain::letter::LinkName::{Answer, Manage};
use twoyes::domain::party::NOBODY;
use twoyes::flow::{ask, erasure, people};
use twoyes::store::erasure_ledger;

use crate::retention_kit::{asked, say};
use crate::support::app::TestApp;

const GRACE: &str = "grace@hopper.example";

#[tokio::test]
async fn an_admin_erases_somebody_and_the_record_holds_no_address() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    app.deliver().await;
    app.see("/admin/suppressions").await.is(200).says("Erase a person");
    app.see("/admin/erase").await.is(200).says("cannot be taken back");
    let refused =
        app.act("/admin/erase", &[("email", "nobody"), ("reason", "see a@b.example")]).await.is(422);
    refused.says("must not hold an address").says("The tick is needed");
    assert_eq!(app.load(id).await.parties.first.email.as_str(), GRACE);
    let form = [("email", "Grace+jobs@hopper.example"), ("reason", "They wrote to us."), ("sure", "yes")];
    let done = app.act("/admin/erase", &form).await.is(303);
    app.see(done.header("location")).await.is(200).says("They were erased");
    let mails = app.deliver().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].subject.as_str(), mails[0].to[0].address.as_str()),
        ("You were erased", "Grace+jobs@hopper.example")
    );
    assert!(!app.holds("hopper.example"), "the last mail was forgotten as it left");
    app.see("/admin/acts").await.is(200).says("erased a person").says("They wrote to us.").hides("hopper");
    let again = app.drafted().await;
    assert!(ask::ask(app.cx(), &app.connector, again.id).await.is_err(), "nobody asks them again");
}

#[tokio::test]
async fn what_a_restored_backup_brings_back_is_erased_by_the_hash() {
    let app = TestApp::new().await;
    app.asked().await;
    app.deliver().await;
    erasure::by_operator(app.cx(), GRACE).await.unwrap();
    app.deliver().await;
    let mut tx = app.cx().db.read().await.unwrap();
    let ledger = erasure_ledger::since(&mut tx, twoyes::clock::Ts(0), None, 9).await.unwrap();
    drop(tx);
    assert!(ledger.len() == 1);
    // As a backup has them: an address book and a draft from before, and no "never".
    let contact = RawContact {
        name: "Grace".into(),
        email: "grace+home@hopper.example".into(),
        ..RawContact::default()
    };
    people::add(app.cx(), &app.connector, &contact).await.unwrap();
    let before = app.drafted().await;
    let gone = "DELETE FROM suppression";
    app.cx().db.write(move |tx| Box::pin(async move { tx.q(gone).run().await })).await.unwrap();
    assert!(app.holds("hopper.example"));
    for _ in 0..2 {
        erasure::again(app.cx(), ledger[0]).await.unwrap();
    }
    assert!(!app.holds("hopper.example"));
    assert_eq!(app.load(before.id).await.parties.first.erased_at, Some(ledger[0].at));
    assert!(app.deliver().await.is_empty(), "nobody is mailed");
    let again = app.drafted().await;
    assert!(ask::ask(app.cx(), &app.connector, again.id).await.is_err(), "never holds again");
}

/// Erased, or silent: the other party's mails, answer page, own page and download are the same for two months.
#[tokio::test]
async fn the_other_party_cannot_tell_an_erasure_from_silence() {
    let mut seen = Vec::new();
    for erased in [false, true] {
        let app = TestApp::new().await;
        let id = asked(&app, "Grace Hopper", GRACE, ("Alan Turing", "alan@turing.example")).await;
        say(&app, id, Side::First, "yes", &[]).await;
        if erased {
            erasure::by_operator(app.cx(), GRACE).await.unwrap();
        } else {
            say(&app, id, Side::First, "no", &[("quiet", "yes")]).await;
            app.later(Span::minutes(-1));
        }
        let (answer, own) =
            (app.link(id, Side::Second, Answer).await, app.link(id, Side::Second, Manage).await);
        let mut his = Vec::new();
        for day in 0..60 {
            app.later(Span::days(1));
            if day == 2 {
                say(&app, id, Side::Second, "yes", &[]).await;
            }
            let mails = app.deliver().await;
            let texts = mails.iter().filter(|mail| mail.to[0].address.contains("alan@"));
            his.extend(texts.map(|mail| (day, mail.subject.clone(), String::new())));
            for path in [answer.clone(), own.clone(), format!("{own}/data")] {
                let page = app.get(&path).await;
                his.push((day, page.status.to_string(), page.plain()));
            }
        }
        let grace = his.iter().filter(|(.., text)| text.contains("Grace Hopper")).map(|(day, ..)| *day).max();
        let nobody = his.iter().filter(|(.., text)| text.contains(NOBODY)).count();
        assert!(grace.is_some_and(|day| (20..23).contains(&day)) && nobody > 0, "{grace:?}");
        seen.push(his);
    }
    assert!(seen[0] == seen[1], "{:?}", seen[0].iter().zip(&seen[1]).find(|(one, other)| one != other));
    println!(
        "figure: retention: {} views of the other party over 60 days, the same with and without an erasure",
        seen[0].len()
    );
}
