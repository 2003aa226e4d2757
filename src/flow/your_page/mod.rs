//! "Your page": what a person sees of what is held about them, and what they decide about being asked. No
//! account: the link in every mail to them is the proof. Looking changes nothing.

mod address;
mod data;
mod erase;
mod limits;

pub use crate::store::persons::Entry;
pub use address::{ADDRESS_LINK_LIFE, ChangePage, confirm, look_at_change, wish};
pub use data::{Data, data};
pub use erase::erase;
pub use limits::{Change, RawChange, change, landed, never};

use uuid::Uuid;

use super::error::unit_error;
use super::{Ctx, Cx, Failure};
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::answer::Answer;
use crate::domain::asking::{Policy, Side};
use crate::domain::introduction::{Introduction, State};
use crate::domain::link::{self, LinkFault};
use crate::domain::nonce;
use crate::domain::party::{NOBODY, Party, PersonKey};
use crate::domain::preferences::{MONTH, Preferences};
use crate::domain::problem::Problems;
use crate::ids::{ConnectorId, IntroductionId, LinkRef, derive};
use crate::store::persons::{self, Whom};
use crate::store::{Tx, connectors, introductions, suppressions, thanks};

/// More than anybody is asked in a lifetime.
const ALL: i64 = 10_000;

/// Why the page is not shown, or nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum YouError {
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// Everything was erased through this page before.
    #[error("this person was erased")]
    Erased { language: String },
    #[error("problems on the page: {0}")]
    Invalid(Problems),
    #[error("the form is no longer fresh")]
    StaleForm,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(YouError);

/// The person behind a link.
#[derive(Clone)]
pub(super) struct You {
    pub link: LinkRef,
    pub generation: u8,
    pub introduction: IntroductionId,
    pub side: Side,
    pub person: PersonKey,
    pub name: String,
    pub email: EmailAddress,
    pub language: String,
}

/// Everything on the page.
#[derive(Clone)]
pub struct YourPage {
    pub name: String,
    pub email_masked: String,
    pub language: String,
    /// By connector, whoever asked last first.
    pub holders: Vec<Holder>,
    pub preferences: Preferences,
    /// The pause, while it lasts.
    pub paused_until: Option<Ts>,
    /// The instance's limit.
    pub usual: u32,
    /// The same within a year.
    pub usual_year: u32,
    /// Asks within the last thirty days.
    pub asked: usize,
    pub refused: Vec<Refused>,
    /// Who may be refused: an introduction with the name of the other person in it.
    pub people: Vec<(IntroductionId, String)>,
    pub connectors: Vec<(ConnectorId, String)>,
    /// They look for work through somebody, and have not said that they found it.
    pub seeks: bool,
    /// "Never at all" stands.
    pub never: bool,
    /// It was their own wish.
    pub may_lift: bool,
    pub nonce: String,
    pub time_zone: String,
}

/// A connector, and what they wrote about the person.
#[derive(Clone)]
pub struct Holder {
    pub connector: ConnectorId,
    pub name: String,
    pub entries: Vec<Entry>,
    pub asks: Vec<Held>,
}

/// One introduction, as far as it is about the person: a function of their own ask and acts.
#[derive(Clone)]
pub struct Held {
    pub introduction: IntroductionId,
    pub asked_at: Ts,
    /// The name where it was told, else the description.
    pub other: String,
    pub other_named: bool,
    pub how_known: String,
    pub described: String,
    pub blurb: String,
    /// For themselves alone.
    pub why: String,
    pub answer: Option<Answer>,
    pub note: String,
    /// What they wrote to the connector afterwards.
    pub words: String,
    pub stands: Stands,
}

/// Where it stands, for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    OpenUntil(Ts),
    Introduced(Ts),
    Ended,
}

/// A refusal that can be taken back.
#[derive(Clone)]
pub struct Refused {
    pub id: Uuid,
    pub label: String,
    pub is_connector: bool,
}

/// Opens the page.
///
/// # Errors
/// [`YouError::Link`], and [`YouError::Erased`] with the page that says so.
pub async fn open(cx: &Cx, token: &str) -> Result<YourPage, YouError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::Manage, token, now)?;
    let mut tx = cx.db.read().await?;
    let you = find(&mut tx, claims.reference, claims.generation, now).await?;
    page(&mut tx, cx, &you, now).await
}

pub(super) async fn find(tx: &mut Tx, link: LinkRef, generation: u8, now: Ts) -> Result<You, YouError> {
    let (introduction, side) = introductions::find_link(tx, link).await?.ok_or(LinkFault::Closed)?;
    let of = introductions::seen_by(tx, introduction, side, now).await?.ok_or(LinkFault::Closed)?;
    let party = of.parties.get(side);
    if party.erased_at.is_some() {
        return Err(YouError::Erased { language: party.language.clone() });
    }
    let party = known(tx, party, now).await?;
    Ok(You {
        link,
        generation,
        introduction,
        side,
        person: party.person,
        name: party.name.clone(),
        email: party.email.clone(),
        language: party.language.clone(),
    })
}

/// The party as a newer introduction has them, where retention has emptied this one.
async fn known(tx: &mut Tx, party: &Party, now: Ts) -> Result<Party, YouError> {
    if party.email.is_nowhere() {
        for (id, side) in persons::introductions(tx, party.person, ALL).await? {
            let newer =
                introductions::seen_by(tx, id, side, now).await?.map(|of| of.parties.get(side).clone());
            // A draft is nobody's business yet.
            if let Some(newer) = newer.filter(|one| one.asked.is_some() && !one.email.is_nowhere()) {
                return Ok(newer);
            }
        }
    }
    Ok(party.clone())
}

/// Apart from the nonces of the answer page of the same row.
fn nonce_key(cx: &Ctx) -> [u8; 32] {
    derive(&cx.secrets.internal, "nonce/your-page")
}

/// The row of a link, when the nonce is one of its page.
fn read_link(cx: &Ctx, token: &str, nonce: &str, now: Ts) -> Result<(LinkRef, u8), YouError> {
    let claims = cx.ring().verify(link::Purpose::Manage, token, now)?;
    if !nonce::is_good(&nonce_key(cx), claims.reference, claims.generation, now, nonce) {
        return Err(YouError::StaleForm);
    }
    Ok((claims.reference, claims.generation))
}

async fn page(tx: &mut Tx, cx: &Ctx, you: &You, now: Ts) -> Result<YourPage, YouError> {
    let preferences = persons::preferences(tx, you.person).await?;
    let asks = persons::asks(tx, you.person, now - MONTH, ALL).await?;
    let refusals = persons::refusals(tx, you.person).await?;
    let suppressed = suppressions::of(tx, you.person).await?;
    let (holders, others) = held(tx, you.person, &cx.policy, now).await?;
    let refuses = |whom: Whom| refusals.iter().any(|one| one.whom == whom);
    let mut people: Vec<(PersonKey, IntroductionId, String)> = Vec::new();
    for (key, id, name) in others {
        // Whoever was refused and erased then has another hash by now.
        let refused = refuses(Whom::Person(key)) || refusals.iter().any(|one| one.label == name);
        if !refused && people.iter().all(|(known, ..)| *known != key) {
            people.push((key, id, name));
        }
    }
    let connectors = holders.iter().filter(|one| !refuses(Whom::Connector(one.connector)));
    Ok(YourPage {
        name: you.name.clone(),
        email_masked: you.email.masked(),
        language: you.language.clone(),
        connectors: connectors.map(|one| (one.connector, one.name.clone())).collect(),
        holders,
        preferences,
        paused_until: preferences.paused(now).map(|pause| pause.until),
        usual: cx.policy.asks_per_month,
        usual_year: cx.policy.asks_per_year,
        asked: asks.len(),
        refused: refusals
            .into_iter()
            .map(|one| Refused {
                id: one.id,
                is_connector: matches!(one.whom, Whom::Connector(_)),
                label: one.label,
            })
            .collect(),
        people: people.into_iter().map(|(_, id, name)| (id, name)).collect(),
        seeks: super::landed::seeks(tx, you.person).await?,
        never: suppressed.is_some(),
        may_lift: suppressed.is_some_and(|(_, own)| own),
        nonce: nonce::make(&nonce_key(cx), you.link, you.generation, now),
        time_zone: cx.sender.time_zone.clone(),
    })
}

/// A person who was named to the reader, with the introduction that did it.
type Named = (PersonKey, IntroductionId, String);

async fn held(
    tx: &mut Tx,
    person: PersonKey,
    policy: &Policy,
    now: Ts,
) -> Result<(Vec<Holder>, Vec<Named>), YouError> {
    let (mut holders, mut named) = (Vec::new(), Vec::new());
    for (id, side) in persons::introductions(tx, person, ALL).await? {
        let Some(of) = introductions::seen_by(tx, id, side, now).await? else { continue };
        // What was only drafted, or waits for the other's yes, is nobody's business yet.
        let Some(mut ask) = held_ask(&of, side, policy, now) else { continue };
        ask.words = thanks::said(tx, id, side).await?.map(|said| said.text).unwrap_or_default();
        let other = of.parties.get(side.other());
        // Somebody who was erased is offered like anybody else, until the name goes from everybody.
        if ask.other_named && other.name != NOBODY {
            named.push((other.person, id, other.name.clone()));
        }
        holder(tx, &mut holders, of.connector).await?.asks.push(ask);
    }
    let mut addresses: Vec<String> = persons::addresses(tx, person).await?;
    for one in &mut addresses {
        *one = one.to_lowercase();
    }
    addresses.dedup();
    for address in addresses {
        for entry in persons::entries(tx, &address).await? {
            holder(tx, &mut holders, entry.connector).await?.entries.push(entry);
        }
    }
    Ok((holders, named))
}

/// The path of a contact's own card.
#[must_use]
pub fn card_path(cx: &Cx, link: LinkRef) -> String {
    let claims = link::Claims {
        purpose: link::Purpose::Card,
        generation: crate::domain::own_card::GENERATION,
        expires: link::NEVER,
        reference: link,
    };
    let ring = cx.ring();
    let token = ring.active_kid().and_then(|kid| ring.mint(kid, &claims));
    token.map(|token| crate::urls::path::CARD.replace("{token}", &token)).unwrap_or_default()
}

async fn holder<'h>(
    tx: &mut Tx,
    holders: &'h mut Vec<Holder>,
    id: ConnectorId,
) -> Result<&'h mut Holder, YouError> {
    let known = holders.iter().position(|one| one.connector == id);
    let at = if let Some(at) = known {
        at
    } else {
        let name = connectors::get(tx, id).await?.map(|one| one.name).unwrap_or_default();
        holders.push(Holder { connector: id, name, entries: Vec::new(), asks: Vec::new() });
        holders.len() - 1
    };
    Ok(&mut holders[at])
}

fn held_ask(of: &Introduction, side: Side, policy: &Policy, now: Ts) -> Option<Held> {
    let (party, other) = (of.parties.get(side), of.parties.get(side.other()));
    let asked = party.asked?;
    let introduced = of.introduced_at.filter(|_| of.state == State::Introduced);
    let other_named = side == Side::Second || of.terms.names_second || introduced.is_some();
    let stands = match introduced {
        Some(at) => Stands::Introduced(at),
        None if of.is_open_for(side, now, policy) => Stands::OpenUntil(of.deadline.unwrap_or(asked.deadline)),
        None => Stands::Ended,
    };
    let given = party.given.as_ref();
    Some(Held {
        introduction: of.id,
        asked_at: asked.at,
        other: if other_named { other.name.clone() } else { other.described.clone() },
        other_named,
        how_known: party.how_known.clone(),
        described: party.described.clone(),
        blurb: party.blurb.clone(),
        why: party.why.clone(),
        answer: given.map(|given| given.answer),
        note: given.map(|given| given.note.clone()).unwrap_or_default(),
        words: String::new(),
        stands,
    })
}
