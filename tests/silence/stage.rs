//! Those who are in a world, what they do, and everything that anybody but the subject can notice of it.

use std::collections::HashMap;

use twoyes::domain::asking::Side;
use twoyes::domain::connector::{Connector, Role, Scope};
use twoyes::domain::draft::{RawDraft, RawParty};
use twoyes::flow::{account, ask, draft};
use twoyes::ids::IntroductionId;
use twoyes::mail::decode;

use super::leaks::{Inside, Leak};
use super::seen::{ASKS_AGAIN, Seen};
use super::sim::Sim;
use super::ways::{Subject, Way};
use super::worlds::{Plan, World};
use crate::support::refusal::said;
use crate::support::usual::{BASE, raw_draft};

/// What happens at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    Restart,
    Agree,
    Step(usize),
    Do(usize),
    Again,
    Look,
}

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    Parties,
    /// Connectors too.
    All,
}

pub struct Stage<'a> {
    world: &'a World,
    eyes: Eyes,
    pub sim: Sim,
    leak: Option<(Leak, Inside)>,
    pub subject: Subject,
    connectors: Vec<(Connector, String)>,
    ids: Vec<(IntroductionId, usize)>,
    /// The links that each person has, in the order in which they came.
    links: HashMap<String, Vec<String>>,
    pub seen: Vec<Seen>,
    last: HashMap<(String, String), String>,
}

impl<'a> Stage<'a> {
    /// Connectors, drafts and asks.
    pub async fn set(world: &'a World, way: Way, eyes: Eyes, leak: Option<Leak>) -> Self {
        let sim = Sim::start(world.rest).await;
        let cx = sim.house.cx.clone();
        let mut connectors = Vec::new();
        for nth in 0..world.connectors {
            let role = if nth == 0 { Role::Admin } else { Role::Connector };
            let email = format!("connector{nth}@desk.example");
            let who = account::add(&cx, &email, &format!("Connector {}", letter(nth)), role).await.unwrap();
            let (_, token) = account::add_token(&cx, &who, "sim", &[Scope::Read]).await.unwrap();
            connectors.push((who, token));
        }
        let mut ids = Vec::new();
        for plan in &world.introductions {
            let of = draft::create(&cx, &connectors[plan.connector].0, &raw(plan)).await.unwrap();
            ids.push((of.id, plan.connector));
        }
        let side = if world.subject_first { Side::First } else { Side::Second };
        let subject = Subject { id: ids[0].0, side, email: email(world.subject()), way };
        subject.prepare(&sim);
        let leak = leak.map(|leak| (leak, Inside::new(sim.url(), subject.id, side)));
        let (seen, links, last) = Default::default();
        let mut stage = Self { world, eyes, sim, leak, subject, connectors, ids, links, seen, last };
        for (id, connector) in stage.ids.clone() {
            // Two of the same pair: the second is refused, in every run.
            let _ = ask::ask(&cx, &stage.connectors[connector].0, id).await;
            stage.settle().await;
        }
        stage
    }

    /// The same stage once more, with another way of the subject.
    pub async fn copy(&self, way: Way) -> Self {
        let sim = self.sim.copy().await;
        let (id, side) = (self.subject.id, self.subject.side);
        Self {
            leak: self.leak.as_ref().map(|(leak, _)| (*leak, Inside::new(sim.url(), id, side))),
            sim,
            subject: Subject { id, side, way, email: self.subject.email.clone() },
            connectors: self.connectors.clone(),
            ids: self.ids.clone(),
            links: self.links.clone(),
            seen: self.seen.clone(),
            last: self.last.clone(),
            ..*self
        }
    }

    pub async fn does(&mut self, op: Op) {
        match op {
            Op::Restart => self.sim.restart().await,
            Op::Agree => self.subject.agrees(&self.sim).await,
            Op::Step(nth) => {
                let connector = &self.connectors[self.world.introductions[0].connector].0;
                self.subject.act(&self.sim, nth, connector, &self.connectors[0].0).await;
            }
            Op::Do(nth) => self.answer(nth).await,
            Op::Again => self.ask_again().await,
            Op::Look => return self.look().await,
        }
        if let Some((leak, inside)) = &self.leak {
            inside.spoil(*leak);
        }
        self.settle().await;
    }

    async fn answer(&mut self, nth: usize) {
        let doing = &self.world.doings[nth];
        if doing.person == self.world.subject() {
            return;
        }
        let who = email(doing.person);
        let own: Vec<&String> =
            self.links.get(&who).into_iter().flatten().filter(|link| link.starts_with("/c/")).collect();
        let Some(link) = own.get(doing.link % own.len().max(1)).copied().cloned() else { return };
        let form = [("choice", doing.choice), ("until", "2026-06-01")];
        let reply = self.sim.house.fill(&link, &form).await;
        self.note(&who, &format!("POST {}", doing.choice), &reply.whole);
    }

    /// A new draft of the same two, by the same connector or another one.
    async fn ask_again(&mut self) {
        let Some(again) = &self.world.again else { return };
        let mut plan = self.world.introductions[0].clone();
        if again.swapped {
            (plan.first, plan.second) = (plan.second, plan.first);
        }
        let who = self.connectors[again.connector].0.clone();
        let new = draft::create(&self.sim.house.cx, &who, &raw(&plan)).await.unwrap();
        let told = said(ask::ask(&self.sim.house.cx, &who, new.id).await);
        // What was asked with stays.
        drop(draft::delete(&self.sim.house.cx, &who, new.id).await);
        self.note(ASKS_AGAIN, "POST ask", &told);
    }

    /// What has left since the last time, and who got it.
    pub async fn settle(&mut self) {
        for mail in self.sim.settle().await {
            if mail.rcpt == self.subject.email {
                continue;
            }
            let mut raw = String::from_utf8_lossy(&mail.data).into_owned();
            let links = self.links.entry(mail.rcpt.clone()).or_default();
            let decoded = decode(&mail.data);
            for line in decoded.text.lines().filter_map(|line| line.trim().strip_prefix(BASE)) {
                let link = line.split('#').next().unwrap_or_default().to_owned();
                let opens = ["/c/", "/you/", "/stop/"].iter().any(|path| link.starts_with(path));
                if opens && !links.contains(&link) {
                    links.push(link);
                }
            }
            if let Some((leak, inside)) = &self.leak {
                raw += &inside.in_mail(*leak, &decoded.subject);
            }
            self.seen.push(Seen {
                at: self.sim.now(),
                who: mail.rcpt.clone(),
                what: format!("mail \"{}\"", decoded.subject),
                text: raw,
            });
        }
    }

    /// Everybody but the subject opens everything that they may.
    async fn look(&mut self) {
        let mut all: Vec<(String, String)> = Vec::new();
        for person in (0..self.world.people).filter(|person| *person != self.world.subject()) {
            let who = email(person);
            for link in self.links.get(&who).into_iter().flatten() {
                all.push((who.clone(), link.clone()));
                if link.starts_with("/you/") {
                    all.push((who.clone(), format!("{link}/data")));
                }
                let wrong = format!("{}0", &link[..link.len() - 1]);
                // A wrong token, and one of another purpose; their answers never change.
                if link.starts_with("/c/") && !self.last.contains_key(&(who.clone(), wrong.clone())) {
                    all.push((who.clone(), wrong));
                    all.push((who.clone(), link.replace("/c/", "/you/")));
                }
            }
        }
        for (who, path) in all {
            self.open(&who, &path, &[]).await;
        }
        if self.eyes == Eyes::All {
            for nth in 0..self.connectors.len() {
                self.look_as(nth).await;
            }
        }
    }

    async fn look_as(&mut self, nth: usize) {
        let (who, token) = self.connectors[nth].clone();
        let name = format!("connector {nth}");
        let bearer = format!("Bearer {token}");
        let session = account::session_for(&self.sim.house.cx, &who).await.unwrap();
        let cookie = format!("__Host-twoyes={session}");
        let mut api = vec!["/api/v1/introductions".to_owned()];
        let mut pages = vec!["/".to_owned(), "/contacts".to_owned()];
        if nth == 0 {
            pages.extend(["/admin/outcomes".to_owned(), "/admin/outcomes.csv".to_owned()]);
        }
        for (id, of) in &self.ids {
            if *of == nth {
                api.push(format!("/api/v1/introductions/{id}"));
                api.push(format!("/api/v1/introductions/{id}/events"));
                pages.push(format!("/introductions/{id}"));
            }
        }
        for path in api {
            self.open(&name, &path, &[("authorization", &bearer)]).await;
        }
        for path in pages {
            self.open(&name, &path, &[("cookie", &cookie)]).await;
        }
    }

    async fn open(&mut self, who: &str, path: &str, headers: &[(&str, &str)]) {
        let reply = self.sim.house.get(path, headers).await;
        assert!(headers.is_empty() || reply.status == 200, "{path}: {}", reply.body);
        let mut whole = reply.whole;
        if let Some((leak, inside)) = &self.leak {
            whole += &inside.in_reply(*leak, who, path);
        }
        self.note(who, path, &whole);
    }

    /// Keeps it when it is not what was there the last time.
    fn note(&mut self, who: &str, what: &str, text: &str) {
        let key = (who.to_owned(), what.to_owned());
        if self.last.get(&key).is_some_and(|last| last == text) {
            return;
        }
        self.last.insert(key, text.to_owned());
        let at = self.sim.now();
        self.seen.push(Seen { at, who: who.into(), what: what.into(), text: text.into() });
    }
}

fn email(person: usize) -> String {
    format!("person{person}@party.example")
}

fn letter(nth: usize) -> char {
    char::from(b'A' + u8::try_from(nth).unwrap_or(25))
}

fn raw(plan: &Plan) -> RawDraft {
    let common = raw_draft();
    let party = |nth: usize, like: &RawParty| RawParty {
        name: format!("Person {}", letter(nth)),
        email: email(nth),
        ..like.clone()
    };
    RawDraft {
        first: party(plan.first, &common.first),
        second: party(plan.second, &common.second),
        order: if plan.together { "together" } else { "one_by_one" }.into(),
        names_second: plan.names_second,
        asked_for_this: plan.asked_for_this,
        ..common
    }
}
