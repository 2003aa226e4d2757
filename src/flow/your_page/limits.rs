//! Limits, a pause, refusals, "never", and taking each of them back. Nothing here happens at the press of
//! a button alone: something must have been chosen, typed or ticked, so a robot that presses all of them
//! changes nothing.

use uuid::Uuid;

use super::super::save::{committed, facts, save};
use super::super::{Ctx, Cx, evidence};
use super::{ALL, You, YouError, find, read_link};
use crate::clock::Ts;
use crate::domain::answer::{Answer, Reply};
use crate::domain::asking::Side;
use crate::domain::audit::Kind;
use crate::domain::decide;
use crate::domain::introduction::Introduction;
use crate::domain::party::PersonKey;
use crate::domain::preferences::{Pause, pause_until, per_month};
use crate::domain::problem::{Problem, Problems};
use crate::domain::step::{Effect, Step};
use crate::ids::{ConnectorId, IntroductionId};
use crate::store::persons::{self, Refusal, Whom};
use crate::store::suppressions::Source;
use crate::store::{Tx, connectors, introductions, outbox, suppressions};

/// What a form of the page carries, as typed.
#[derive(Clone, Debug, Default)]
pub struct RawChange {
    /// Which of the forms it is.
    pub what: String,
    pub nonce: String,
    /// Asks a month; empty for the instance's own limit.
    pub limit: String,
    /// `YYYY-MM-DD`.
    pub until: String,
    /// The introduction in which the refused person was named.
    pub person: String,
    pub connector: String,
    /// Ids of refusals to be taken back.
    pub back: Vec<String>,
    /// End the pause.
    pub resume: bool,
    /// Take "never at all" back.
    pub allow: bool,
}

/// What was changed, for the notice above the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Limit,
    Pause,
    Person,
    Connector,
    Back,
    Never,
    /// They found a job: every search of theirs is over.
    Landed,
    /// A mail is on its way to the new address.
    Address,
}

crate::domain::text_enum!(Change {
    Limit = "limit",
    Pause = "pause",
    Person = "person",
    Connector = "connector",
    Back = "back",
    Never = "never",
    Landed = "landed",
    Address = "address",
});

/// A change whose texts were read.
#[derive(Clone)]
enum Checked {
    Limit(Option<u32>),
    Pause(Ts),
    Person(IntroductionId),
    Connector(ConnectorId),
    Back { refusals: Vec<Uuid>, resume: bool, allow: bool },
}

/// Carries out one form of the page.
///
/// # Errors
/// [`YouError::Invalid`] with the problems of that form; nothing was changed then.
pub async fn change(cx: &Cx, token: &str, raw: &RawChange) -> Result<Change, YouError> {
    let now = cx.now();
    let (link, generation) = read_link(cx, token, &raw.nonce, now)?;
    let (what, checked) = check(cx, raw, now).map_err(YouError::Invalid)?;
    let new = cx.ids.uuid(now, "refusal");
    let shared = cx.clone();
    let steps = cx
        .db
        .write(move |tx| {
            let (cx, checked) = (shared.clone(), checked.clone());
            Box::pin(async move {
                let you = find(tx, link, generation, now).await?;
                change_in(tx, &cx, &you, &checked, new, now).await
            })
        })
        .await?;
    for step in &steps {
        committed(cx, step);
    }
    Ok(what)
}

/// "Never at all". Open questions are answered by it, quietly: nobody learns more than silence tells.
pub async fn never(cx: &Cx, token: &str, nonce: &str) -> Result<Change, YouError> {
    let now = cx.now();
    let (link, generation) = read_link(cx, token, nonce, now)?;
    let shared = cx.clone();
    let steps = cx
        .db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move {
                let you = find(tx, link, generation, now).await?;
                let source = Source { introduction: you.introduction, side: you.side };
                evidence::suppress(tx, &cx, you.person, source, now).await?;
                outbox::cancel_for_person(tx, you.person, now).await?;
                let steps = answer_all(tx, &cx, you.person, Answer::Never, now, |_, _| true).await?;
                // Also of the introduction whose mail they came from, when it has left.
                if let Some(of) = introductions::load(tx, you.introduction).await? {
                    evidence::take_back(tx, &cx, &of, you.side, now).await?;
                }
                Ok::<_, YouError>(steps)
            })
        })
        .await?;
    for step in &steps {
        committed(cx, step);
    }
    Ok(Change::Never)
}

/// "I found a job": their searches end, with all connectors.
pub async fn landed(cx: &Cx, token: &str, nonce: &str) -> Result<Change, YouError> {
    let now = cx.now();
    let (link, generation) = read_link(cx, token, nonce, now)?;
    let shared = cx.clone();
    let steps = cx
        .db
        .write(move |tx| {
            let cx = shared.clone();
            Box::pin(async move {
                let you = find(tx, link, generation, now).await?;
                Ok::<_, YouError>(super::super::landed::by_party(tx, &cx, you.person, &you.name, now).await?)
            })
        })
        .await?;
    for step in &steps {
        committed(cx, step);
    }
    Ok(Change::Landed)
}

fn check(cx: &Ctx, raw: &RawChange, now: Ts) -> Result<(Change, Checked), Problems> {
    let one = |problem: Problem| Problems(vec![problem]);
    let what = Change::parse(&raw.what).ok_or_else(|| one(Problem::new("what", "required")))?;
    let checked = match what {
        Change::Limit => per_month("limit", &raw.limit).map(Checked::Limit),
        Change::Pause => super::super::answer::date(cx, &raw.until)
            .and_then(|until| pause_until("until", until, now))
            .map(Checked::Pause),
        Change::Person => id("person", &raw.person).map(Checked::Person),
        Change::Connector => id("connector", &raw.connector).map(Checked::Connector),
        Change::Back => {
            let refusals: Vec<Uuid> = raw.back.iter().filter_map(|id| id.parse().ok()).collect();
            if refusals.is_empty() && !raw.resume && !raw.allow {
                Err(Problem::new("back", "nothing-ticked"))
            } else {
                Ok(Checked::Back { refusals, resume: raw.resume, allow: raw.allow })
            }
        }
        Change::Never | Change::Landed | Change::Address => Err(Problem::new("what", "required")),
    };
    checked.map(|checked| (what, checked)).map_err(one)
}

fn id<T: std::str::FromStr>(field: &str, raw: &str) -> Result<T, Problem> {
    if raw.is_empty() {
        return Err(Problem::new(field, "required"));
    }
    raw.parse().map_err(|_| Problem::new(field, "not-found"))
}

async fn change_in(
    tx: &mut Tx,
    cx: &Ctx,
    you: &You,
    checked: &Checked,
    new: Uuid,
    now: Ts,
) -> Result<Vec<Step>, YouError> {
    let mut preferences = persons::preferences(tx, you.person).await?;
    match checked {
        Checked::Limit(limit) => {
            if preferences.per_month != *limit {
                preferences.per_month = *limit;
                preferences.limited_at = Some(now);
                persons::save_preferences(tx, you.person, &preferences, now).await?;
            }
            Ok(Vec::new())
        }
        Checked::Pause(until) => {
            let since = preferences.paused(now).map_or(now, |pause| pause.since);
            preferences.pause = Some(Pause { since, until: *until });
            persons::save_preferences(tx, you.person, &preferences, now).await?;
            Ok(Vec::new())
        }
        Checked::Person(introduction) => refuse_person(tx, cx, you, *introduction, new, now).await,
        Checked::Connector(id) => refuse_connector(tx, cx, you, *id, new, now).await,
        Checked::Back { refusals, resume, allow } => {
            for id in refusals {
                persons::take_back(tx, you.person, *id).await?;
            }
            if *resume {
                preferences.pause = None;
                persons::save_preferences(tx, you.person, &preferences, now).await?;
            }
            if *allow && suppressions::lift_by_person(tx, you.person).await? {
                evidence::suppression(tx, cx, Kind::SuppressionLifted, "party", now).await?;
            }
            Ok(Vec::new())
        }
    }
}

async fn refuse_person(
    tx: &mut Tx,
    cx: &Ctx,
    you: &You,
    introduction: IntroductionId,
    id: Uuid,
    now: Ts,
) -> Result<Vec<Step>, YouError> {
    let (_, others) = super::held(tx, you.person, &cx.policy, now).await?;
    let Some((other, _, label)) = others.into_iter().find(|(_, known, _)| *known == introduction) else {
        return Err(unknown("person"));
    };
    let whom = Whom::Person(other);
    persons::refuse(tx, &Refusal { id, person: you.person, whom, label, created_at: now }).await?;
    answer_all(tx, cx, you.person, Answer::No, now, |of, side| of.parties.get(side.other()).person == other)
        .await
}

async fn refuse_connector(
    tx: &mut Tx,
    cx: &Ctx,
    you: &You,
    connector: ConnectorId,
    id: Uuid,
    now: Ts,
) -> Result<Vec<Step>, YouError> {
    let (holders, _) = super::held(tx, you.person, &cx.policy, now).await?;
    let Some(holder) = holders.into_iter().find(|one| one.connector == connector) else {
        return Err(unknown("connector"));
    };
    let (whom, label) = (Whom::Connector(connector), holder.name);
    persons::refuse(tx, &Refusal { id, person: you.person, whom, label, created_at: now }).await?;
    answer_all(tx, cx, you.person, Answer::No, now, |of, _| of.connector == connector).await
}

fn unknown(field: &str) -> YouError {
    YouError::Invalid(Problems(vec![Problem::new(field, "not-found")]))
}

/// Answers every open question that fits, quietly: the connector sees no answer. What was declined before
/// stays as it was said.
async fn answer_all(
    tx: &mut Tx,
    cx: &Ctx,
    person: PersonKey,
    answer: Answer,
    now: Ts,
    fits: impl Fn(&Introduction, Side) -> bool + Send,
) -> Result<Vec<Step>, YouError> {
    let mut steps = Vec::new();
    let mut all = persons::introductions(tx, person, ALL).await?;
    // Always in the same order, so that two such units do not wait for each other.
    all.sort_by_key(|(id, _)| *id);
    for (id, side) in all {
        let Some(of) = introductions::load(tx, id).await? else { continue };
        let party = of.parties.get(side);
        let undecided = party.given.is_none() || party.says_yes();
        if !undecided || !of.is_open_for(side, now, &cx.policy) || !fits(&of, side) {
            continue;
        }
        let Some(connector) = connectors::get(tx, of.connector).await? else { continue };
        let facts = facts(tx, cx, &of, now).await?;
        let reply = Reply { quiet: true, ..Reply::plain(answer) };
        let Ok(mut step) = decide::answer(of, side, &reply, &facts, &cx.policy, now) else { continue };
        step.effects.retain(|effect| *effect != Effect::LiftSuppression(side));
        save(tx, cx, &connector, &step, now).await?;
        steps.push(step);
    }
    Ok(steps)
}
