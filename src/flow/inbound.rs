//! What comes back is carried out: a bounce is told to the connector and the admin, a complaint is heeded like
//! "never". Everything else changes nothing.

use super::close::undeliverable;
use super::save::committed;
use super::stop::{Word, stop_party};
use super::{Ctx, Cx, Failure, outside};
use crate::clock::{Span, Ts};
use crate::domain::asking::Side;
use crate::domain::link::Purpose;
use crate::domain::report::{self, Complaint, Content, Failed, Incoming, Meaning, Silent};
use crate::domain::step::Step;
use crate::ids::{DeliveryId, IntroductionId};
use crate::store::attempts::Attempt;
use crate::store::{Tx, introductions, own_cards, reports};

/// How long a report that was carried out is remembered.
pub const REMEMBER: Span = Span::days(90);

/// What came of a mail that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The address does not work: the delivery failed and, if it was for a party, the connector was told.
    Bounced,
    /// The mail did not arrive: the delivery failed.
    Undelivered,
    /// Never asked again.
    Complained,
    /// It was carried out before.
    Again,
    /// Without the proof that it is about a mail of ours.
    Forged,
    /// About a mail that never left, left too long ago, or is forgotten.
    Stale,
    /// It has no consequence.
    Silent(Silent),
}

impl Taken {
    /// For the metrics, which anybody may see: too coarse to tell a complaint from a bounce.
    #[must_use]
    pub const fn weight(self) -> &'static str {
        match self {
            Self::Bounced | Self::Undelivered | Self::Complained => "carried_out",
            Self::Again | Self::Stale | Self::Silent(_) => "nothing",
            Self::Forged => "forged",
        }
    }

    /// For the log and the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Undelivered => "undelivered",
            Self::Complained => "complained",
            Self::Again => "again",
            Self::Forged => "forged",
            Self::Stale => "stale",
            Self::Silent(Silent::Delayed) => "delayed",
            Self::Silent(Silent::Arrived) => "arrived",
            Self::Silent(Silent::AutoReply) => "auto_reply",
            Self::Silent(Silent::OtherFeedback) => "other_feedback",
            Self::Silent(Silent::Other) => "other",
        }
    }
}

/// Which delivery an address is the return path of.
pub type Proof<'a> = dyn Fn(&str) -> Option<DeliveryId> + Send + Sync + 'a;

/// Carries a report out. When this returns, its effects are committed.
///
/// # Errors
/// When the database cannot be used: hand it in again later.
pub async fn take(cx: &Cx, mail: &Incoming) -> Result<Taken, Failure> {
    let ring = cx.ring();
    take_with(cx, mail, &|address| ring.verify_return(address)).await
}

/// The same with a proof of the caller's choice, so that tests can show what happens without one.
///
/// # Errors
/// As [`take`].
pub async fn take_with(cx: &Cx, mail: &Incoming, proof: &Proof<'_>) -> Result<Taken, Failure> {
    let (ours, now) = (find(&mail.sent_to, proof), cx.now());
    let taken = match mail.content.meaning() {
        Meaning::Nothing(why) => Taken::Silent(why),
        meaning @ (Meaning::Unreachable(_) | Meaning::Undelivered(_)) => match ours {
            Some(delivery) => bounce(cx, delivery, meaning, mail.digest, now).await?,
            None => Taken::Forged,
        },
        Meaning::Unwanted => match &mail.content {
            Content::Complaint(complaint) => {
                let about = about(cx, ours, complaint, proof, now);
                complain(cx, about, mail.digest, now).await?
            }
            Content::Status(_) | Content::AutoReply | Content::Other => Taken::Silent(Silent::Other),
        },
    };
    tracing::info!(inbound.taken = taken.as_str(), "a mail came in");
    Ok(taken)
}

fn find(addresses: &[String], proof: &Proof<'_>) -> Option<DeliveryId> {
    addresses.iter().find_map(|address| proof(address))
}

async fn bounce(
    cx: &Cx,
    id: DeliveryId,
    meaning: Meaning,
    digest: [u8; 32],
    now: Ts,
) -> Result<Taken, Failure> {
    let shared = cx.clone();
    let unit = cx.db.write(move |tx| {
        let (cx, meaning) = (shared.clone(), meaning.clone());
        Box::pin(async move { bounce_in(tx, &cx, id, &meaning, digest, now).await })
    });
    let (taken, step) = unit.await?;
    told(cx, step.as_ref());
    Ok(taken)
}

async fn bounce_in(
    tx: &mut Tx,
    cx: &Ctx,
    id: DeliveryId,
    meaning: &Meaning,
    digest: [u8; 32],
    now: Ts,
) -> Result<(Taken, Option<Step>), Failure> {
    let (taken, failed) = match meaning {
        Meaning::Unreachable(failed) => (Taken::Bounced, failed),
        Meaning::Undelivered(failed) => (Taken::Undelivered, failed),
        Meaning::Unwanted | Meaning::Nothing(_) => return Ok((Taken::Silent(Silent::Other), None)),
    };
    let Some(left) = reports::left(tx, id).await? else { return Ok((Taken::Stale, None)) };
    let changes = report::bounced(meaning, &left.mail, now);
    if !changes.delivery {
        return Ok((Taken::Stale, None));
    }
    if !reports::note(tx, digest, now).await? {
        return Ok((Taken::Again, None));
    }
    reports::came_back(tx, id, &attempt(failed, now)).await?;
    let step = match left.party.filter(|_| changes.party) {
        Some((about, side)) => undeliverable(tx, cx, about, side).await?,
        None => None,
    };
    Ok((taken, step))
}

fn attempt(failed: &Failed, now: Ts) -> Attempt {
    Attempt {
        at: now,
        took: Span::ZERO,
        stage: "bounce",
        result: "failed",
        code: failed.code.map(i64::from),
        enhanced: failed.status.map(|status| status.to_string()),
        words: failed.words.clone(),
    }
}

/// What proves a complaint: a return path, or a link to stop that stood in the mail.
#[derive(Clone, Copy)]
enum About {
    Delivery(DeliveryId),
    Link(crate::ids::LinkRef),
}

fn about(
    cx: &Ctx,
    ours: Option<DeliveryId>,
    complaint: &Complaint,
    proof: &Proof<'_>,
    now: Ts,
) -> Option<About> {
    let ring = cx.ring();
    let link = |url: &String| {
        let token = url.split(['?', '#']).next()?.rsplit('/').next()?;
        ring.verify(Purpose::Stop, token, now).ok().map(|claims| claims.reference)
    };
    let delivery = ours.or_else(|| find(&complaint.senders, proof)).map(About::Delivery);
    delivery.or_else(|| complaint.links.iter().find_map(link).map(About::Link))
}

async fn complain(cx: &Cx, about: Option<About>, digest: [u8; 32], now: Ts) -> Result<Taken, Failure> {
    let Some(about) = about else { return Ok(Taken::Forged) };
    let shared = cx.clone();
    let unit = cx.db.write(move |tx| {
        let cx = shared.clone();
        Box::pin(async move { complain_in(tx, &cx, about, digest, now).await })
    });
    let (taken, step) = unit.await?;
    told(cx, step.as_ref());
    Ok(taken)
}

async fn complain_in(
    tx: &mut Tx,
    cx: &Ctx,
    about: About,
    digest: [u8; 32],
    now: Ts,
) -> Result<(Taken, Option<Step>), Failure> {
    let party: Option<(IntroductionId, Side)> = match about {
        About::Delivery(id) => reports::left(tx, id).await?.and_then(|left| left.party),
        About::Link(link) => introductions::find_link(tx, link).await?,
    };
    let Some((id, side)) = party else { return complain_outside(tx, cx, about, digest, now).await };
    let Some(of) = introductions::load(tx, id).await? else { return Ok((Taken::Stale, None)) };
    if !reports::note(tx, digest, now).await? {
        return Ok((Taken::Again, None));
    }
    reports::complained(tx, of.connector, id, side, now).await?;
    let step = stop_party(tx, cx, of, side, Word::None, now).await?;
    Ok((Taken::Complained, step))
}

/// The same about a mail outside any introduction: about somebody's card, or with recruiters. Those are a connector's,
/// and count for them; a mail about a request is its writer's own wish.
async fn complain_outside(
    tx: &mut Tx,
    cx: &Ctx,
    about: About,
    digest: [u8; 32],
    now: Ts,
) -> Result<(Taken, Option<Step>), Failure> {
    let (person, by) = match about {
        About::Delivery(id) => reports::left(tx, id).await?.map_or((None, None), |left| {
            (left.person, left.connector.filter(|_| left.mail.kind.is_by_a_connector()))
        }),
        About::Link(link) => {
            let card = own_cards::find(tx, link).await?;
            (outside::person_of(tx, cx, link).await?, card.map(|card| card.connector))
        }
    };
    // A mail of an account asks nobody: whoever signs in here leaves by their own account.
    let Some(person) = person else { return Ok((Taken::Stale, None)) };
    if !reports::note(tx, digest, now).await? {
        return Ok((Taken::Again, None));
    }
    if let Some(by) = by {
        reports::complained_outside(tx, by, person, now).await?;
    }
    outside::stop(tx, cx, person, now).await?;
    Ok((Taken::Complained, None))
}

/// Counts and wakes, after the unit was committed.
fn told(cx: &Ctx, step: Option<&Step>) {
    match step {
        Some(step) => committed(cx, step),
        None => cx.wake.ring(),
    }
}
