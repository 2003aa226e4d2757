//! Everything of one's own, piece by piece, so that a large account needs no large memory.

use super::super::{Cx, Failure, log, people};
use super::{Account, Session, Token, sessions_of, tokens_of};
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::event::Event;
use crate::domain::introduction::Introduction;
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
            let next = page.last().map(|one| Cursor::Introductions(Some(one.id)));
            let mut told = Vec::with_capacity(page.len());
            for one in page {
                let events = log::events_of(cx, who, one.id).await?.unwrap_or_default();
                told.push((one, events));
            }
            Ok((Piece::Introductions(told), next))
        }
    }
}
