//! A no cannot leak: two runs of one generated world that differ in what one party did, and everything that
//! anybody else can notice, compared byte by byte and moment by moment.

use std::time::Instant;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use tokio::runtime::{Builder, Runtime};

use crate::silence_ways::{QUIET, WAYS, Way};
use crate::silence_worlds::{Eyes, Seen, World, difference, play, worlds};

#[test]
fn no_party_can_tell_one_way_of_not_agreeing_from_another() {
    explore("silence: parties, any two ways", cases(60), |runtime, world, a, b| {
        let ways = world.ways();
        compare(runtime, world, [pick(&ways, a), pick(&ways, b)], Eyes::Parties, Seen::by_party)
    });
}

#[test]
fn not_even_the_connector_can_tell_a_quiet_no_from_silence() {
    explore("silence: connectors and parties, quiet ways", cases(20), |runtime, world, a, b| {
        let world = World { agreed_before: false, ..world.clone() };
        compare(runtime, &world, [pick(&QUIET, a), pick(&QUIET, b)], Eyes::All, |_| true)
    });
}

#[test]
fn who_stands_by_no_yes_cannot_tell_a_yes_from_anything_else() {
    explore("silence: parties without a yes, against a yes", cases(20), |runtime, world, a, _| {
        let mut world = World { agreed_before: false, ..world.clone() }.without_yes();
        // One by one the second is told by being asked.
        world.introductions[0].together |= world.subject_first;
        compare(runtime, &world, [Way::Yes, pick(&WAYS, a)], Eyes::Parties, Seen::by_party)
    });
}

#[test]
#[ignore = "long: tests/nightly runs it"]
fn nightly_no_party_can_tell_one_way_of_not_agreeing_from_another() {
    explore("silence: parties, any two ways, long", cases(1_000_000), |runtime, world, a, b| {
        let ways = world.ways();
        compare(runtime, world, [pick(&ways, a), pick(&ways, b)], Eyes::Parties, Seen::by_party)
    });
}

/// The comparison has eyes: a yes that stands is told from silence, and an open no is told the connector.
#[test]
fn what_may_be_seen_is_seen() {
    let runtime = runtime();
    let found = |ways: [Way; 2], by: fn(&Seen) -> bool| {
        (1..40_u64).find(|seed| {
            let (world, ..) = sample(*seed);
            let world = World { agreed_before: false, ..world };
            compare(&runtime, &world, ways, Eyes::All, by).is_err()
        })
    };
    let yes = found([Way::Yes, Way::Silence], Seen::by_party);
    let no = found([Way::No, Way::Silence], |seen| !seen.by_party());
    println!(
        "figure: silence: a yes was seen by a party in world {yes:?}, an open no by the connector in {no:?}"
    );
    assert!(yes.is_some() && no.is_some());
}

type Case = (World, usize, usize);

/// Plays `cases` worlds; a failing one is made small and told with its seed.
fn explore(what: &str, cases: u64, check: impl Fn(&Runtime, &World, usize, usize) -> Result<usize, String>) {
    let (runtime, begun) = (runtime(), Instant::now());
    let first = number("TWOYES_SEED");
    let seeds = first.map_or(1..cases + 1, |seed| seed..seed + 1);
    let mut seen = 0;
    for seed in seeds.clone() {
        let config =
            Config { cases: 1, failure_persistence: None, max_shrink_iters: 12, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, rng(seed));
        let count = std::cell::Cell::new(0);
        let ran = runner.run(&strategy(), |(world, a, b)| {
            let checked = check(&runtime, &world, a, b);
            if let Err(why) = &checked {
                // Each smaller world as it is found, for whoever waits for the smallest.
                println!("{what}: seed {seed}: {why}");
            }
            count.set(checked.map_err(TestCaseError::fail)?);
            Ok(())
        });
        if let Err(error) = ran {
            let told = match error {
                TestError::Fail(why, (world, ..)) => format!("{why}\nin {world:#?}"),
                TestError::Abort(why) => why.to_string(),
            };
            panic!("{what}: TWOYES_SEED={seed} plays it again: {told}");
        }
        seen += count.get();
    }
    let (many, seconds) = (seeds.count(), begun.elapsed().as_secs_f64());
    println!("figure: {what}: {many} cases, {seen} observations compared, {seconds:.0} s");
    assert!(seen > 0, "nobody saw anything");
}

/// How many observations were compared, or the first that differs.
fn compare(
    runtime: &Runtime,
    world: &World,
    ways: [Way; 2],
    eyes: Eyes,
    by: fn(&Seen) -> bool,
) -> Result<usize, String> {
    let [one, other] = ways.map(|way| {
        let mut seen = runtime.block_on(play(world, way, eyes));
        seen.retain(by);
        seen
    });
    match difference(&one, &other) {
        None => Ok(one.len()),
        Some(told) => Err(format!("{:?} and {:?} differ at {told}", ways[0], ways[1])),
    }
}

fn sample(seed: u64) -> Case {
    let mut runner = TestRunner::new_with_rng(Config::default(), rng(seed));
    strategy().new_tree(&mut runner).unwrap().current()
}

fn strategy() -> impl Strategy<Value = Case> {
    (worlds(), 0_usize..1_000, 0_usize..1_000)
}

fn pick(ways: &[Way], nth: usize) -> Way {
    ways[nth % ways.len()]
}

fn rng(seed: u64) -> TestRng {
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn cases(usual: u64) -> u64 {
    number("TWOYES_CASES").unwrap_or(usual)
}

#[expect(clippy::disallowed_methods, reason = "what the test command hands over")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}
