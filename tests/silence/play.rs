//! A world played to its end.
//!
//! Until the way of the subject begins, its runs are the same. Where that takes long, this opening is played once, and
//! every way goes on from a copy of it.

use std::collections::{BTreeMap, BTreeSet};

use twoyes::clock::{Span, Ts};

use super::leaks::Leak;
use super::seen::Seen;
use super::stage::{Eyes, Op, Stage};
use super::ways::{STEPS, Way};
use super::worlds::{AGREES_AFTER, World};

/// Plays the world with this way of the subject; returns what everybody else noticed.
pub async fn play(world: &World, way: Way, eyes: Eyes, leak: Option<Leak>) -> Vec<Seen> {
    let mut run = Run::begin(world, way, eyes, leak).await;
    if world.opens_for_long() {
        run.until(run.way_begins).await;
        // As its copies do.
        run.stage.sim.restart().await;
    }
    run.finish().await
}

/// A run up to the moment at which the way of the subject begins.
pub struct Opening<'a>(Run<'a>);

impl<'a> Opening<'a> {
    /// `None` where it is not worth it.
    pub async fn of(world: &'a World, eyes: Eyes, leak: Option<Leak>) -> Option<Self> {
        if !world.opens_for_long() {
            return None;
        }
        let mut run = Run::begin(world, Way::Silence, eyes, leak).await;
        run.until(run.way_begins).await;
        Some(Self(run))
    }

    /// As [`play`] with this way, which must not begin before.
    pub async fn go_on(&self, way: Way) -> Vec<Seen> {
        self.0.copy(way).await.finish().await
    }
}

/// A world that is being played.
struct Run<'a> {
    stage: Stage<'a>,
    plan: BTreeMap<Ts, BTreeSet<Op>>,
    way_begins: Ts,
    end: Ts,
    /// Of the introduction with the subject in it, as it was seen last.
    deadline: Option<Ts>,
}

impl<'a> Run<'a> {
    async fn begin(world: &'a World, way: Way, eyes: Eyes, leak: Option<Leak>) -> Self {
        let stage = Stage::set(world, way, eyes, leak).await;
        let start = stage.sim.now();
        let (way_begins, end) = (start + world.delay, start + Span::days(45));
        Self { stage, plan: planned(world, start), way_begins, end, deadline: None }
    }

    /// The same run once more, from here, with another way.
    async fn copy(&self, way: Way) -> Self {
        Self { stage: self.stage.copy(way).await, plan: self.plan.clone(), ..*self }
    }

    /// What happens before this moment.
    async fn until(&mut self, moment: Ts) {
        while self.plan.first_key_value().is_some_and(|(at, _)| *at < moment) {
            self.step().await;
        }
    }

    async fn finish(mut self) -> Vec<Seen> {
        while !self.plan.is_empty() {
            self.step().await;
        }
        self.stage.seen
    }

    /// The next moment.
    async fn step(&mut self) {
        let Self { stage, plan, .. } = self;
        let Some((at, ops)) = plan.pop_first() else { return };
        stage.sim.move_to(at);
        stage.settle().await;
        for op in ops {
            stage.does(op).await;
        }
        // From one moment at which something is due to the next.
        if let Some(next) = stage.sim.next_due().await.filter(|next| *next > at && *next < self.end) {
            plan.entry(next).or_default();
        }
        let now = stage.sim.load(stage.subject.id).await.deadline;
        if let Some(end) = now.filter(|_| now != self.deadline) {
            self.deadline = now;
            let hold = Span::minutes(10);
            let (second, over) = (Span::seconds(1), end + hold);
            let edges = [end - second, end, over - second, over, over + second, end + Span::days(8)];
            for edge in edges.into_iter().filter(|edge| *edge > at) {
                plan.entry(edge).or_default().insert(Op::Look);
            }
        }
    }
}

/// What is known of it before it begins.
fn planned(world: &World, start: Ts) -> BTreeMap<Ts, BTreeSet<Op>> {
    let mut plan: BTreeMap<Ts, BTreeSet<Op>> = BTreeMap::new();
    let mut add = |at: Ts, op: Op| {
        plan.entry(at).or_default().insert(op);
    };
    for (nth, after) in STEPS.iter().enumerate() {
        add(start + world.delay + *after, Op::Step(nth));
        if nth > 1 {
            add(start + world.delay + *after, Op::Look);
        }
    }
    for (nth, doing) in world.doings.iter().enumerate() {
        add(start + Span::minutes(doing.minutes), Op::Do(nth));
        // The second is asked after the moment in which the first can contradict themselves.
        add(start + Span::minutes(doing.minutes) + Span::seconds(10), Op::Look);
    }
    if world.agreed_before {
        add(start + AGREES_AFTER, Op::Agree);
        add(start + AGREES_AFTER + Span::seconds(10), Op::Look);
    }
    world.looks.iter().for_each(|hours| add(start + Span::hours(*hours), Op::Look));
    world.again.iter().for_each(|again| add(start + Span::hours(again.hours), Op::Again));
    world.restart.iter().for_each(|hours| add(start + Span::hours(*hours), Op::Restart));
    // For what is done now and then by itself: retention, and the names of the erased.
    (1..7).for_each(|week| {
        plan.entry(start + Span::days(7 * week)).or_default();
    });
    plan
}
