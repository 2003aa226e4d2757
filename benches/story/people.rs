//! Introductions in which both were asked, and the answers that they wait for.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::{Connector, Role};
use twoyes::domain::draft::RawDraft;
use twoyes::domain::link::{Claims, Purpose};
use twoyes::domain::party::Party;
use twoyes::flow::answer::{self, RawReply};
use twoyes::flow::{Cx, account, ask, draft};

use super::load::{Request, work_all};
use super::support::usual::raw_draft;

/// Connectors who share the work.
const CONNECTORS: usize = 32;

/// An answer that can be given: the link of an ask and the nonce of its page.
#[derive(Clone)]
pub struct Answer {
    pub token: String,
    pub reply: RawReply,
}

/// Asks so many pairs of people, both at once; returns the yes of each person.
pub async fn asked(cx: &Cx, number: usize) -> Vec<Answer> {
    asked_of(cx, 0..number).await
}

/// The same of these pairs.
pub async fn asked_of(cx: &Cx, pairs: Range<usize>) -> Vec<Answer> {
    let connectors = Arc::new(connectors(cx).await);
    let answers = Arc::new(Mutex::new(Vec::new()));
    work_all(64, pairs.collect(), |nth| {
        let (cx, connectors, answers) = (cx.clone(), Arc::clone(&connectors), Arc::clone(&answers));
        async move {
            let who = &connectors[nth % connectors.len()];
            let new = draft::create(&cx, who, &pair(nth)).await.unwrap();
            let of = ask::ask(&cx, who, new.id).await.unwrap();
            for side in [Side::First, Side::Second] {
                let answer = Answer::yes(&cx, of.parties.get(side)).await;
                answers.lock().unwrap().push((nth, answer));
            }
        }
    })
    .await;
    let mut answers = std::mem::take(&mut *answers.lock().unwrap());
    answers.sort_by_key(|(nth, _)| *nth);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// The token of the link in the ask of this party.
pub fn link(cx: &Cx, party: &Party) -> String {
    let ring = cx.ring();
    let expires = (cx.now() + Span::days(14)).minutes_ceil();
    let claims =
        Claims { purpose: Purpose::Consent, generation: party.generation, expires, reference: party.link };
    ring.mint(ring.active_kid().unwrap(), &claims).unwrap()
}

/// New connectors.
pub async fn connectors(cx: &Cx) -> Vec<Connector> {
    let mut all = Vec::new();
    for nth in 0..CONNECTORS {
        let email = format!("connector{nth}@{}.example", cx.ids.uuid(cx.now(), "domain").simple());
        all.push(account::add(cx, &email, &format!("Connector {nth}"), Role::Connector).await.unwrap());
    }
    all
}

/// Two people whom nobody else asks, with texts as long as people write them.
pub fn pair(nth: usize) -> RawDraft {
    let mut raw = RawDraft { order: "together".into(), ..raw_draft() };
    for (party, side) in [(&mut raw.first, "first"), (&mut raw.second, "second")] {
        // Domains differ, as those of people do.
        party.email = format!("{side}{nth}@{side}{}.example", nth % 500);
    }
    raw
}

impl Answer {
    /// Opens the page of this party's ask, to say yes on it.
    pub async fn yes(cx: &Cx, party: &Party) -> Self {
        let token = link(cx, party);
        let nonce = answer::open(cx, &token).await.unwrap().nonce;
        Self { token, reply: RawReply { choice: "yes".into(), nonce, ..RawReply::default() } }
    }

    pub fn form(&self) -> Request {
        let fields = vec![("choice", self.reply.choice.clone()), ("nonce", self.reply.nonce.clone())];
        Request { path: format!("/c/{}", self.token), fields }
    }
}
