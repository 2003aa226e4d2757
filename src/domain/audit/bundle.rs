//! The evidence of one introduction as a document that verifies without the service: leaves, their payloads as
//! far as they are there, paths to the root, and a signed checkpoint over it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::note::{Checkpoint, NoteFault, PublicKey};
use super::{Hash, Kind, Leaf, commit, commit_text, hex, merkle};
use crate::clock::Ts;
use crate::domain::asking::Side;

/// What the document calls itself.
pub const FORMAT: &str = "twoyes evidence v1";

/// The whole document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    pub format: String,
    pub introduction: String,
    /// The public key that the checkpoint claims. Verify with the copy that was kept elsewhere.
    pub key: String,
    /// The signed note.
    pub checkpoint: String,
    pub consents: Vec<ConsentProof>,
    /// The introduction itself: it names the consents that it rests on.
    pub introduced: Option<Proof>,
}

/// One consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentProof {
    pub side: Side,
    pub given: Proof,
    pub texts: Vec<Text>,
    /// `withdrawn`, `renewed`, or none while it stands.
    pub ended: Option<String>,
    pub withdrawal: Option<Proof>,
}

/// One leaf, what is behind it, and its way to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub leaf: Leaf,
    /// Hexadecimal, nearest first.
    pub path: Vec<String>,
    /// None when it was destroyed.
    pub payload: Option<Opened>,
}

/// A payload with its salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    #[serde(with = "hex")]
    pub salt: Hash,
    pub text: String,
}

/// A text that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub kind: String,
    pub at: Ts,
    #[serde(with = "hex")]
    pub salt: Hash,
    pub body: String,
    /// Of the body, to compare it with a copy of the mail.
    #[serde(with = "hex")]
    pub sha256: Hash,
}

/// Why a document proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    #[error("this is not a document of evidence that this version knows")]
    Format,
    #[error(transparent)]
    Note(#[from] NoteFault),
    #[error("leaf {0} is not under the checkpoint")]
    Outside(u64),
    #[error("the payload of leaf {0} is not what was committed to")]
    Payload(u64),
    #[error("leaf {0} is of another kind")]
    Kind(u64),
    #[error("leaf {0} speaks of another introduction or another side")]
    Subject(u64),
    #[error("a text is not one that leaf {0} commits to")]
    Text(u64),
    #[error("the introduction names a consent that is not in the document")]
    Incomplete,
}

/// What the document proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    pub checkpoint: Checkpoint,
    pub consents: Vec<ProvenConsent>,
    pub introduced_at: Option<Ts>,
}

/// One consent that the chain holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenConsent {
    pub side: Side,
    pub given_at: Ts,
    /// None when its payload was destroyed.
    pub record: Option<Value>,
    /// How many texts are here, of how many that were shown.
    pub texts: (usize, usize),
    pub withdrawn_at: Option<Ts>,
    /// The introduction rests on it.
    pub is_named: bool,
}

impl Bundle {
    /// Verifies everything, with a key that was kept elsewhere.
    ///
    /// # Errors
    /// The first fault.
    pub fn verify(&self, key: &PublicKey) -> Result<Proven, BundleFault> {
        if self.format != FORMAT {
            return Err(BundleFault::Format);
        }
        let checkpoint = key.open(&self.checkpoint)?;
        let mut named = Vec::new();
        if let Some(introduced) = &self.introduced {
            let payload = self.prove(introduced, Kind::Introduced, None, &checkpoint)?;
            named = texts_of(payload.as_ref(), "consents");
            let here = |one: &String| {
                self.consents.iter().any(|consent| hex::text(&consent.given.leaf.commitment) == *one)
            };
            if !named.iter().all(here) {
                return Err(BundleFault::Incomplete);
            }
        }
        let consents = self.consents.iter().map(|consent| self.consent(consent, &named, &checkpoint));
        let consents = consents.collect::<Result<_, _>>()?;
        let introduced_at = self.introduced.as_ref().map(|proof| proof.leaf.at);
        Ok(Proven { checkpoint, consents, introduced_at })
    }

    fn consent(
        &self,
        of: &ConsentProof,
        named: &[String],
        checkpoint: &Checkpoint,
    ) -> Result<ProvenConsent, BundleFault> {
        let record = self.prove(&of.given, Kind::ConsentGiven, Some(of.side), checkpoint)?;
        let shown = record.as_ref().map(shown).unwrap_or_default();
        for text in &of.texts {
            let commitment = hex::text(&commit_text(&text.salt, &text.kind, &text.body));
            if !shown.contains(&commitment) {
                return Err(BundleFault::Text(of.given.leaf.seq));
            }
        }
        if let Some(withdrawal) = &of.withdrawal {
            self.prove(withdrawal, Kind::ConsentWithdrawn, Some(of.side), checkpoint)?;
        }
        Ok(ProvenConsent {
            side: of.side,
            given_at: of.given.leaf.at,
            record,
            texts: (of.texts.len(), shown.len()),
            withdrawn_at: of.withdrawal.as_ref().map(|proof| proof.leaf.at),
            is_named: named.contains(&hex::text(&of.given.leaf.commitment)),
        })
    }

    /// That a leaf is under the checkpoint, and its payload behind it; the payload, if it is there.
    fn prove(
        &self,
        proof: &Proof,
        kind: Kind,
        side: Option<Side>,
        checkpoint: &Checkpoint,
    ) -> Result<Option<Value>, BundleFault> {
        let leaf = &proof.leaf;
        if leaf.kind != kind.as_str() {
            return Err(BundleFault::Kind(leaf.seq));
        }
        let path: Option<Vec<Hash>> = proof.path.iter().map(|one| hex::parse(one)).collect();
        let root = path.and_then(|path| merkle::root_by(leaf.hash(), leaf.seq, checkpoint.size, &path));
        if root != Some(checkpoint.root) {
            return Err(BundleFault::Outside(leaf.seq));
        }
        let Some(opened) = &proof.payload else { return Ok(None) };
        if commit(&opened.salt, &opened.text) != leaf.commitment {
            return Err(BundleFault::Payload(leaf.seq));
        }
        let value: Value = serde_json::from_str(&opened.text).map_err(|_| BundleFault::Payload(leaf.seq))?;
        let said = value.pointer("/who/side").or(value.get("side")).and_then(Value::as_str);
        let is_ours = value.get("introduction").and_then(Value::as_str) == Some(&self.introduction)
            && said == side.map(Side::as_str);
        if is_ours { Ok(Some(value)) } else { Err(BundleFault::Subject(leaf.seq)) }
    }
}

/// The commitments of the texts that a record names.
fn shown(record: &Value) -> Vec<String> {
    let shown = record.get("shown").and_then(Value::as_array);
    let texts = shown.into_iter().flatten().filter_map(|one| one.get("commitment")?.as_str());
    texts.map(str::to_owned).collect()
}

fn texts_of(value: Option<&Value>, field: &str) -> Vec<String> {
    let list = value.and_then(|value| value.get(field)).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
