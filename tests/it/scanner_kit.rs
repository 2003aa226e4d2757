//! Mails of every family, with the links that robots find in them, and what counts as a deed.

use std::fmt::Write;

use twoyes::clock::Span;
use twoyes::domain::answer::Choice;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Role;
use twoyes::domain::introduction::Introduction;
use twoyes::domain::outcome::Outcome;
use twoyes::flow::{account, ask, draft};
use twoyes::mail::Decoded;

use crate::accounts_kit::Browser;
use crate::scanner_robot::links;
use crate::store_kit::look;
use crate::support::app::{Page, TestApp, raw_draft};

pub const GRACE: &str = "grace@hopper.example";
pub const ALAN: &str = "alan@turing.example";

/// What a robot must never bring about. Every count is of the whole database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deeds {
    pub introductions: i64,
    pub nevers: i64,
    pub erased: i64,
    pub outcomes: i64,
    pub sessions: i64,
    pub moved: i64,
    pub wished: i64,
    pub decided: i64,
}

pub async fn deeds(app: &TestApp) -> Deeds {
    let count = async |sql: &'static str| {
        let row = look!(app.cx().db, tx => tx.q(sql).one()).unwrap();
        row.get::<i64>("n").unwrap()
    };
    Deeds {
        introductions: count("SELECT COUNT(*) AS n FROM delivery WHERE kind = 'introduction'").await,
        nevers: count("SELECT COUNT(*) AS n FROM suppression").await,
        erased: count("SELECT COUNT(*) AS n FROM party WHERE erased_at IS NOT NULL").await,
        outcomes: count("SELECT COUNT(*) AS n FROM party WHERE outcome IS NOT NULL").await
            + count("SELECT COUNT(*) AS n FROM introduction WHERE outcome IS NOT NULL").await,
        sessions: count("SELECT COUNT(*) AS n FROM session").await,
        moved: count("SELECT COUNT(*) AS n FROM address_change WHERE used_at IS NOT NULL").await,
        wished: count("SELECT COUNT(*) AS n FROM address_change").await,
        decided: count("SELECT COUNT(*) AS n FROM refusal").await
            + count(
                "SELECT COUNT(*) AS n FROM person WHERE per_month IS NOT NULL OR paused_until IS NOT NULL",
            )
            .await,
    }
}

/// What a mail is about, and so what its links can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Both were asked at once.
    Ask,
    /// The first was asked, the second is not.
    AskFirst,
    Reminder,
    /// After a "not now" of a person.
    Receipt,
    ClosingNote,
    Introduction,
    CheckIn,
    SignIn,
    AddressChange,
    Invitation,
}

pub const FAMILIES: [Family; 10] = [
    Family::Ask,
    Family::AskFirst,
    Family::Reminder,
    Family::Receipt,
    Family::ClosingNote,
    Family::Introduction,
    Family::CheckIn,
    Family::SignIn,
    Family::AddressChange,
    Family::Invitation,
];

/// The site at the moment when mails of one family have just been delivered.
pub struct Scene<'a> {
    pub app: &'a TestApp,
    pub family: Family,
    pub of: Introduction,
    pub mails: Vec<Decoded>,
    /// The cookies of who asked to sign in.
    cookies: Vec<(String, String)>,
}

impl<'a> Scene<'a> {
    pub async fn set(app: &'a TestApp, family: Family) -> Self {
        let mut raw = raw_draft();
        if family != Family::AskFirst {
            raw.order = "together".into();
        }
        let new = draft::create(app.cx(), &app.connector, &raw).await.unwrap();
        let of = ask::ask(app.cx(), &app.connector, new.id).await.unwrap();
        let asks = app.deliver().await;
        let mut scene = Self { app, family, of, mails: asks.clone(), cookies: Vec::new() };
        match family {
            Family::Ask | Family::AskFirst => {}
            Family::Reminder => scene.mails = scene.pass(Span::days(7)).await,
            Family::Receipt => {
                answer(app, &answer_link(&asks, GRACE), "not_now").await;
                answer(app, &answer_link(&asks, ALAN), "no").await;
                scene.mails = app.deliver().await;
            }
            Family::ClosingNote => {
                answer(app, &answer_link(&asks, GRACE), "yes").await;
                scene.pass(Span::minutes(2)).await;
                scene.pass(Span::days(8)).await;
                scene.mails = scene.pass(Span::days(8)).await;
            }
            Family::Introduction | Family::CheckIn => {
                answer(app, &answer_link(&asks, GRACE), "yes").await;
                answer(app, &answer_link(&asks, ALAN), "yes").await;
                scene.pass(Span::minutes(2)).await;
                scene.mails = scene.pass(Span::minutes(9)).await;
                if family == Family::CheckIn {
                    scene.mails = scene.pass(Span::days(8)).await;
                }
            }
            Family::SignIn => {
                let mut browser = Browser::new(app);
                browser.post("/sign-in", &[("email", app.connector.email.as_str())]).await.is(200);
                scene.cookies = browser.cookies;
                scene.mails = app.deliver().await;
            }
            Family::AddressChange => {
                let yours = link(&asks, GRACE, "/you/");
                let nonce = app.get(&yours).await.value("nonce");
                let wish = [("nonce", nonce.as_str()), ("what", "address"), ("email", "grace@navy.example")];
                app.post(&yours, &wish).await.is(303);
                scene.mails = app.deliver().await;
            }
            Family::Invitation => {
                account::invite(app.cx(), &app.connector, "mara@connect.example", "Mara", Role::Connector)
                    .await
                    .unwrap();
                scene.mails = app.deliver().await;
            }
        }
        assert!(!scene.mails.is_empty(), "{family:?}: no mail");
        scene
    }

    /// Time passes and mails leave.
    pub async fn pass(&self, span: Span) -> Vec<Decoded> {
        self.app.later(span);
        self.app.deliver().await
    }

    /// What the parties have answered.
    pub async fn answers(&self) -> [Option<Choice>; 2] {
        let of = self.app.load(self.of.id).await;
        [Side::First, Side::Second]
            .map(|side| of.parties.get(side).given.as_ref().map(|given| given.answer.choice()))
    }

    /// The people come, by the links of these very mails, and everything works for them.
    pub async fn people_come(&self) {
        let (app, mails) = (self.app, &self.mails);
        // A link for signing in is good for ten minutes, and robots took their part of them.
        self.pass(Span::minutes(if self.family == Family::SignIn { 0 } else { 2 })).await;
        let before = deeds(app).await;
        match self.family {
            Family::Ask | Family::Reminder | Family::Receipt => {
                answer(app, &answer_link(mails, GRACE), "yes").await.says("Your yes is noted");
                answer(app, &answer_link(mails, ALAN), "yes").await.says("Your yes is noted");
                self.both_are_introduced().await;
            }
            Family::AskFirst => {
                answer(app, &answer_link(mails, GRACE), "yes").await.says("Your yes is noted");
                let after = self.pass(Span::minutes(2)).await;
                answer(app, &answer_link(&after, ALAN), "yes").await.says("Your yes is noted");
                self.both_are_introduced().await;
            }
            Family::ClosingNote | Family::Introduction => {
                // The connector's copy leaves beside the introduction, and may be the first to arrive.
                let connector = app.connector.email.as_str();
                let address =
                    mails.iter().map(|mail| mail.to[0].address.clone()).find(|to| to != connector).unwrap();
                app.get(&link(mails, &address, "/you/")).await.is(200).says("Your page");
                app.get(&link(mails, &address, "/stop/")).await.is(200).says("Never be asked again?");
            }
            Family::CheckIn => {
                let path = link(mails, GRACE, "/met/");
                let nonce = app.get(&path).await.is(200).value("nonce");
                app.post(&path, &[("nonce", &nonce), ("outcome", "met")]).await.is(200).says("Thank you");
                assert_eq!(app.load(self.of.id).await.outcome, Some(Outcome::Met));
            }
            Family::SignIn => {
                let path = link(mails, app.connector.email.as_str(), "/sign-in/");
                let mut browser = Browser { cookies: self.cookies.clone(), ..Browser::new(app) };
                browser.get(&path).await.is(200);
                browser.post(&path, &[]).await.is(303);
                assert_eq!(deeds(app).await.sessions, before.sessions + 1);
            }
            Family::AddressChange => {
                let path = link(mails, "grace@navy.example", "/address/");
                let nonce = app.get(&path).await.is(200).value("nonce");
                app.post(&path, &[("nonce", &nonce), ("mine", "yes"), ("sure", "yes")]).await.is(200);
                assert_eq!(deeds(app).await.moved, before.moved + 1);
            }
            Family::Invitation => {
                let path = link(mails, "mara@connect.example", "/sign-in");
                assert_eq!(app.get(&path).await.is(200).value("email"), "mara@connect.example");
            }
        }
    }

    async fn both_are_introduced(&self) {
        let mut mails = self.pass(Span::minutes(2)).await;
        mails.extend(self.pass(Span::minutes(10)).await);
        let left = mails.iter().filter(|mail| mail.to.len() == 2).count();
        assert_eq!(left, 2, "{:?}: an introduction to each", self.family);
    }
}

/// The path of a link in the newest of these mails to an address that has one.
#[track_caller]
pub fn link(mails: &[Decoded], address: &str, start: &str) -> String {
    let to = |mail: &&Decoded| mail.to.iter().any(|to| to.address == address);
    let paths = mails.iter().rev().filter(to).flat_map(links);
    let mut told = String::new();
    for path in paths {
        if path.starts_with(start) {
            return path;
        }
        write!(told, "{path} ").unwrap();
    }
    panic!("no {start} to {address}, but: {told}")
}

#[track_caller]
pub fn answer_link(mails: &[Decoded], address: &str) -> String {
    link(mails, address, "/c/")
}

/// A person opens the page and presses one button.
pub async fn answer(app: &TestApp, path: &str, choice: &str) -> Page {
    let page = app.get(path).await.is(200);
    let (nonce, until) = (page.value("nonce"), page.value("until"));
    app.post(path, &[("nonce", &nonce), ("choice", choice), ("until", &until)]).await.is(200)
}
