//! Verifying a chain: leaf after leaf, in order, against itself and against checkpoints from elsewhere.

use std::collections::HashSet;

use super::merkle::Frontier;
use super::note::Checkpoint;
use super::{Hash, Kind, Leaf, NOTHING, commit, hex};

/// Faults that are told one by one; the rest is counted.
const TOLD: usize = 50;

/// One thing that is wrong with a chain. Numbers are places in the chain, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("leaf {expected} is missing: leaf {found} follows in its place")]
    Gap { expected: u64, found: u64 },
    #[error("leaf {0} was changed: its hash is not that of its content")]
    Hash(u64),
    #[error("leaf {0} does not follow the leaf before it")]
    Prev(u64),
    #[error("the payload of leaf {0} is not what was committed to")]
    Payload(u64),
    #[error("the payload of leaf {0} is gone, and no erasure on record accounts for it")]
    Gone(u64),
    #[error("the head of the chain is not its last leaf: leaves were cut off or added behind the sealer")]
    Head,
    #[error("the chain has {size} leaves, and the checkpoint of {at} saw {seen}: it was cut short")]
    Truncated { size: u64, seen: u64, at: String },
    #[error("the first {seen} leaves are not those that the checkpoint of {at} saw: history was rewritten")]
    Forked { seen: u64, at: String },
}

/// The payload that lies beside a leaf.
#[derive(Clone, Debug)]
pub struct Payload {
    pub salt: Hash,
    pub text: String,
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub leaves: u64,
    /// Payloads that are there, and are what was committed to.
    pub payloads: u64,
    /// Payloads that were destroyed, with the erasure on record.
    pub erased: u64,
    /// Checkpoints that agree.
    pub checkpoints: usize,
    pub root: Hash,
    pub faults: Vec<Fault>,
    /// More faults than are told.
    pub untold: u64,
}

impl Report {
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.faults.is_empty()
    }
}

/// How a leaf is hashed; another one is for tests that show what a weaker chain would miss.
pub type LeafHash = fn(&Leaf) -> Hash;

/// Looks at one leaf after the other.
pub struct Verifier {
    hash: LeafHash,
    frontier: Frontier,
    last: Hash,
    next: u64,
    /// By size, largest last, so that the next one is popped.
    checkpoints: Vec<Checkpoint>,
    /// Leaves without a payload, and the commitments that erasures name.
    missing: Vec<(u64, Hash)>,
    accounted: HashSet<Hash>,
    report: Report,
}

impl Verifier {
    #[must_use]
    pub fn new(checkpoints: Vec<Checkpoint>) -> Self {
        Self::hashing(checkpoints, Leaf::hash)
    }

    #[must_use]
    pub fn hashing(mut checkpoints: Vec<Checkpoint>, hash: LeafHash) -> Self {
        checkpoints.sort_by_key(|one| std::cmp::Reverse(one.size));
        let mut new = Self {
            hash,
            frontier: Frontier::default(),
            last: NOTHING,
            next: 0,
            checkpoints,
            missing: Vec::new(),
            accounted: HashSet::new(),
            report: Report::default(),
        };
        new.compare();
        new
    }

    /// The next leaf as it stands, with the hash that stands beside it and its payload if it is there.
    pub fn leaf(&mut self, leaf: &Leaf, hash: Hash, payload: Option<&Payload>) {
        if leaf.seq != self.next {
            self.fault(Fault::Gap { expected: self.next, found: leaf.seq });
        }
        let content = (self.hash)(leaf);
        if content != hash {
            self.fault(Fault::Hash(leaf.seq));
        }
        if leaf.prev != self.last {
            self.fault(Fault::Prev(leaf.seq));
        }
        self.payload(leaf, payload);
        self.last = hash;
        self.next = leaf.seq.saturating_add(1);
        self.frontier.push(content);
        self.compare();
    }

    /// The end of the chain, and what its keeper believes to be the end.
    #[must_use]
    pub fn end(mut self, head: Option<(u64, Hash)>) -> Report {
        if head.unwrap_or((0, NOTHING)) != (self.frontier.size(), self.last) {
            self.fault(Fault::Head);
        }
        let size = self.frontier.size();
        for cut in std::mem::take(&mut self.checkpoints) {
            self.fault(Fault::Truncated { size, seen: cut.size, at: cut.at });
        }
        for (seq, commitment) in std::mem::take(&mut self.missing) {
            if self.accounted.contains(&commitment) {
                self.report.erased += 1;
            } else {
                self.fault(Fault::Gone(seq));
            }
        }
        self.report.leaves = size;
        self.report.root = self.frontier.root();
        self.report
    }

    fn payload(&mut self, leaf: &Leaf, payload: Option<&Payload>) {
        let Some(payload) = payload else {
            self.missing.push((leaf.seq, leaf.commitment));
            return;
        };
        if commit(&payload.salt, &payload.text) != leaf.commitment {
            self.fault(Fault::Payload(leaf.seq));
            return;
        }
        self.report.payloads += 1;
        if leaf.kind == Kind::Erased.as_str() {
            self.accounted.extend(erased(&payload.text));
        }
    }

    /// Compares with the checkpoints of exactly this many leaves.
    fn compare(&mut self) {
        while self.checkpoints.last().is_some_and(|one| one.size == self.frontier.size()) {
            let Some(checkpoint) = self.checkpoints.pop() else { return };
            if checkpoint.root == self.frontier.root() {
                self.report.checkpoints += 1;
            } else {
                self.fault(Fault::Forked { seen: checkpoint.size, at: checkpoint.at });
            }
        }
    }

    fn fault(&mut self, fault: Fault) {
        if self.report.faults.len() < TOLD {
            self.report.faults.push(fault);
        } else {
            self.report.untold += 1;
        }
    }
}

/// The commitments that an erasure names.
fn erased(payload: &str) -> Vec<Hash> {
    let value: serde_json::Value = serde_json::from_str(payload).unwrap_or_default();
    let named = value.get("commitments").and_then(serde_json::Value::as_array);
    named.into_iter().flatten().filter_map(|one| hex::parse(one.as_str()?)).collect()
}
