//! Who should meet? Suggestions among a connector's own contacts, each with its reasons.

use super::{Cx, Failure};
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::introduction::State;
use crate::domain::meet::terms::Terms;
use crate::domain::meet::{Suggestion, suggest};
use crate::store::contact_text::{self, Side};
use crate::store::{Tx, histories};

/// Contacts that the search gives to be looked at more closely, on each side.
const LOOKED_AT: i64 = 120;
/// People of one week's look ahead.
const AHEAD: usize = 3;
/// People who look for something, of whom a week takes some.
const SEEKING: i64 = 500;

/// Whom a contact should meet: up to `most`, the best first. Nobody who was introduced to them or asked about them
/// by this connector before.
pub async fn for_contact(
    cx: &Cx,
    who: &Connector,
    contact: &Contact,
    most: usize,
) -> Result<Vec<Suggestion>, Failure> {
    let mut tx = cx.db.read().await?;
    suggestions(&mut tx, cx, who, contact, most).await
}

/// Some of those who look for something, with the best suggestion for each; others every week, so that in time
/// everybody is thought of.
pub async fn ahead(cx: &Cx, who: &Connector, now: Ts) -> Result<Vec<(Contact, Suggestion)>, Failure> {
    let mut tx = cx.db.read().await?;
    let seeking = contact_text::seeking(&mut tx, who.id, None, SEEKING).await?;
    if seeking.is_empty() {
        return Ok(Vec::new());
    }
    let week = usize::try_from(now.0 / (7 * 24 * 3_600 * 1_000_000)).unwrap_or_default();
    let start = (week * AHEAD) % seeking.len();
    let mut found = Vec::new();
    for contact in seeking.iter().cycle().skip(start).take(seeking.len().min(AHEAD * 4)) {
        if let Some(best) = suggestions(&mut tx, cx, who, contact, 1).await?.pop() {
            found.push((contact.clone(), best));
        }
        if found.len() == AHEAD {
            break;
        }
    }
    Ok(found)
}

async fn suggestions(
    tx: &mut Tx,
    cx: &Cx,
    who: &Connector,
    contact: &Contact,
    most: usize,
) -> Result<Vec<Suggestion>, Failure> {
    let of = &contact.facts.facets;
    let seeks = Terms::of(&of.looking_for).widened();
    let gives = Terms::of(&[of.can_help.as_str(), &of.role, &of.field].join(" ")).widened();
    let mut others = contact_text::find(tx, who.id, Side::Gives, &seeks, LOOKED_AT).await?;
    for other in contact_text::find(tx, who.id, Side::Seeks, &gives, LOOKED_AT).await? {
        if others.iter().all(|known| known.id != other.id) {
            others.push(other);
        }
    }
    let mut kept = Vec::new();
    for suggestion in suggest(contact, others) {
        if kept.len() == most {
            break;
        }
        if !met(tx, cx, who, contact, &suggestion.other).await? {
            kept.push(suggestion);
        }
    }
    Ok(kept)
}

/// Whether this connector has already brought the two together, or tried to.
async fn met(tx: &mut Tx, cx: &Cx, who: &Connector, one: &Contact, other: &Contact) -> Result<bool, Failure> {
    let (Some(one), Some(other)) = (&one.facts.email, &other.facts.email) else {
        return Ok(false);
    };
    let found = histories::of_pair(tx, who.id, cx.person(one), cx.person(other)).await?;
    Ok(found.is_some_and(|of| of.state != State::Draft))
}
