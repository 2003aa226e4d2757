//! A no cannot leak: runs of one generated world that differ in what one party did, and everything that anybody else
//! can notice, compared byte by byte and moment by moment.
//!
//! A case is one comparison. Each world is played once as the measure and once for every way that must look like it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio::runtime::{Builder, Runtime};
use twoyes::clock::Span;

use super::leaks::{LEAKS, Leak, NOT_PLANTED};
use super::play::{Opening, play};
use super::seen::{Seen, difference};
use super::stage::Eyes;
use super::ways::{QUIET, Way};
use super::worlds::{World, worlds};

/// What is compared: the measure, those that must look like it, who looks, and whose looks count.
struct Game {
    world: World,
    measure: Way,
    others: Vec<Way>,
    eyes: Eyes,
    by: fn(&Seen) -> bool,
    leak: Option<Leak>,
}

/// DEC-IND: to the other party every way of not agreeing is the same.
fn parties(world: &World) -> Game {
    let mut others = world.ways();
    let measure = others.remove(0);
    Game { world: world.clone(), measure, others, eyes: Eyes::Parties, by: Seen::by_party, leak: None }
}

/// The same for connectors and the admin, where the answer was quiet.
fn quiet(world: &World) -> Game {
    let world = World { agreed_before: false, ..world.clone() };
    let (measure, others) = (QUIET[0], QUIET[1..].to_vec());
    Game { world, measure, others, eyes: Eyes::All, by: |_| true, leak: None }
}

/// YES-HIDE: to a party who stands by no yes, a yes is the same as anything else.
fn hidden(world: &World) -> Game {
    let mut world = World { agreed_before: false, ..world.clone() }.without_yes();
    // One by one the second is told by being asked.
    world.introductions[0].together |= world.subject_first;
    let others = vec![Way::Yes, Way::YesThen("no")];
    Game { world, measure: Way::Silence, others, eyes: Eyes::Parties, by: Seen::by_party, leak: None }
}

#[test]
fn no_party_can_tell_one_way_of_not_agreeing_from_another() {
    explore("parties, any two ways", usual(95), parties);
}

#[test]
fn not_even_the_connector_can_tell_a_quiet_no_from_silence() {
    explore("connectors, admin and parties, quiet ways", usual(40), quiet);
}

#[test]
fn who_stands_by_no_yes_cannot_tell_a_yes_from_anything_else() {
    explore("parties without a yes, against a yes", usual(60), hidden);
}

#[test]
#[ignore = "long: tests/nightly runs it"]
fn nightly_a_million_comparisons_tell_nobody_anything() {
    // 22 comparisons a world, 2, and 2.
    explore("parties, any two ways, long", usual(44_000), parties);
    explore("connectors, admin and parties, quiet ways, long", usual(8_000), quiet);
    explore("parties without a yes, against a yes, long", usual(8_000), hidden);
}

/// The comparison has eyes: a yes that stands is told from silence, and an open no is told the connector.
#[test]
fn what_may_be_seen_is_seen() {
    let found = |other: Way, by: fn(&Seen) -> bool| {
        (1..40_u64).find(|seed| {
            let world = World { agreed_before: false, ..sample(*seed) };
            let others = vec![other];
            compare(
                &runtime(),
                &Game { measure: Way::Silence, others, by, eyes: Eyes::All, leak: None, world },
            )
            .is_err()
        })
    };
    let (yes, no) = (found(Way::Yes, Seen::by_party), found(Way::No, |seen| !seen.by_party()));
    println!(
        "figure: silence: a yes was seen by a party in world {yes:?}, an open no by the connector in {no:?}"
    );
    assert!(yes.is_some() && no.is_some());
}

/// What saves time changes nothing: from a copy of the opening a run goes on as if it had been played whole.
#[test]
fn a_copied_opening_goes_on_like_a_whole_run() {
    let runtime = runtime();
    let mut compared = 0;
    for world in (1..).map(sample).filter(World::opens_for_long).take(3) {
        runtime.block_on(async {
            let opening = Opening::of(&world, Eyes::All, None).await.unwrap();
            for way in [Way::Silence, Way::Yes, Way::Erased] {
                let whole = play(&world, way, Eyes::All, None).await;
                assert_eq!(difference(&whole, &opening.go_on(way).await), None, "{way:?} in {world:#?}");
                compared += whole.len();
            }
        });
    }
    println!("figure: silence: {compared} observations after a copied opening are those of a whole run");
}

/// Without a rest, asking again tells a never from silence.
#[test]
fn asking_again_without_a_rest_is_found_out() {
    let found = (1..200_u64).find(|seed| {
        let world = World { agreed_before: false, rest: Span::ZERO, ..sample(*seed) };
        // After everything has ended.
        let late = world.again.as_ref().is_some_and(|again| again.hours > 900);
        let others = vec![Way::NeverAtAll];
        let game = Game {
            measure: Way::Silence,
            others,
            by: Seen::by_party,
            eyes: Eyes::Parties,
            leak: None,
            world,
        };
        late && compare(&runtime(), &game).is_err()
    });
    println!("figure: silence: without a rest, asking again told of a never in world {found:?}");
    assert!(found.is_some());
}

/// So many worlds at most for each of them.
const SEEDS: u64 = 12;

/// The properties have teeth: each planted leak is found.
#[test]
fn every_planted_leak_is_found() {
    let slower = Mutex::new(LEAKS.to_vec());
    let found = Mutex::new(Vec::new());
    two_at_once(|| {
        let runtime = runtime();
        loop {
            let Some(leak) = slower.lock().unwrap().pop() else { return };
            let after = (1..=SEEDS).find(|seed| {
                let game = Game { leak: Some(leak), ..game_for(leak, &sample(*seed)) };
                compare(&runtime, &game).is_err()
            });
            println!("{leak:?}: world {after:?}");
            found.lock().unwrap().push((leak, after));
        }
    });
    let found = found.into_inner().unwrap();
    let missed: Vec<_> = found.iter().filter(|(_, after)| after.is_none()).collect();
    assert!(missed.is_empty(), "not found: {missed:?}");
    let latest = found.iter().filter_map(|(_, after)| *after).max().unwrap_or_default();
    println!(
        "figure: silence: {} of {} planted leaks found, the last one in world {latest}; {} of the list have no place here",
        found.len(),
        LEAKS.len(),
        NOT_PLANTED.len()
    );
}

/// The property that has to find it, with the ways in which it could show.
fn game_for(leak: Leak, world: &World) -> Game {
    let mut game = match leak {
        Leak::OneOfTwo | Leak::AnsweredAt | Leak::BareFigures => quiet(world),
        Leak::TheOtherWaits | Leak::WordsOfToday => hidden(world),
        _ => parties(world),
    };
    if game.others.len() > 3 {
        game.others.retain(|way| [Way::No, Way::Erased, Way::YesThen("no")].contains(way));
    }
    game
}

/// Plays so many worlds; a failing one is made small and told with its seed.
fn explore(what: &str, worlds: u64, game: fn(&World) -> Game) {
    let begun = Instant::now();
    let first = number("TWOYES_SEED");
    let (next, end) = (AtomicU64::new(first.unwrap_or(1)), first.map_or(worlds + 1, |seed| seed + 1));
    let (cases, seen) = (AtomicU64::new(0), AtomicU64::new(0));
    two_at_once(|| {
        let runtime = runtime();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return;
            }
            let counted = one(what, seed, |world| {
                let game = game(world);
                compare(&runtime, &game).map(|seen| (game.others.len(), seen))
            });
            cases.fetch_add(counted.0 as u64, Ordering::Relaxed);
            seen.fetch_add(counted.1 as u64, Ordering::Relaxed);
        }
    });
    let (cases, seen) = (cases.into_inner(), seen.into_inner());
    println!(
        "figure: silence: {what}: {cases} comparisons in {} worlds, {seen} observations each the same, {:.0} s",
        end - first.unwrap_or(1),
        begun.elapsed().as_secs_f64()
    );
    assert!(seen > 0, "nobody saw anything");
}

/// One world and, when it fails, smaller ones.
fn one(what: &str, seed: u64, check: impl Fn(&World) -> Result<(usize, usize), String>) -> (usize, usize) {
    let config = Config { cases: 1, failure_persistence: None, max_shrink_iters: 12, ..Config::default() };
    let counted = std::cell::Cell::new((0, 0));
    let ran = TestRunner::new_with_rng(config, rng(seed)).run(&worlds(), |world| {
        let checked = check(&world);
        if let Err(why) = &checked {
            // Each smaller world as it is found, for whoever waits for the smallest.
            println!("{what}: seed {seed}: {why}");
        }
        counted.set(checked.map_err(TestCaseError::fail)?);
        Ok(())
    });
    if let Err(error) = ran {
        let told = match error {
            TestError::Fail(why, world) => format!("{why}\nin {world:#?}"),
            TestError::Abort(why) => why.to_string(),
        };
        panic!("{what}: TWOYES_SEED={seed} plays it again: {told}");
    }
    counted.get()
}

/// How many observations were compared, or the first that differs.
fn compare(runtime: &Runtime, game: &Game) -> Result<usize, String> {
    let opening = runtime.block_on(Opening::of(&game.world, game.eyes, game.leak));
    let see = |way: Way| {
        let mut seen = runtime.block_on(async {
            match &opening {
                Some(opening) if !way.is_prepared() => opening.go_on(way).await,
                _ => play(&game.world, way, game.eyes, game.leak).await,
            }
        });
        seen.retain(game.by);
        seen
    };
    let measure = see(game.measure);
    for other in &game.others {
        if let Some(told) = difference(&measure, &see(*other)) {
            return Err(format!("{:?} and {other:?} differ at {told}", game.measure));
        }
    }
    Ok(measure.len())
}

/// The same work on both cores.
fn two_at_once(work: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        let hands = [scope.spawn(&work), scope.spawn(&work)];
        for hand in hands {
            // What it had to say is printed already.
            if let Err(panic) = hand.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

fn sample(seed: u64) -> World {
    let mut runner = TestRunner::new_with_rng(Config::default(), rng(seed));
    worlds().new_tree(&mut runner).unwrap().current()
}

fn rng(seed: u64) -> TestRng {
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn usual(worlds: u64) -> u64 {
    number("TWOYES_WORLDS").unwrap_or(worlds)
}

#[expect(clippy::disallowed_methods, reason = "what the test command hands over")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}
