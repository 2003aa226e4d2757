//! Erase me: the address, the words and the answers go; what stays is the hash that keeps everybody from
//! asking again.

use super::super::save::{committed, facts, save};
use super::super::{Ctx, Cx, evidence};
use super::{ALL, You, YouError, find, read_link};
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::decide;
use crate::domain::party::PersonKey;
use crate::domain::problem::{Problem, Problems};
use crate::domain::step::Step;
use crate::ids::derive;
use crate::store::suppressions::Source;
use crate::store::{Tx, connectors, erasure, introductions, outbox, persons};

/// Erases the person behind the link. Their whole address must be typed: nobody does that by mistake, no
/// robot does it, and the page never shows it.
///
/// # Errors
/// [`YouError::Invalid`] when what was typed is not their address.
pub async fn erase(cx: &Cx, token: &str, typed: &str, nonce: &str) -> Result<(), YouError> {
    let now = cx.now();
    let (link, generation) = read_link(cx, token, nonce, now)?;
    let not_yours = || YouError::Invalid(Problems(vec![Problem::new("email", "not-yours")]));
    let typed = EmailAddress::parse("email", typed).map_err(|one| YouError::Invalid(Problems(vec![one])))?;
    let (typed, shared) = (cx.person(&typed), cx.clone());
    let steps = cx
        .db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move {
                let you = find(tx, link, generation).await?;
                if typed != you.person {
                    return Err(not_yours());
                }
                erase_in(tx, &cx, &you, now).await
            })
        })
        .await?;
    for step in &steps {
        committed(cx, step);
    }
    Ok(())
}

async fn erase_in(tx: &mut Tx, cx: &Ctx, you: &You, now: Ts) -> Result<Vec<Step>, YouError> {
    let person = you.person;
    let source = Source { introduction: you.introduction, side: you.side };
    evidence::suppress(tx, cx, person, source, now).await?;
    outbox::cancel_for_person(tx, person, now).await?;
    for address in persons::addresses(tx, person).await? {
        erasure::contacts(tx, &address).await?;
    }
    let mut steps = Vec::new();
    let mut all = persons::introductions(tx, person, ALL).await?;
    all.sort_by_key(|(id, _)| *id);
    for (id, side) in all {
        let Some(of) = introductions::load(tx, id).await? else { continue };
        let Some(connector) = connectors::get(tx, of.connector).await? else { continue };
        let facts = facts(tx, cx, &of, now).await?;
        let unlinked = derive(&cx.secrets.internal, &format!("erased/{id}/{}", side.as_str()));
        let step = decide::erase(of, side, PersonKey(unlinked), &facts, &cx.policy, now);
        save(tx, cx, &connector, &step, now).await?;
        erasure::mails_to(tx, id, side, now).await?;
        evidence::forget(tx, cx, id, side, now).await?;
        steps.push(step);
    }
    erasure::settings(tx, person).await?;
    Ok(steps)
}
