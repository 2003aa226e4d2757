//! Erasing a person: by themselves, by an admin whom they told, or again because an older backup was restored.
//!
//! To the other party it is silence ([`crate::domain::decide::erase`]). A keyed hash stays for "never", and one
//! in the ledger for as long as the oldest backup lives.

use super::error::unit_error;
use super::save::{committed, facts, save};
use super::{Ctx, Cx, Failure, admin_acts, evidence, letters};
use crate::clock::{Span, Ts};
use crate::domain::address::EmailAddress;
use crate::domain::admin_act::Act;
use crate::domain::audit::Kind;
use crate::domain::connector::Connector;
use crate::domain::decide;
use crate::domain::letter::NewDelivery;
use crate::domain::message::MessageKind;
use crate::domain::party::{NOBODY, PersonKey};
use crate::domain::problem::{Problem, Problems};
use crate::domain::step::Step;
use crate::ids::MessageId;
use crate::store::erasure_ledger::{self, Erased};
use crate::store::{
    Tx, connectors, erasure, introductions, outbox, own_cards, persons, suppressions, thanks, weekly,
};
use crate::view::mails::{self, Who};

/// More than anybody is asked in a lifetime.
const ALL: i64 = 10_000;
/// Rows that are looked through at once.
const PAGE: i64 = 1_000;
/// A confirmation that has not left by then is not sent any more.
const TOLD_WITHIN: Span = Span::hours(24);

/// Why nobody was erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error("problems in the form: {0}")]
    Invalid(Problems),
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(EraseError);

/// What is to be erased: everything that was found before the unit that does it.
#[derive(Clone)]
pub(super) struct Person {
    pub key: PersonKey,
    /// The spellings of the address that are stored anywhere.
    pub spellings: Vec<String>,
    /// Mails to it outside any introduction.
    pub mails: Vec<MessageId>,
}

/// Whom the confirmation goes to.
#[derive(Clone)]
pub(super) struct Told {
    pub email: EmailAddress,
    pub name: String,
    pub language: String,
}

/// What an admin typed.
#[derive(Clone, Debug, Default)]
pub struct RawErase {
    pub email: String,
    pub reason: String,
    pub sure: bool,
}

/// An admin erases somebody who wrote to them. The deed is written down without the address.
///
/// # Errors
/// [`EraseError::Invalid`] with all problems at once.
pub async fn by_admin(cx: &Cx, who: &Connector, raw: &RawErase) -> Result<(), EraseError> {
    let (email, reason) = check(raw)?;
    let who = who.clone();
    erase_address(cx, email, Some((who, reason))).await?;
    Ok(())
}

/// The same from the command line of whoever runs the machine.
pub async fn by_operator(cx: &Cx, email: &str) -> Result<(), EraseError> {
    let email = EmailAddress::parse("email", email).map_err(invalid)?;
    Ok(erase_address(cx, email, None).await?)
}

/// Erases the person behind a hash once more, as of `at`: a backup that was restored is older than that. No
/// mail goes out. Safe to repeat.
pub async fn again(cx: &Cx, erased: Erased) -> Result<(), Failure> {
    let person = find(cx, erased.person).await?;
    let (now, shared) = (cx.now(), cx.clone());
    let steps = cx.db.write(move |tx| {
        let (cx, person) = (shared.clone(), person.clone());
        Box::pin(async move {
            erasure::never(tx, person.key, erased.at).await?;
            erase_in(tx, &cx, &person, erased.at, now).await
        })
    });
    finish(cx, &steps.await?).await;
    Ok(())
}

async fn erase_address(cx: &Cx, email: EmailAddress, by: Option<(Connector, String)>) -> Result<(), Failure> {
    let mut person = find(cx, cx.person(&email)).await?;
    person.spellings.push(email.as_str().to_lowercase());
    let (now, shared) = (cx.now(), cx.clone());
    let steps = cx.db.write(move |tx| {
        let (cx, person, email, by) = (shared.clone(), person.clone(), email.clone(), by.clone());
        Box::pin(async move {
            let told = told(tx, &cx, &email, person.key).await?;
            let reason = by.as_ref().map_or("", |(_, reason)| reason.as_str());
            suppressions::add_by_admin(tx, person.key, reason, now).await?;
            evidence::suppression(tx, &cx, Kind::SuppressionAdded, "admin", now).await?;
            let steps = erase_in(tx, &cx, &person, now, now).await?;
            tell(tx, &cx, &told, now).await?;
            if let Some((who, reason)) = &by {
                admin_acts::note(tx, &cx, who, Act::PersonErased, "", reason, now).await?;
            }
            Ok::<_, Failure>(steps)
        })
    });
    finish(cx, &steps.await?).await;
    Ok(())
}

/// How they were called, as far as anybody here knows.
async fn told(tx: &mut Tx, cx: &Ctx, email: &EmailAddress, key: PersonKey) -> Result<Told, Failure> {
    for (id, side) in persons::introductions(tx, key, ALL).await? {
        let Some(of) = introductions::view(tx, id).await? else { continue };
        let party = of.parties.get(side);
        // What was only drafted is nobody's business.
        if party.asked.is_some() && party.name != NOBODY {
            let (name, language) = (party.name.clone(), party.language.clone());
            return Ok(Told { email: email.clone(), name, language });
        }
    }
    let language = cx.languages().first().cloned().unwrap_or_default();
    Ok(Told { email: email.clone(), name: String::new(), language })
}

/// Looks for everything that holds their address, page by page and outside the unit that erases: the hash
/// cannot be looked up in an address book.
pub(super) async fn find(cx: &Cx, key: PersonKey) -> Result<Person, Failure> {
    let is_theirs =
        |text: &str| EmailAddress::parse("email", text).is_ok_and(|email| cx.person(&email) == key);
    let mut tx = cx.db.read().await?;
    let mut found = Person { key, spellings: persons::addresses(&mut tx, key).await?, mails: Vec::new() };
    let mut after = None;
    loop {
        let page = erasure::contact_addresses(&mut tx, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        found.spellings.extend(page.into_iter().map(|(_, email)| email).filter(|one| is_theirs(one)));
    }
    for (old, new) in erasure::wishes(&mut tx).await? {
        found.spellings.extend([old, new].into_iter().filter(|one| is_theirs(one)));
    }
    let mut after = None;
    loop {
        let page = erasure::recipients(&mut tx, after, PAGE).await?;
        let Some((last, ..)) = page.last() else { break };
        after = Some(*last);
        for (_, mail, recipient) in page {
            if is_theirs(&recipient) {
                found.mails.push(mail);
                found.spellings.push(recipient);
            }
        }
    }
    for one in &mut found.spellings {
        *one = one.to_lowercase();
    }
    found.spellings.sort();
    found.spellings.dedup();
    let nowhere = EmailAddress::nowhere();
    found.spellings.retain(|one| one != nowhere.as_str());
    Ok(found)
}

/// The unit. `at` is when they wished it.
pub(super) async fn erase_in(
    tx: &mut Tx,
    cx: &Ctx,
    person: &Person,
    at: Ts,
    now: Ts,
) -> Result<Vec<Step>, Failure> {
    erasure_ledger::note(tx, Erased { person: person.key, at }).await?;
    outbox::cancel_for_person(tx, person.key, now).await?;
    // As a recruiter they may stand in mails to others.
    for mail in own_cards::mails_about(tx, person.key).await? {
        erasure::service_mail(tx, mail, now).await?;
    }
    for spelling in &person.spellings {
        // Before it is forgotten who knows them.
        for mail in weekly::mails_about(tx, spelling).await? {
            erasure::service_mail(tx, mail, now).await?;
        }
        erasure::contacts(tx, spelling).await?;
        erasure::traces(tx, spelling).await?;
    }
    if !is_account(tx, person).await? {
        for mail in &person.mails {
            erasure::service_mail(tx, *mail, now).await?;
        }
    }
    let mut steps = Vec::new();
    let mut all = persons::introductions(tx, person.key, ALL).await?;
    all.sort_by_key(|(id, _)| *id);
    // One for all their rows: whoever reads about them twice goes on reading about one person.
    let nobody = PersonKey(cx.ids.bytes("erased"));
    for (id, side) in all {
        let Some(of) = introductions::load(tx, id).await? else { continue };
        let Some(connector) = connectors::get(tx, of.connector).await? else { continue };
        let facts = facts(tx, cx, &of, now).await?;
        let mut step = decide::erase(of, side, nobody, &facts, &cx.policy, now);
        step.next.parties.get_mut(side).erased_at = Some(at);
        save(tx, cx, &connector, &step, now).await?;
        erasure::mails_to(tx, id, side, now).await?;
        thanks::forget(tx, id, side).await?;
        erasure::mails_of(tx, id).await?;
        erasure::hurry(tx, id).await?;
        evidence::forget(tx, cx, id, side, now).await?;
        steps.push(step);
    }
    erasure::settings(tx, person.key).await?;
    Ok(steps)
}

/// Whoever has an account signs in with this address: the account is ended on its own page.
async fn is_account(tx: &mut Tx, person: &Person) -> Result<bool, Failure> {
    for spelling in &person.spellings {
        let Ok(email) = EmailAddress::parse("email", spelling) else { continue };
        if connectors::find(tx, &email).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Queues the confirmation: the one mail to them that still holds their address, until it has left.
pub(super) async fn tell(tx: &mut Tx, cx: &Ctx, to: &Told, now: Ts) -> Result<(), Failure> {
    let nonce = data_encoding::HEXLOWER.encode(&cx.ids.bytes::<16>("erased"));
    let key = format!("erased/{nonce}");
    let mail = mails::Erased { you: Who::new(&to.name) };
    let rendered = cx.views.mail(&to.language, &mail)?;
    let who = letters::correspondent(&to.name, to.email.as_str());
    let mut letter = letters::service_mail(cx, MessageKind::Erased, key.clone(), who, rendered, now);
    letter.deliveries.push(NewDelivery {
        id: letters::delivery_id(cx, &key, 0, now),
        side: None,
        recipient: to.email.clone(),
        // It answers their own act: "never" does not stop it.
        person: None,
        links: Vec::new(),
        not_before: None,
        expires_at: Some(now + TOLD_WITHIN),
    });
    outbox::enqueue(tx, &letter, now).await?;
    erasure::hurry_mail(tx, &key).await?;
    Ok(())
}

/// After the commit. Whether the files could be tidied at once is not the person's business: the worker does
/// it within the hour.
pub(super) async fn finish(cx: &Cx, steps: &[Step]) {
    for step in steps {
        committed(cx, step);
    }
    cx.wake.ring();
    match cx.db.tidy().await {
        Ok(true) => {}
        Ok(false) => tracing::info!("an erasure is in the log of changes until it is emptied"),
        Err(error) => tracing::warn!(error.message = %error, "the log of changes was not emptied"),
    }
}

fn check(raw: &RawErase) -> Result<(EmailAddress, String), EraseError> {
    use crate::domain::admin_act::REASON_MAX;
    let mut problems = Problems::default();
    let email = problems.take(EmailAddress::parse("email", &raw.email));
    let reason = problems.take(crate::domain::text::required_paragraph("reason", &raw.reason, REASON_MAX));
    let reason = reason.filter(|reason| {
        // The record of deeds holds no address.
        let named = reason.contains('@');
        if named {
            problems.push(Problem::new("reason", "reason-address"));
        }
        !named
    });
    if !raw.sure {
        problems.push(Problem::new("sure", "required"));
    }
    match (email, reason, raw.sure) {
        (Some(email), Some(reason), true) => Ok((email, reason)),
        _ => Err(EraseError::Invalid(problems)),
    }
}

fn invalid(problem: Problem) -> EraseError {
    EraseError::Invalid(Problems(vec![problem]))
}
