//! Everything of one's own, piece by piece, so that a large account needs no large memory.

use super::super::plan::{self, PlanError, Whole};
use super::super::{Cx, Failure, ask_me, log, own_card, people, thanks, touch};
use super::{Account, Session, Token, sessions_of, tokens_of};
use crate::domain::ask_me::{AskMePage, Request};
use crate::domain::circle::Circle;
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::event::Event;
use crate::domain::introduction::Introduction;
use crate::domain::rhythm::Rhythm;
use crate::domain::thanks::Words;
use crate::ids::{ContactId, IntroductionId};
use crate::store::accounts;

const CONTACTS: i64 = 500;
const INTRODUCTIONS: i64 = 50;

/// Where the next piece begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    Account,
    Contacts(Option<ContactId>),
    Introductions(Option<IntroductionId>),
    Network,
}

/// A piece of it.
pub enum Piece {
    Account {
        account: Option<Box<Account>>,
        sessions: Vec<Session>,
        tokens: Vec<Token>,
    },
    Contacts(Vec<Contact>),
    /// As far as their connector may see them: no quiet answer, no reminder.
    Introductions(Vec<(Introduction, Vec<Event>)>),
    Network(Box<Network>),
}

/// What stands around the introductions.
pub struct Network {
    pub plans: Vec<Whole>,
    pub rhythms: Vec<(Circle, Rhythm)>,
    pub recruiters: Vec<ContactId>,
    pub ask_me: AskMePage,
    pub requests: Vec<Request>,
    /// What parties said.
    pub words: Vec<(Words, Introduction)>,
}

/// The piece at `at`, and where the next one begins.
pub async fn next_piece(cx: &Cx, who: &Connector, at: Cursor) -> Result<(Piece, Option<Cursor>), Failure> {
    match at {
        Cursor::Account => {
            let account = accounts::one(&mut cx.db.read().await?, who.id).await?;
            let (sessions, tokens) = (sessions_of(cx, who).await?, tokens_of(cx, who).await?);
            Ok((
                Piece::Account { account: account.map(Box::new), sessions, tokens },
                Some(Cursor::Contacts(None)),
            ))
        }
        Cursor::Contacts(before) => {
            let page = people::page(cx, who, before, CONTACTS).await?;
            let last = page.last().map(|one| one.id);
            let next = last.map_or(Cursor::Introductions(None), |last| Cursor::Contacts(Some(last)));
            Ok((Piece::Contacts(page), Some(next)))
        }
        Cursor::Introductions(before) => {
            let page = log::page(cx, who, None, before, INTRODUCTIONS).await?;
            let next = page.last().map_or(Cursor::Network, |one| Cursor::Introductions(Some(one.id)));
            let mut told = Vec::with_capacity(page.len());
            for one in page {
                let events = log::events_of(cx, who, one.id).await?.unwrap_or_default();
                told.push((one, events));
            }
            Ok((Piece::Introductions(told), Some(next)))
        }
        Cursor::Network => Ok((Piece::Network(Box::new(network(cx, who).await?)), None)),
    }
}

async fn network(cx: &Cx, who: &Connector) -> Result<Network, Failure> {
    let mut plans = Vec::new();
    for (one, _) in plan::all(cx, who).await? {
        match plan::look(cx, who, one.id).await {
            Ok(whole) => plans.push(whole),
            Err(PlanError::Failure(failure)) => return Err(failure),
            // Deleted meanwhile.
            Err(
                PlanError::NotFound | PlanError::Invalid(_) | PlanError::NotBefore(_) | PlanError::WrongState,
            ) => {}
        }
    }
    let (mut words, mut before) = (Vec::new(), None);
    loop {
        let page = thanks::received(cx, who, before).await?;
        words.extend(page.rows);
        before = page.more;
        if before.is_none() {
            break;
        }
    }
    Ok(Network {
        plans,
        rhythms: touch::overview(cx, who).await?.circles,
        recruiters: own_card::list(cx, who).await?.iter().map(|one| one.contact.id).collect(),
        ask_me: ask_me::page_of(cx, who).await?,
        requests: ask_me::waiting(cx, who).await?,
        words,
    })
}
