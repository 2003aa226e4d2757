//! Checkpoints as signed notes, in the text forms of C2SP (`signed-note`, `tlog-checkpoint`): three lines or
//! more of text, an empty line, and a signature by Ed25519.

use data_encoding::BASE64;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use super::Hash;

/// What the chain was at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which chain it is: the host of the service and `/audit`.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
    /// When it was signed, as RFC 3339 in UTC; by the clock of the service.
    pub at: String,
}

/// Why a note is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    #[error("this is not a checkpoint: it needs an origin, a size, a root and a signature")]
    Form,
    #[error("this is not a key such as NAME+01234567+BASE64")]
    Key,
    #[error("the checkpoint is not signed by this key")]
    Signature,
    #[error("the checkpoint is of another chain than this key")]
    Origin,
}

/// The public half of the key, with the name that it signs under. Keep a copy elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    pub name: String,
    pub key: [u8; 32],
}

/// Signs checkpoints. Holds a secret, hence no `Debug`.
pub struct Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

/// The algorithm's number in keys and key ids: Ed25519.
const ED25519_NOTE: u8 = 1;

impl Signer {
    /// `None` only when the library refuses the seed, which it takes of any value.
    #[must_use]
    pub fn new(name: &str, seed: &[u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let key = pair.public_key().as_ref().try_into().ok()?;
        Some(Self { pair, public: PublicKey { name: name.to_owned(), key } })
    }

    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The note.
    #[must_use]
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let body = checkpoint.body();
        let mut signed = self.public.id().to_vec();
        signed.extend(self.pair.sign(body.as_bytes()).as_ref());
        format!("{body}\n\u{2014} {} {}\n", self.public.name, BASE64.encode(&signed))
    }
}

impl PublicKey {
    fn id(&self) -> [u8; 4] {
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update([b'\n', ED25519_NOTE]);
        hash.update(self.key);
        let hash: Hash = hash.finalize().into();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// Reads `NAME+ID+KEY`.
    ///
    /// # Errors
    /// [`NoteFault::Key`] when it has another form, or its id is not its own.
    pub fn parse(text: &str) -> Result<Self, NoteFault> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteFault::Key);
        };
        let key = BASE64.decode(key.as_bytes()).map_err(|_| NoteFault::Key)?;
        let (Some(&ED25519_NOTE), Ok(key)) = (key.first(), key.get(1..).unwrap_or_default().try_into())
        else {
            return Err(NoteFault::Key);
        };
        let parsed = Self { name: name.to_owned(), key };
        let is_own = !name.is_empty() && data_encoding::HEXLOWER.encode(&parsed.id()) == id;
        is_own.then_some(parsed).ok_or(NoteFault::Key)
    }

    /// Opens a note that this key signed.
    ///
    /// # Errors
    /// What keeps it from being believed.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteFault> {
        let (body, signatures) = note.split_once("\n\n").ok_or(NoteFault::Form)?;
        let body = format!("{body}\n");
        let checkpoint = Checkpoint::parse(&body)?;
        let key = UnparsedPublicKey::new(&ED25519, self.key);
        let good = signatures.lines().any(|line| {
            let signed = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' '));
            let Some((name, signature)) = signed else { return false };
            let Ok(signature) = BASE64.decode(signature.as_bytes()) else { return false };
            let Some(signature) = signature.strip_prefix(self.id().as_slice()) else { return false };
            name == self.name && key.verify(body.as_bytes(), signature).is_ok()
        });
        match (good, checkpoint.origin == self.name) {
            (false, _) => Err(NoteFault::Signature),
            (true, false) => Err(NoteFault::Origin),
            (true, true) => Ok(checkpoint),
        }
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let id = data_encoding::HEXLOWER.encode(&self.id());
        let mut key = vec![ED25519_NOTE];
        key.extend(self.key);
        write!(f, "{}+{id}+{}", self.name, BASE64.encode(&key))
    }
}

impl Checkpoint {
    fn body(&self) -> String {
        format!("{}\n{}\n{}\nat {}\n", self.origin, self.size, BASE64.encode(&self.root), self.at)
    }

    fn parse(body: &str) -> Result<Self, NoteFault> {
        let mut lines = body.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(NoteFault::Form);
        };
        let size = size.parse().map_err(|_| NoteFault::Form)?;
        let root = BASE64.decode(root.as_bytes()).map_err(|_| NoteFault::Form)?;
        let root = root.try_into().map_err(|_| NoteFault::Form)?;
        let at = lines.find_map(|line| line.strip_prefix("at ")).unwrap_or_default().to_owned();
        if origin.is_empty() {
            return Err(NoteFault::Form);
        }
        Ok(Self { origin: origin.to_owned(), size, root, at })
    }
}
