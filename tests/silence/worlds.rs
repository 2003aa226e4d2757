//! Generated worlds.

use proptest::prelude::*;
use twoyes::clock::Span;

use super::ways::{AFTER_YES, WAYS, Way};

#[derive(Clone, Debug)]
pub struct World {
    pub people: usize,
    pub connectors: usize,
    /// The first one has the subject in it.
    pub introductions: Vec<Plan>,
    /// Whether the subject is asked first in it.
    pub subject_first: bool,
    /// A first subject says yes half an hour after the ask, whatever comes later.
    pub agreed_before: bool,
    /// When the way begins, counted from the asks.
    pub delay: Span,
    pub doings: Vec<Doing>,
    /// When everybody looks, in hours from the asks.
    pub looks: Vec<i64>,
    /// When the service is started again, in hours from the asks.
    pub restart: Option<i64>,
    pub again: Option<Again>,
    /// How long the same two rest after an ending.
    pub rest: Span,
}

/// A connector tries to ask the two of the first introduction once more: while it runs, or in the rest after it.
#[derive(Clone, Debug)]
pub struct Again {
    pub hours: i64,
    pub connector: usize,
    pub swapped: bool,
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub connector: usize,
    pub first: usize,
    pub second: usize,
    pub together: bool,
    pub names_second: bool,
    pub asked_for_this: bool,
}

/// Somebody who is not the subject answers one of the links that they were sent.
#[derive(Clone, Debug)]
pub struct Doing {
    pub minutes: i64,
    pub person: usize,
    pub link: usize,
    pub choice: &'static str,
}

pub const AGREES_AFTER: Span = Span::minutes(30);

pub fn worlds() -> impl Strategy<Value = World> {
    (2_usize..=4, 1_usize..=3).prop_flat_map(|(people, connectors)| {
        let plan = (0..connectors, 0..people, 1..people, any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(move |(connector, first, gap, together, names_second, asked_for_this)| Plan {
                connector,
                first,
                second: (first + gap) % people,
                together,
                names_second,
                asked_for_this,
            });
        let choice = prop_oneof![5 => Just("yes"), 2 => Just("no"), 1 => Just("not_now"), 1 => Just("never")];
        let minutes = prop_oneof![1_i64..300, 1_i64..20_160];
        let doing = (minutes, 0..people, 0_usize..4, choice)
            .prop_map(|(minutes, person, link, choice)| Doing { minutes, person, link, choice });
        let delay = prop_oneof![
            (0_i64..240).prop_map(Span::seconds),
            (1_i64..48).prop_map(Span::hours),
            (1_i64..28).prop_map(Span::days),
        ];
        (
            prop::collection::vec(plan, 1..=3),
            any::<bool>(),
            any::<bool>(),
            delay,
            prop::collection::vec(doing, 1..=4),
            prop::collection::vec(0_i64..700, 0..=1),
            prop::option::of(1_i64..600),
            // No later than the rest after the earliest ending lasts.
            prop::option::weighted(0.8, (1_i64..1_050, 0..connectors, any::<bool>())),
        )
            .prop_map(
                move |(introductions, subject_first, agreed_before, delay, doings, looks, restart, again)| {
                    let again = again.map(|(hours, connector, swapped)| Again { hours, connector, swapped });
                    let agreed_before = agreed_before && subject_first && !introductions[0].together;
                    // The way begins once the second was asked.
                    let delay = if agreed_before { delay + AGREES_AFTER + Span::minutes(1) } else { delay };
                    World {
                        people,
                        connectors,
                        introductions,
                        subject_first,
                        agreed_before,
                        delay,
                        doings,
                        looks,
                        restart,
                        again,
                        rest: Span::days(30),
                    }
                },
            )
    })
}

impl World {
    pub fn subject(&self) -> usize {
        let plan = &self.introductions[0];
        if self.subject_first { plan.first } else { plan.second }
    }

    /// Whether much happens before the way begins.
    pub fn opens_for_long(&self) -> bool {
        self.delay >= Span::hours(1)
    }

    /// The ways that no party may tell from each other. One by one, a first's yes is told by asking the second.
    pub fn ways(&self) -> Vec<Way> {
        if self.agreed_before {
            return AFTER_YES.to_vec();
        }
        let told = self.subject_first && !self.introductions[0].together;
        WAYS.into_iter().filter(|way| !(told && way.begins_with_yes())).collect()
    }

    /// Who does not answer "yes" anywhere.
    pub fn without_yes(mut self) -> Self {
        self.doings.retain(|doing| doing.choice != "yes");
        self
    }
}
