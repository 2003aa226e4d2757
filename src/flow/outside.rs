//! People whom a mail outside any introduction went to: about their own card, or about their request. They can stop
//! everything, like anybody else.

use super::{Ctx, Failure, evidence};
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::party::PersonKey;
use crate::ids::LinkRef;
use crate::store::{Tx, ask_me, connectors, contacts, outbox, own_cards};

/// Who is behind the stop link of such a mail.
pub struct Outsider {
    pub person: PersonKey,
    pub email_masked: String,
    pub language: String,
    pub connector_name: String,
}

/// Finds them.
pub(super) async fn find(tx: &mut Tx, link: LinkRef) -> Result<Option<Outsider>, Failure> {
    if let Some(card) = own_cards::find(tx, link).await? {
        let contact = contacts::get(tx, card.connector, card.contact).await?;
        let connector = connectors::get(tx, card.connector).await?;
        return Ok(contact.zip(connector).map(|(contact, connector)| Outsider {
            person: card.person,
            email_masked: contact.facts.email.as_ref().map(EmailAddress::masked).unwrap_or_default(),
            language: contact.facts.language,
            connector_name: connector.name,
        }));
    }
    let Some(request) = ask_me::find(tx, link).await? else { return Ok(None) };
    let connector = connectors::get(tx, request.connector).await?;
    Ok(connector.map(|connector| Outsider {
        person: request.person,
        email_masked: request.email.masked(),
        language: request.language,
        connector_name: connector.name,
    }))
}

/// Whom a complaint about such a mail is from, by its link.
pub(super) async fn person_of(tx: &mut Tx, link: LinkRef) -> Result<Option<PersonKey>, Failure> {
    Ok(find(tx, link).await?.map(|found| found.person))
}

/// Never asks this person again, by whichever connector. What may be passed on of them is not, from now on.
pub(super) async fn stop(tx: &mut Tx, cx: &Ctx, person: PersonKey, now: Ts) -> Result<(), Failure> {
    evidence::suppress_outside(tx, cx, person, now).await?;
    outbox::cancel_for_person(tx, person, now).await?;
    for one in own_cards::of_person(tx, person).await? {
        own_cards::agree(tx, one.contact, None, now).await?;
    }
    Ok(())
}
