//! People whom a mail outside any introduction went to: about their own card, or about their request. They can stop
//! everything, like anybody else.

use super::{Ctx, Failure, evidence};
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::party::PersonKey;
use crate::ids::LinkRef;
use crate::store::{Tx, ask_me, connectors, contacts, outbox, outside_links, own_cards};

/// Who is behind the stop link of such a mail.
pub struct Outsider {
    pub person: PersonKey,
    pub email_masked: String,
    pub language: String,
    pub connector_name: String,
}

/// Finds them. Of whom nothing is kept any more but the hash, that is enough to stop.
pub(super) async fn find(tx: &mut Tx, cx: &Ctx, link: LinkRef) -> Result<Option<Outsider>, Failure> {
    if let Some(card) = own_cards::find(tx, link).await? {
        let contact = contacts::get(tx, card.connector, card.contact).await?;
        let connector = connectors::get(tx, card.connector).await?;
        if let Some((contact, connector)) = contact.zip(connector) {
            return Ok(Some(Outsider {
                person: card.person,
                email_masked: contact.facts.email.as_ref().map(EmailAddress::masked).unwrap_or_default(),
                language: contact.facts.language,
                connector_name: connector.name,
            }));
        }
    }
    if let Some(request) = ask_me::find(tx, link).await?
        && let Some(connector) = connectors::get(tx, request.connector).await?
    {
        return Ok(Some(Outsider {
            person: request.person,
            email_masked: request.email.masked(),
            language: request.language,
            connector_name: connector.name,
        }));
    }
    let Some(person) = outside_links::person_of(tx, link).await? else { return Ok(None) };
    let language = cx.languages().first().cloned().unwrap_or_default();
    let say = |key: &str| cx.views.words(&language, key, &[]);
    let (email_masked, connector_name) = (say("stop-this-address"), say("former-connector"));
    Ok(Some(Outsider { person, email_masked, language, connector_name }))
}

/// Whom a complaint about such a mail is from, by its link.
pub(super) async fn person_of(tx: &mut Tx, cx: &Ctx, link: LinkRef) -> Result<Option<PersonKey>, Failure> {
    Ok(find(tx, cx, link).await?.map(|found| found.person))
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
