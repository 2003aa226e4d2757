//! The audit chain: what happened, as commitments that prove nothing to whoever lacks the payload.
//!
//! A leaf holds a time, a kind and a commitment. The payload behind it, with its salt, lies beside the chain
//! and can be destroyed: the leaf, and every checkpoint over it, stay good. `docs/EVIDENCE.md` has the
//! encoding byte by byte, `tests/vectors/audit.json` has vectors of it that another program computed.

pub mod bundle;
pub mod canonical;
pub mod chain;
pub mod merkle;
pub mod note;

use hmac::Mac;
use sha2::{Digest, Sha256};

use super::asking::Side;
use crate::clock::Ts;
use crate::ids::{IntroductionId, hmac_sha256};

/// SHA-256, or HMAC-SHA-256.
pub type Hash = [u8; 32];

/// What the first leaf names as the one before it.
pub const NOTHING: Hash = [0; 32];

/// What a leaf is about. Never who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The chain begins, or its signing key changed.
    Epoch,
    ConsentGiven,
    ConsentWithdrawn,
    Introduced,
    /// Every ending that is not an introduction, written when it closes.
    Closed,
    SuppressionAdded,
    SuppressionLifted,
    /// Payloads were destroyed; names their commitments.
    Erased,
    AdminAct,
    KeyRotated,
    Restored,
}

super::text_enum!(Kind {
    Epoch = "epoch",
    ConsentGiven = "consent_given",
    ConsentWithdrawn = "consent_withdrawn",
    Introduced = "introduced",
    Closed = "closed",
    SuppressionAdded = "suppression_added",
    SuppressionLifted = "suppression_lifted",
    Erased = "erased",
    AdminAct = "admin_act",
    KeyRotated = "key_rotated",
    Restored = "restored",
});

/// Something to be put into the chain, with what may be destroyed later.
#[derive(Clone)]
pub struct Entry {
    pub at: Ts,
    pub kind: Kind,
    /// Whose payload it is: erasing them destroys it.
    pub introduction: Option<IntroductionId>,
    pub side: Option<Side>,
    pub salt: Hash,
    /// [`canonical::encode`]d: the very bytes that are committed to.
    pub payload: String,
}

impl Entry {
    #[must_use]
    pub fn commitment(&self) -> Hash {
        commit(&self.salt, &self.payload)
    }
}

/// A sealed place in the chain. The kind is a word, so that one that was tampered with can be looked at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Leaf {
    pub seq: u64,
    pub at: Ts,
    pub kind: String,
    #[serde(with = "hex")]
    pub commitment: Hash,
    #[serde(with = "hex")]
    pub prev: Hash,
}

impl Leaf {
    /// The hash of the leaf: RFC 6962's leaf hash (2.1) of its encoding.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Sha256::new().chain_update([0]).chain_update(self.encode()).finalize().into()
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = b"twoyes audit leaf v1\n".to_vec();
        out.extend(self.seq.to_be_bytes());
        out.extend(self.at.0.to_be_bytes());
        // Words of kinds are short; one that is not ends in another hash all the same.
        out.push(u8::try_from(self.kind.len()).unwrap_or(u8::MAX));
        out.extend(self.kind.as_bytes());
        out.extend(self.commitment);
        out.extend(self.prev);
        out
    }
}

/// The commitment to a payload. Without the salt, which lies beside the payload and goes with it, no guess
/// can be tried.
#[must_use]
pub fn commit(salt: &Hash, payload: &str) -> Hash {
    let mut mac = hmac_sha256(salt);
    mac.update(b"twoyes audit payload v1\n");
    mac.update(payload.as_bytes());
    mac.finalize().into_bytes().into()
}

/// The commitment to a text that somebody was shown.
#[must_use]
pub fn commit_text(salt: &Hash, kind: &str, body: &str) -> Hash {
    let mut mac = hmac_sha256(salt);
    mac.update(b"twoyes shown text v1\n");
    mac.update(kind.as_bytes());
    mac.update(b"\n");
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Hashes as lower-case hexadecimal in documents.
pub mod hex {
    use data_encoding::HEXLOWER;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::Hash;

    pub fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&HEXLOWER.encode(hash))
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(from)?;
        parse(&text).ok_or_else(|| D::Error::custom("not 32 bytes in lower-case hexadecimal"))
    }

    /// `None` when it is not 32 bytes in hexadecimal.
    #[must_use]
    pub fn parse(text: &str) -> Option<Hash> {
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
    }

    #[must_use]
    pub fn text(hash: &Hash) -> String {
        HEXLOWER.encode(hash)
    }
}
