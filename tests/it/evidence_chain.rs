//! The chain under attack: what was changed is found, what was erased is not missed.

use std::collections::HashSet;

use sha2::{Digest, Sha256};
use twoyes::clock::{Span, Ts};
use twoyes::domain::audit::chain::{LeafHash, Payload, Report, Verifier};
use twoyes::domain::audit::merkle::Frontier;
use twoyes::domain::audit::note::Checkpoint;
use twoyes::domain::audit::{Hash, Kind, Leaf, NOTHING, canonical, commit, hex};
use twoyes::ids::derive;

/// Leaves of the chain that is attacked, and how many of them are.
const SIZE: u64 = 130;
const PLACES: usize = 110;

#[derive(Clone)]
struct Row {
    leaf: Leaf,
    hash: Hash,
    payload: Option<Payload>,
}

/// A chain as a database would hold it, and the rules by which it was made.
#[derive(Clone)]
struct Chain {
    rows: Vec<Row>,
    head: (u64, Hash),
    rule: LeafHash,
}

/// A payload such as consents have: short, and guessable by whoever knows the people.
fn guessable(n: u64) -> String {
    canonical::encode(&serde_json::json!({ "who": { "name": format!("Grace {}", n % 7) }, "minute": n }))
}

fn salt(n: u64) -> Hash {
    derive(b"chain", &n.to_string())
}

impl Chain {
    fn new(size: u64, rule: LeafHash) -> Self {
        let row = |n: u64| {
            let payload = Payload { salt: salt(n), text: guessable(n) };
            let commitment = commit(&payload.salt, &payload.text);
            let at = Ts(1_772_442_000_000_000) + Span::minutes(i64::try_from(n).unwrap());
            let leaf =
                Leaf { seq: n, at, kind: Kind::ConsentGiven.as_str().into(), commitment, prev: NOTHING };
            Row { leaf, hash: NOTHING, payload: Some(payload) }
        };
        let mut new = Self { rows: (0..size).map(row).collect(), head: (0, NOTHING), rule };
        new.write_anew();
        new
    }

    /// What somebody with the whole database can do: every hash behind the change fits again.
    fn write_anew(&mut self) {
        let mut prev = NOTHING;
        for (seq, row) in (0..).zip(&mut self.rows) {
            row.leaf.seq = seq;
            row.leaf.prev = prev;
            row.hash = (self.rule)(&row.leaf);
            prev = row.hash;
        }
        self.head = (self.rows.len() as u64, prev);
    }

    fn checkpoint(&self, size: usize) -> Checkpoint {
        let mut frontier = Frontier::default();
        for row in &self.rows[..size] {
            frontier.push(row.hash);
        }
        let (origin, at) = ("intro.example.org/audit".into(), "2026-03-02T09:00:00Z".into());
        Checkpoint { origin, size: size as u64, root: frontier.root(), at }
    }

    fn verify(&self, checkpoints: Vec<Checkpoint>) -> Report {
        let mut verifier = Verifier::hashing(checkpoints, self.rule);
        for row in &self.rows {
            verifier.leaf(&row.leaf, row.hash, row.payload.as_ref());
        }
        verifier.end(Some(self.head))
    }

    /// Destroys payloads as `store::evidence::forget` does.
    fn erase(&mut self, places: &[usize]) {
        let named: Vec<String> = places.iter().map(|at| hex::text(&self.rows[*at].leaf.commitment)).collect();
        for at in places {
            self.rows[*at].payload = None;
        }
        let text = canonical::encode(&serde_json::json!({ "commitments": named }));
        let n = self.rows.len() as u64;
        let payload = Payload { salt: salt(n), text };
        let commitment = commit(&payload.salt, &payload.text);
        let leaf =
            Leaf { seq: n, at: Ts(0), kind: Kind::Erased.as_str().into(), commitment, prev: self.head.1 };
        let hash = (self.rule)(&leaf);
        self.rows.push(Row { leaf, hash, payload: Some(payload) });
        self.head = (n + 1, hash);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Mutation {
    Edit,
    Delete,
    Insert,
    Reorder,
    Truncate,
    Fork,
}

/// How much an attacker puts right behind the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Attacker {
    /// Changes and runs.
    Clumsy,
    /// Also the hash of what was changed, the link of what follows, and the head.
    Local,
    /// Everything: the whole rest of the chain is written anew.
    Thorough,
}

const MUTATIONS: [Mutation; 6] = [
    Mutation::Edit,
    Mutation::Delete,
    Mutation::Insert,
    Mutation::Reorder,
    Mutation::Truncate,
    Mutation::Fork,
];

fn mutate(chain: &mut Chain, what: Mutation, at: usize) {
    match what {
        Mutation::Edit => {
            let leaf = &mut chain.rows[at].leaf;
            match at % 3 {
                0 => leaf.at = leaf.at + Span(1),
                1 => leaf.kind = Kind::ConsentWithdrawn.as_str().into(),
                _ => {
                    let payload = Payload { salt: salt(1), text: guessable(9) };
                    leaf.commitment = commit(&payload.salt, &payload.text);
                    chain.rows[at].payload = Some(payload);
                }
            }
        }
        Mutation::Delete => drop(chain.rows.remove(at)),
        Mutation::Insert => {
            let mut row = chain.rows[at].clone();
            let payload = Payload { salt: salt(7), text: guessable(77) };
            row.leaf.commitment = commit(&payload.salt, &payload.text);
            row.payload = Some(payload);
            chain.rows.insert(at, row);
        }
        Mutation::Reorder => chain.rows.swap(at, at + 1),
        Mutation::Truncate => chain.rows.truncate(at),
        Mutation::Fork => {
            chain.rows.truncate(at);
            let other = Chain::new(SIZE, chain.rule);
            let rest = other.rows.into_iter().skip(at).map(|mut row| {
                row.leaf.at = row.leaf.at + Span::hours(1);
                row
            });
            chain.rows.extend(rest);
        }
    }
}

fn put_right(chain: &mut Chain, by: Attacker, at: usize) {
    match by {
        Attacker::Clumsy => {}
        Attacker::Local => {
            let mut prev = if at == 0 { NOTHING } else { chain.rows[at - 1].hash };
            for (seq, row) in (0..).zip(&mut chain.rows) {
                row.leaf.seq = seq;
            }
            let until = (at + 2).min(chain.rows.len());
            for row in &mut chain.rows[at.min(until)..until] {
                row.leaf.prev = prev;
                row.hash = (chain.rule)(&row.leaf);
                prev = row.hash;
            }
            // The one behind is linked, but its hash would move everything after it.
            if let Some(next) = chain.rows.get_mut(until) {
                next.leaf.prev = prev;
            }
            let last = chain.rows.last().map_or(NOTHING, |row| row.hash);
            chain.head = (chain.rows.len() as u64, last);
        }
        Attacker::Thorough => chain.write_anew(),
    }
}

/// How many attacks were tried and how many were not found.
fn attack(rule: LeafHash, by: Attacker, with_checkpoint: bool, kinds: &[Mutation]) -> (u32, u32) {
    let size = SIZE;
    let whole = Chain::new(size, rule);
    let noted = whole.checkpoint(125);
    assert!(whole.verify(vec![noted.clone()]).is_good());
    let (mut tried, mut missed) = (0, 0);
    for what in kinds {
        // Everywhere below the checkpoint.
        for at in 0..PLACES {
            let mut chain = whole.clone();
            mutate(&mut chain, *what, at);
            put_right(&mut chain, by, at);
            let checkpoints = if with_checkpoint { vec![noted.clone()] } else { Vec::new() };
            tried += 1;
            missed += u32::from(chain.verify(checkpoints).is_good());
        }
    }
    (tried, missed)
}

#[test]
fn every_change_is_found_against_a_checkpoint_from_elsewhere() {
    let mut all = 0;
    for by in [Attacker::Clumsy, Attacker::Local, Attacker::Thorough] {
        for what in MUTATIONS {
            let (tried, missed) = attack(Leaf::hash, by, true, &[what]);
            assert!(tried >= 100 && PLACES >= 100);
            assert_eq!(missed, 0, "{what:?} by a {by:?} attacker");
            all += tried;
        }
    }
    println!("figure: evidence: {all} changes of six kinds at {PLACES} places by three attackers, all found");
}

/// The limit that docs/EVIDENCE.md names: if this test fails, the document has to change.
#[test]
fn without_a_checkpoint_a_chain_written_anew_is_not_found() {
    let (tried, missed) = attack(Leaf::hash, Attacker::Thorough, false, &MUTATIONS);
    assert_eq!(tried, missed);
    let (_, missed) = attack(Leaf::hash, Attacker::Clumsy, false, &MUTATIONS[..4]);
    assert_eq!(missed, 0, "changes that nobody put right behind are");
}

fn without_the_one_before(leaf: &Leaf) -> Hash {
    Leaf { prev: NOTHING, ..leaf.clone() }.hash()
}

/// The broken variant: were the leaf before it not under the hash, a small repair would hide a change.
#[test]
fn a_chain_whose_hash_leaves_out_the_leaf_before_it_is_caught() {
    let changed = [Mutation::Edit];
    let (_, ours) = attack(Leaf::hash, Attacker::Local, false, &changed);
    assert_eq!(ours, 0);
    let (tried, missed) = attack(without_the_one_before, Attacker::Local, false, &changed);
    assert_eq!(tried, missed, "the attack that our chain withstands");
    println!("figure: evidence: broken variant without prev misses {missed} of {tried} edits; ours misses 0");
}

#[test]
fn any_subset_of_payloads_may_be_erased_in_any_order() {
    let (mut runs, mut erased) = (0_u32, 0);
    for seed in 0..60_u64 {
        let mut chain = Chain::new(40, Leaf::hash);
        let noted = chain.checkpoint(40);
        let order: [u8; 40] = derive(b"order", &seed.to_string());
        let mut left: Vec<usize> = (0..40).collect();
        for byte in order.iter().take(1 + usize::try_from(seed % 40).unwrap()) {
            if left.is_empty() {
                break;
            }
            let many = 1 + usize::from(byte % 3);
            let first = usize::from(*byte) % left.len();
            let taken: Vec<usize> = left.drain(first..(first + many).min(left.len())).collect();
            chain.erase(&taken);
            erased += taken.len();
            let report = chain.verify(vec![noted.clone()]);
            assert!(report.is_good(), "{:?}", report.faults);
            assert_eq!(report.erased, 40 - left.len() as u64);
            runs += 1;
        }
    }
    println!(
        "figure: evidence: {runs} erasures of {erased} payloads in random orders, the chain verified after each"
    );
}

#[test]
fn a_payload_that_went_without_an_erasure_on_record_is_missed() {
    let mut chain = Chain::new(40, Leaf::hash);
    chain.erase(&[3, 4]);
    chain.rows[9].payload = None;
    let report = chain.verify(Vec::new());
    assert_eq!(report.faults.len(), 1, "{:?}", report.faults);
    assert!(report.faults[0].to_string().contains("leaf 9 is gone"));
}

/// Whoever has the chain, and a good idea of what stood in an erased payload.
fn guesses(chain: &Chain, commitment_of: fn(&Hash, &str) -> Hash) -> (usize, usize) {
    let known: HashSet<Hash> = chain.rows.iter().map(|row| row.leaf.commitment).collect();
    // Salts that such a person could try: the constants, what stands in the chain, and other rows' salts.
    let mut salts = vec![NOTHING, [255; 32], chain.head.1];
    for row in chain.rows.iter().step_by(20) {
        salts.extend([row.hash, row.leaf.prev, row.leaf.commitment]);
        salts.extend(row.payload.as_ref().map(|payload| payload.salt));
    }
    let (mut tried, mut found) = (0, 0);
    for n in 0..1_000 {
        let guess = guessable(n);
        for salt in &salts {
            tried += 1;
            found += usize::from(known.contains(&commitment_of(salt, &guess)));
        }
    }
    (tried, found)
}

/// The broken variant: a bare hash of the payload confirms every right guess.
fn bare(_: &Hash, payload: &str) -> Hash {
    Sha256::digest(payload.as_bytes()).into()
}

#[test]
fn after_an_erasure_no_guess_can_be_tried_against_the_commitment() {
    let mut chain = Chain::new(200, Leaf::hash);
    chain.erase(&(0..200).collect::<Vec<_>>());
    let (tried, found) = guesses(&chain, commit);
    assert_eq!(found, 0);

    let mut broken = Chain::new(200, Leaf::hash);
    for n in 0..200 {
        broken.rows[n].leaf.commitment = bare(&NOTHING, &guessable(n as u64));
    }
    broken.write_anew();
    let (_, confirmed) = guesses(&broken, bare);
    assert!(confirmed >= 200, "{confirmed}");
    println!(
        "figure: evidence: {tried} guesses at 200 erased payloads, {found} confirmed; unsalted: all 200"
    );
}
