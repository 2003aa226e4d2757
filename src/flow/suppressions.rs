//! Suppressions, for the admin: how many there are, one address at a time, and the few reasons to change one.
//! There is no list of people: only keyed hashes are kept.

use super::error::unit_error;
use super::{Cx, Failure, admin_acts, evidence};
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::admin_act::{Act, REASON_MAX};
use crate::domain::audit::Kind;
use crate::domain::connector::Connector;
use crate::domain::problem::{Problem, Problems};
use crate::domain::text;
use crate::store::{outbox, suppressions};

pub use crate::store::suppressions::Suppression;

/// Months that are counted one by one.
const MONTHS: i32 = 12;

/// Why nothing was looked up or changed.
#[derive(Debug, thiserror::Error)]
pub enum SuppressionError {
    #[error("problems in the form: {0}")]
    Invalid(Problems),
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(SuppressionError);

/// How many there are.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub by_themselves: i64,
    pub by_admins: i64,
    /// The first day of each month and how many were made in it, newest first.
    pub months: Vec<(Ts, i64)>,
}

/// Counts them: in all, and for each of the last months of the instance's calendar.
pub async fn counts(cx: &Cx) -> Result<Counts, Failure> {
    let zone = cx.policy.zone.clone();
    let today = cx.now().to_jiff().to_zoned(zone.clone()).date();
    let mut tx = cx.db.read().await?;
    let mut counts = Counts::default();
    for (source, many) in suppressions::count(&mut tx, Ts(0), Ts(i64::MAX)).await? {
        if source == "admin" { counts.by_admins += many } else { counts.by_themselves += many }
    }
    for back in 0..MONTHS {
        let month = |back: i32| {
            let first = today.first_of_month().saturating_sub(jiff::Span::new().months(back));
            first.to_zoned(zone.clone()).map(|start| Ts(start.timestamp().as_microsecond()))
        };
        let (Ok(from), Ok(until)) = (month(back), month(back - 1)) else { continue };
        let made = suppressions::count(&mut tx, from, until).await?;
        counts.months.push((from, made.iter().map(|(_, many)| many).sum()));
    }
    Ok(counts)
}

/// What was found about an address.
#[derive(Clone)]
pub struct Found {
    pub email: EmailAddress,
    pub suppression: Option<Suppression>,
}

/// Looks one address up, which is written down.
pub async fn look_up(cx: &Cx, who: &Connector, email: &str) -> Result<Found, SuppressionError> {
    let email = EmailAddress::parse("email", email)
        .map_err(|problem| SuppressionError::Invalid(Problems(vec![problem])))?;
    let (now, shared, who) = (cx.now(), cx.clone(), who.clone());
    cx.db
        .write(move |tx| {
            let (cx, who, email) = (shared.clone(), who.clone(), email.clone());
            Box::pin(async move {
                let suppression = suppressions::find(tx, cx.person(&email)).await?;
                admin_acts::note(tx, &cx, &who, Act::SuppressionLookedUp, &email.masked(), "", now).await?;
                Ok::<_, SuppressionError>(Found { email, suppression })
            })
        })
        .await
}

/// Somebody told the operator: never ask them again, at once. Mails that wait for them are cancelled.
pub async fn add(cx: &Cx, who: &Connector, email: &str, reason: &str) -> Result<(), SuppressionError> {
    let (email, reason) = check(email, reason)?;
    let (now, shared, who) = (cx.now(), cx.clone(), who.clone());
    cx.db
        .write(move |tx| {
            let (cx, who, email, reason) = (shared.clone(), who.clone(), email.clone(), reason.clone());
            Box::pin(async move {
                let person = cx.person(&email);
                suppressions::add_by_admin(tx, person, &reason, now).await?;
                evidence::suppression(tx, &cx, Kind::SuppressionAdded, "admin", now).await?;
                outbox::cancel_for_person(tx, person, now).await?;
                let masked = email.masked();
                admin_acts::note(tx, &cx, &who, Act::SuppressionAdded, &masked, &reason, now).await?;
                Ok::<_, SuppressionError>(())
            })
        })
        .await
}

/// Lifts a suppression, for a reason. `false` when there was none.
pub async fn lift(cx: &Cx, who: &Connector, email: &str, reason: &str) -> Result<bool, SuppressionError> {
    let (email, reason) = check(email, reason)?;
    let (now, shared, who) = (cx.now(), cx.clone(), who.clone());
    cx.db
        .write(move |tx| {
            let (cx, who, email, reason) = (shared.clone(), who.clone(), email.clone(), reason.clone());
            Box::pin(async move {
                let lifted = suppressions::lift(tx, cx.person(&email)).await?;
                if lifted {
                    evidence::suppression(tx, &cx, Kind::SuppressionLifted, "admin", now).await?;
                    let masked = email.masked();
                    admin_acts::note(tx, &cx, &who, Act::SuppressionLifted, &masked, &reason, now).await?;
                }
                Ok::<_, SuppressionError>(lifted)
            })
        })
        .await
}

/// Both fields, all problems at once.
fn check(email: &str, reason: &str) -> Result<(EmailAddress, String), SuppressionError> {
    let mut problems = Problems::default();
    let email = problems.take(EmailAddress::parse("email", email));
    let reason = problems.take(text::required_paragraph("reason", reason, REASON_MAX));
    let reason = reason.filter(|reason| {
        // The record of deeds holds no address.
        let named = reason.contains('@');
        if named {
            problems.push(Problem::new("reason", "reason-address"));
        }
        !named
    });
    match (email, reason) {
        (Some(email), Some(reason)) => Ok((email, reason)),
        _ => Err(SuppressionError::Invalid(problems)),
    }
}
