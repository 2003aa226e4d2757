//! A seeker's plan: several people for one who looks for work, written once, asked one after the other.

use super::asking::Purpose;
use super::draft::{self, BLURB_MAX, RawDraft, RawParty, SHARED_MAX, STEP_MAX, WHY_MAX};
use super::party::given_name;
use super::problem::{Problem, Problems};
use super::text;
use crate::clock::{Span, Ts};
use crate::ids::{ConnectorId, ContactId, IntroductionId, PlanId};

/// What "a week" of a plan means.
pub const WEEK: Span = Span::days(7);
/// Introductions of one plan in a week at most: patience is part of it.
pub const PER_WEEK_MAX: i64 = 10;
/// People of one plan at most.
pub const ITEMS_MAX: usize = 100;
/// Stands in the texts for the given name of whoever is asked.
pub const HELPER: &str = "{name}";

#[derive(Clone, Debug)]
pub struct Plan {
    pub id: PlanId,
    pub connector: ConnectorId,
    /// Who looks for work.
    pub seeker: ContactId,
    pub texts: Texts,
    /// Introductions that may be started within a [`WEEK`].
    pub per_week: i64,
    /// They found work: nothing is started any more.
    pub landed_at: Option<Ts>,
    pub created_at: Ts,
}

/// What is written once, for everybody of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    pub purpose: Purpose,
    /// Why it is good for the seeker.
    pub why_first: String,
    /// Why it is good for whoever is asked.
    pub why_second: String,
    /// The text about the seeker.
    pub blurb: String,
    pub shared: String,
    pub step: String,
}

/// The same, as typed.
#[derive(Clone, Debug, Default)]
pub struct RawPlan {
    pub purpose: String,
    pub why_first: String,
    pub why_second: String,
    pub blurb: String,
    pub shared: String,
    pub step: String,
    pub per_week: String,
}

/// One person of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub contact: ContactId,
    pub nth: i64,
    /// Once it was started; gone when its draft was deleted.
    pub introduction: Option<IntroductionId>,
    pub started_at: Option<Ts>,
}

impl From<Plan> for RawPlan {
    fn from(of: Plan) -> Self {
        Self {
            purpose: of.texts.purpose.as_str().to_owned(),
            why_first: of.texts.why_first,
            why_second: of.texts.why_second,
            blurb: of.texts.blurb,
            shared: of.texts.shared,
            step: of.texts.step,
            per_week: of.per_week.to_string(),
        }
    }
}

impl RawPlan {
    /// # Errors
    /// Every problem of every field at once.
    pub fn check(&self) -> Result<(Texts, i64), Problems> {
        let mut problems = Problems::default();
        let known = (Purpose::parse, Purpose::ALL, Purpose::as_str);
        let purpose = problems.take(draft::word("purpose", &self.purpose, known.0, known.1, known.2));
        let why_first = problems.take(text::required_paragraph("why_first", &self.why_first, WHY_MAX));
        let why_second = problems.take(text::required_paragraph("why_second", &self.why_second, WHY_MAX));
        let blurb = problems.take(text::paragraph("blurb", &self.blurb, BLURB_MAX));
        let shared = problems.take(text::required_paragraph("shared", &self.shared, SHARED_MAX));
        let step = problems.take(text::paragraph("step", &self.step, STEP_MAX));
        let per_week = problems.take(per_week(&self.per_week));
        let all = || {
            let texts = Texts {
                purpose: purpose?,
                why_first: why_first?,
                why_second: why_second?,
                blurb: blurb?,
                shared: shared?,
                step: step?,
            };
            Some((texts, per_week?))
        };
        all().ok_or(problems)
    }
}

impl Texts {
    /// The introduction of the seeker to one helper, as the composer would have it. Both need an address, which is
    /// checked with the draft.
    #[must_use]
    pub fn draft(&self, seeker: RawParty, helper: RawParty) -> RawDraft {
        let name = given_name(&helper.name).to_owned();
        let to = |text: &str| text.replace(HELPER, &name);
        RawDraft {
            purpose: self.purpose.as_str().to_owned(),
            shared: to(&self.shared),
            step: to(&self.step),
            first: RawParty { why: to(&self.why_first), blurb: self.blurb.clone(), ..seeker },
            second: RawParty { why: to(&self.why_second), ..helper },
            ..RawDraft::default()
        }
    }
}

/// When the next one may be started: none when it may be now.
#[must_use]
pub fn next_start(items: &[Item], per_week: i64, now: Ts) -> Option<Ts> {
    let mut lately: Vec<Ts> = items
        .iter()
        .filter(|item| item.introduction.is_some())
        .filter_map(|item| item.started_at)
        .filter(|at| *at + WEEK > now)
        .collect();
    lately.sort_by_key(|at| std::cmp::Reverse(*at));
    let most = usize::try_from(per_week.max(1)).unwrap_or(usize::MAX);
    lately.get(most - 1).map(|at| *at + WEEK)
}

fn per_week(raw: &str) -> Result<i64, Problem> {
    let number: i64 = raw.trim().parse().map_err(|_| Problem::new("per_week", "not-a-number"))?;
    if (1..=PER_WEEK_MAX).contains(&number) {
        return Ok(number);
    }
    let max = usize::try_from(PER_WEEK_MAX).unwrap_or(usize::MAX);
    Err(Problem::new("per_week", "out-of-range").number("min", 1).number("max", max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(n: u128, started_at: Option<Ts>) -> Item {
        Item {
            contact: ContactId(uuid::Uuid::from_u128(n)),
            nth: 0,
            introduction: started_at.map(|_| IntroductionId(uuid::Uuid::from_u128(n))),
            started_at,
        }
    }

    #[test]
    fn a_week_has_room_for_so_many_and_the_next_one_follows_the_oldest() {
        let at = |days: i64| Ts(0) + Span::days(days);
        let items = [item(1, Some(at(1))), item(2, Some(at(5))), item(3, None)];
        assert_eq!(next_start(&items, 3, at(6)), None);
        assert_eq!(next_start(&items, 2, at(6)), Some(at(8)));
        assert_eq!(next_start(&items, 2, at(8)), None);
        assert_eq!(next_start(&items, 1, at(8)), Some(at(12)));
        assert_eq!(next_start(&[], 1, at(8)), None);
    }

    #[test]
    fn the_name_of_whoever_is_asked_stands_in_its_place() {
        let raw = RawPlan {
            purpose: "job_search".into(),
            why_first: "{name} hires.".into(),
            why_second: "{name}, Sam is good.".into(),
            shared: "Sam, {name}. {name}, Sam.".into(),
            per_week: "2".into(),
            ..RawPlan::default()
        };
        let (texts, per_week) = raw.check().unwrap();
        let party = |name: &str| RawParty { name: name.into(), ..RawParty::default() };
        let draft = texts.draft(party("Sam Cole"), party("Grace Hopper"));
        assert_eq!((draft.shared.as_str(), per_week), ("Sam, Grace. Grace, Sam.", 2));
        assert_eq!(draft.first.why, "Grace hires.");
        for (typed, code) in [("", "not-a-number"), ("0", "out-of-range"), ("11", "out-of-range")] {
            let raw = RawPlan { per_week: typed.into(), ..raw.clone() };
            assert_eq!(raw.check().unwrap_err().0[0].code, code);
        }
    }
}
