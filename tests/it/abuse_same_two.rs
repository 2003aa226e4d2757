//! The same two people: one question at a time, and a rest that does not tell how the last one ended.

use std::sync::Arc;

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Connector;
use twoyes::domain::introduction::{Introduction, StateName};
use twoyes::domain::letter::LinkName::{Answer, Manage};
use twoyes::flow::ask;
use twoyes::flow::{close, draft};

use crate::abuse_kit::{ask_as, connector, limited, pair};
use crate::support::app::TestApp;
use crate::support::db::{Engine, both, fresh};
use crate::support::refusal::said;
use crate::your_page_kit::send;

/// Everything that is no agreement, and what leaves without one.
const ENDINGS: [&str; 10] = [
    "silence",
    "no",
    "quiet no",
    "quiet never",
    "yes taken back",
    "never on the own page",
    "pause",
    "erased",
    "undeliverable",
    "withdrawn",
];

async fn end(app: &TestApp, who: &Connector, of: &Introduction, ending: &str) {
    let answer = app.link_of(who, of.id, Side::First, Answer).await;
    let manage = app.link_of(who, of.id, Side::First, Manage).await;
    let say = async |form: &[(&str, &str)]| drop(send(app, &answer, form).await.is(200));
    match ending {
        "no" => say(&[("choice", "no")]).await,
        "quiet no" => say(&[("choice", "no"), ("quiet", "yes")]).await,
        "quiet never" => say(&[("choice", "never"), ("quiet", "yes")]).await,
        "yes taken back" => {
            say(&[("choice", "yes")]).await;
            app.later(Span::minutes(2));
            say(&[("choice", "no")]).await;
        }
        "never on the own page" => {
            send(app, &format!("{manage}/never"), &[("sure", "yes"), ("never", "yes")]).await.is(303);
        }
        "pause" => drop(send(app, &manage, &[("what", "pause"), ("until", "2026-12-24")]).await.is(303)),
        "erased" => {
            let form = [("sure", "yes"), ("email", "person1@people.example")];
            send(app, &format!("{manage}/erase"), &form).await.is(303);
        }
        "undeliverable" => {
            let (cx, id) = (app.cx().clone(), of.id);
            let done = app.cx().db.write(move |tx| {
                let cx = cx.clone();
                Box::pin(async move { close::undeliverable(tx, &cx, id, Side::First).await })
            });
            done.await.unwrap();
        }
        "withdrawn" => drop(close::withdraw(app.cx(), who, of.id).await.unwrap()),
        _ => {}
    }
}

/// What asking the same two says, to who asked them and to somebody else, while they are asked and later.
async fn told(ending: &str) -> Vec<(i64, String, String)> {
    let db = fresh(Engine::Sqlite).await;
    let app = limited(&db).await;
    let (who, other) = (connector(&app, 1).await, connector(&app, 2).await);
    let of = ask_as(&app, &who, &pair(1, 2)).await.unwrap();
    app.deliver().await;
    app.later(Span::hours(1));
    end(&app, &who, &of, ending).await;
    app.deliver().await;
    let mut told = Vec::new();
    for day in 1..43 {
        app.later(Span::days(1));
        app.deliver().await;
        let own = said(ask_as(&app, &who, &pair(2, 1)).await);
        let others = said(ask_as(&app, &other, &pair(1, 2)).await);
        told.push((day, own, others));
    }
    told
}

#[tokio::test]
async fn when_one_may_ask_again_is_the_same_whatever_the_ending() {
    let silence = told("silence").await;
    assert_eq!(silence[0].1, "still_open");
    assert_eq!(silence[20].1, "they_rest date=2026-04-15", "{silence:?}");
    let others: Vec<_> = silence.iter().map(|(_, _, others)| others.clone()).collect();
    assert!(others.iter().all(|one| one.starts_with("cannot_be_asked")), "{others:?}");
    assert_eq!(others[0], others[41], "nor does the date move when it ends");
    let mut compared = 0;
    for ending in &ENDINGS[1..] {
        let these = told(ending).await;
        // A yes moves the deadline, and everybody knows.
        let same = |one: &(i64, String, String), two: &(i64, String, String)| {
            one.2 == two.2 && (one.1 == two.1 || *ending == "yes taken back")
        };
        for (one, two) in silence.iter().zip(&these) {
            assert!(same(one, two), "{ending}: {one:?}, {two:?}");
            compared += 1;
        }
    }
    println!(
        "figure: abuse: {compared} days of asking again after 9 endings, all told the same as after silence"
    );
}

#[tokio::test]
async fn a_rest_that_depends_on_the_ending_is_found_out() {
    // As if a refused address needed no rest: what the comparison above has to notice.
    let db = fresh(Engine::Sqlite).await;
    let app = limited(&db).await;
    let who = connector(&app, 1).await;
    let of = ask_as(&app, &who, &pair(1, 2)).await.unwrap();
    app.deliver().await;
    app.later(Span::days(15));
    app.deliver().await;
    let id = of.id.0;
    let sql = "UPDATE introduction SET asked_at = NULL WHERE id = $1";
    let forgotten = app.cx().db.write(move |tx| Box::pin(async move { tx.q(sql).bind(id).run().await }));
    forgotten.await.unwrap();
    let silence = told("silence").await;
    assert_ne!(said(ask_as(&app, &who, &pair(2, 1)).await), silence[14].1);
}

both! {
    async fn two_people_are_asked_about_each_other_once_at_a_time(db: TestDb) {
        let app = limited(&db).await;
        let (who, other) = (connector(&app, 1).await, connector(&app, 2).await);
        let of = ask_as(&app, &who, &pair(1, 2)).await.unwrap();
        assert_eq!(said(ask_as(&app, &who, &pair(1, 2)).await), "still_open");
        assert_eq!(said(ask_as(&app, &other, &pair(2, 1)).await), "cannot_be_asked who=Person N2 date=2026-05-01");
        ask_as(&app, &other, &pair(1, 3)).await.unwrap();
        app.later(Span::days(15));
        app.deliver().await;
        assert_eq!(app.load(of.id).await.state.name(), StateName::Closed);
        assert_eq!(said(ask_as(&app, &who, &pair(1, 2)).await), "they_rest date=2026-04-16");
        assert_eq!(said(ask::ask_again(app.cx(), &who, of.id).await), "they_rest date=2026-04-16");
        app.later(Span::days(30));
        app.deliver().await;
        ask_as(&app, &other, &pair(2, 1)).await.unwrap();
        assert_eq!(
            said(ask_as(&app, &who, &pair(1, 2)).await),
            "cannot_be_asked who=Person N1 date=2026-06-01"
        );
    }

    async fn what_was_taken_back_before_it_left_leaves_no_rest(db: TestDb) {
        let app = limited(&db).await;
        let who = connector(&app, 1).await;
        let of = ask_as(&app, &who, &pair(1, 2)).await.unwrap();
        close::withdraw(app.cx(), &who, of.id).await.unwrap();
        ask_as(&app, &who, &pair(1, 2)).await.unwrap();
    }

    async fn two_connectors_at_the_same_moment_cannot_both_ask(db: TestDb) {
        let app = Arc::new(limited(&db).await);
        for round in 0..10 {
            let mut tasks = Vec::new();
            for nth in 0..3 {
                let who = connector(&app, 10 * round + nth).await;
                let id = draft::create(app.cx(), &who, &pair(100 + round, 200 + round)).await.unwrap().id;
                let app = app.clone();
                tasks.push(tokio::spawn(async move { ask::ask(app.cx(), &who, id).await.is_ok() }));
            }
            let mut asked = 0;
            for task in tasks {
                asked += usize::from(task.await.unwrap());
            }
            assert_eq!(asked, 1, "round {round}");
        }
    }
}
