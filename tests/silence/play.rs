//! A world played to its end; everything that anybody but the subject can notice is written down.
//!
//! Until the way of the subject begins, its runs are the same. Where that takes long, this opening is played once, and
//! every way goes on from a copy of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Side;
use twoyes::domain::connector::{Connector, Role, Scope};
use twoyes::domain::draft::{RawDraft, RawParty};
use twoyes::flow::{account, ask, draft};
use twoyes::ids::IntroductionId;
use twoyes::mail::decode;

use super::leaks::{Inside, Leak};
use super::seen::{ASKS_AGAIN, Seen};
use super::sim::Sim;
use super::ways::{STEPS, Subject, Way};
use super::worlds::{AGREES_AFTER, Plan, World};
use crate::support::refusal::said;
use crate::support::usual::{BASE, raw_draft};

/// What happens at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Op {
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

/// Plays the world with this way of the subject; returns what everybody else noticed.
pub async fn play(world: &World, way: Way, eyes: Eyes, leak: Option<Leak>) -> Vec<Seen> {
    let mut run = Run::begin(world, way, eyes, leak).await;
    if world.opens_for_long() {
        run.until(run.way_begins).await;
        // As its copies do.
        run.stage.sim.restart().await;
    }
    run.finish().await
}

/// A run up to the moment at which the way of the subject begins.
pub struct Opening<'a>(Run<'a>);

impl<'a> Opening<'a> {
    /// `None` where it is not worth it.
    pub async fn of(world: &'a World, eyes: Eyes, leak: Option<Leak>) -> Option<Self> {
        if !world.opens_for_long() {
            return None;
        }
        let mut run = Run::begin(world, Way::Silence, eyes, leak).await;
        run.until(run.way_begins).await;
        Some(Self(run))
    }

    /// As [`play`] with this way, which must not begin before.
    pub async fn go_on(&self, way: Way) -> Vec<Seen> {
        self.0.copy(way).await.finish().await
    }
}

/// A world that is being played.
struct Run<'a> {
    stage: Stage<'a>,
    plan: BTreeMap<Ts, BTreeSet<Op>>,
    way_begins: Ts,
    end: Ts,
    /// Of the introduction with the subject in it, as it was seen last.
    deadline: Option<Ts>,
}

impl<'a> Run<'a> {
    async fn begin(world: &'a World, way: Way, eyes: Eyes, leak: Option<Leak>) -> Self {
        let stage = Stage::set(world, way, eyes, leak).await;
        let start = stage.sim.now();
        let (way_begins, end) = (start + world.delay, start + Span::days(45));
        Self { stage, plan: planned(world, start), way_begins, end, deadline: None }
    }

    /// The same run once more, from here, with another way.
    async fn copy(&self, way: Way) -> Self {
        Self { stage: self.stage.copy(way).await, plan: self.plan.clone(), ..*self }
    }

    /// What happens before this moment.
    async fn until(&mut self, moment: Ts) {
        while self.plan.first_key_value().is_some_and(|(at, _)| *at < moment) {
            self.step().await;
        }
    }

    async fn finish(mut self) -> Vec<Seen> {
        while !self.plan.is_empty() {
            self.step().await;
        }
        self.stage.seen
    }

    /// The next moment.
    async fn step(&mut self) {
        let Self { stage, plan, .. } = self;
        let Some((at, ops)) = plan.pop_first() else { return };
        stage.sim.move_to(at);
        stage.settle().await;
        for op in ops {
            stage.does(op).await;
        }
        // From one moment at which something is due to the next.
        if let Some(next) = stage.sim.next_due().await.filter(|next| *next > at && *next < self.end) {
            plan.entry(next).or_default();
        }
        let now = stage.sim.load(stage.subject.id).await.deadline;
        if let Some(end) = now.filter(|_| now != self.deadline) {
            self.deadline = now;
            let hold = Span::minutes(10);
            let (second, over) = (Span::seconds(1), end + hold);
            let edges = [end - second, end, over - second, over, over + second, end + Span::days(8)];
            for edge in edges.into_iter().filter(|edge| *edge > at) {
                plan.entry(edge).or_default().insert(Op::Look);
            }
        }
    }
}

/// What is known of it before it begins.
fn planned(world: &World, start: Ts) -> BTreeMap<Ts, BTreeSet<Op>> {
    let mut plan: BTreeMap<Ts, BTreeSet<Op>> = BTreeMap::new();
    let mut add = |at: Ts, op: Op| {
        plan.entry(at).or_default().insert(op);
    };
    for (nth, after) in STEPS.iter().enumerate() {
        add(start + world.delay + *after, Op::Step(nth));
        if nth > 1 {
            add(start + world.delay + *after, Op::Look);
        }
    }
    for (nth, doing) in world.doings.iter().enumerate() {
        add(start + Span::minutes(doing.minutes), Op::Do(nth));
        // The second is asked after the moment in which the first can contradict themselves.
        add(start + Span::minutes(doing.minutes) + Span::seconds(10), Op::Look);
    }
    if world.agreed_before {
        add(start + AGREES_AFTER, Op::Agree);
        add(start + AGREES_AFTER + Span::seconds(10), Op::Look);
    }
    world.looks.iter().for_each(|hours| add(start + Span::hours(*hours), Op::Look));
    world.again.iter().for_each(|again| add(start + Span::hours(again.hours), Op::Again));
    world.restart.iter().for_each(|hours| add(start + Span::hours(*hours), Op::Restart));
    // For what is done now and then by itself: retention, and the names of the erased.
    (1..7).for_each(|week| {
        plan.entry(start + Span::days(7 * week)).or_default();
    });
    plan
}

struct Stage<'a> {
    world: &'a World,
    eyes: Eyes,
    sim: Sim,
    leak: Option<(Leak, Inside)>,
    subject: Subject,
    connectors: Vec<(Connector, String)>,
    ids: Vec<(IntroductionId, usize)>,
    /// The links that each person has, in the order in which they came.
    links: HashMap<String, Vec<String>>,
    seen: Vec<Seen>,
    last: HashMap<(String, String), String>,
}

impl<'a> Stage<'a> {
    /// Connectors, drafts and asks.
    async fn set(world: &'a World, way: Way, eyes: Eyes, leak: Option<Leak>) -> Self {
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
    async fn copy(&self, way: Way) -> Self {
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

    async fn does(&mut self, op: Op) {
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
    async fn settle(&mut self) {
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
