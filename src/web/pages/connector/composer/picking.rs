//! Taking people over from the contacts, and what was between them and the connector before.

use crate::domain::address::EmailAddress;
use crate::domain::asking::{Purpose, Side};
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::draft::RawDraft;
use crate::domain::introduction::{Introduction, State as Stage};
use crate::flow::people;
use crate::ids::{ContactId, IntroductionId};
use crate::urls::{self, path};
use crate::view::pages::{Finder, FoundContact, PersonNote};
use crate::web::Web;
use crate::web::error::WebError;

/// Contacts shown for one search.
const SHOWN: i64 = 8;
/// Introductions looked at for one person.
const LOOKED_AT: i64 = 20;

/// Looks for a person among the contacts.
pub async fn find(web: &Web, who: &Connector, text: &str) -> Result<Finder, WebError> {
    let contacts = people::by_name(&web.cx, who, text, None, SHOWN).await?;
    let found: Vec<FoundContact> = contacts.into_iter().map(shown).collect();
    Ok(Finder { text: text.trim().to_owned(), nobody: found.is_empty(), found, contact: String::new() })
}

fn shown(contact: Contact) -> FoundContact {
    let Contact { id, facts, .. } = contact;
    FoundContact {
        id: id.to_string(),
        email: facts.address().to_owned(),
        name: facts.name,
        employer: facts.employer,
    }
}

/// Takes a contact over as one of the two. What the connector wrote for this introduction stays.
pub async fn take(
    web: &Web,
    who: &Connector,
    mut raw: RawDraft,
    side: Side,
    id: ContactId,
) -> Result<RawDraft, WebError> {
    let contact = people::get(&web.cx, who, id).await?;
    let other = match side {
        Side::First => raw.second.contact,
        Side::Second => raw.first.contact,
    };
    if let Some(other) = other {
        // Somebody who was deleted meanwhile has no employer to compare.
        if let Ok(other) = people::get(&web.cx, who, other).await {
            raw.same_employer = raw.same_employer || work_together(&contact, &other);
        }
    }
    let facts = contact.facts;
    let party = match side {
        Side::First => &mut raw.first,
        Side::Second => &mut raw.second,
    };
    party.contact = Some(id);
    facts.address().clone_into(&mut party.email);
    party.name = facts.name;
    party.how_known = facts.how_known;
    party.described = facts.described;
    party.language = facts.language;
    Ok(raw)
}

fn work_together(one: &Contact, other: &Contact) -> bool {
    let employer = |of: &Contact| of.facts.employer.trim().to_lowercase();
    !employer(one).is_empty() && employer(one) == employer(other)
}

/// What was between these two and the connector before; `this` is left out.
pub async fn notes(
    web: &Web,
    who: &Connector,
    raw: &RawDraft,
    this: Option<IntroductionId>,
) -> Result<Vec<PersonNote>, WebError> {
    let email = |text: &str| EmailAddress::parse("email", text).ok();
    let (first, second) = (email(&raw.first.email), email(&raw.second.email));
    if let (Some(first), Some(second)) = (&first, &second) {
        let met = people::met_before(&web.cx, who, first, second).await?;
        if let Some(of) = met.filter(|of| Some(of.id) != this) {
            let word = if of.introduced_at.is_some() { "introduced" } else { "pair" };
            return Ok(vec![note(&of, word, String::new())]);
        }
    }
    let mut notes = Vec::new();
    if let Some(second) = second.as_ref().filter(|_| raw.purpose == Purpose::Colleague.as_str()) {
        let sent = people::sent_to_colleague(&web.cx, who, second).await?;
        let name = |of: &Introduction| of.parties.second.name.clone();
        notes.extend(sent.filter(|of| Some(of.id) != this).map(|of| note(&of, "colleague", name(&of))));
    }
    for person in [first, second].into_iter().flatten() {
        let history = people::history(&web.cx, who, &person, LOOKED_AT).await?;
        let asked = history.iter().find(|of| Some(of.id) != this && of.state != Stage::Draft);
        if let Some(of) = asked {
            let party = of.parties.iter().map(|(_, party)| party);
            let mut party =
                party.filter(|party| party.person == web.cx.person(&person) && party.asked.is_some());
            notes.extend(party.next().map(|party| note(of, "asked", party.name.clone())));
        }
    }
    Ok(notes)
}

fn note(of: &Introduction, word: &'static str, who: String) -> PersonNote {
    let asked = of.parties.iter().filter_map(|(_, party)| party.asked.map(|asked| asked.at)).max();
    PersonNote {
        word,
        who,
        at: of.introduced_at.or(asked).unwrap_or(of.created_at),
        path: urls::of(path::INTRODUCTION, of.id),
    }
}
