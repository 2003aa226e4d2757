//! DKIM signatures over finished bytes (RFC 6376, RFC 8301, RFC 8463).
//!
//! Own code, because lettre's signer gives signatures that do not verify when a header is folded, and loses
//! the Content-Type of a multipart mail. Relaxed canonicalisation for headers and body, and never `l=`.

use std::fmt::Write as _;

use data_encoding::BASE64;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{
    ED25519, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use sha2::{Digest, Sha256};

use crate::clock::Ts;

/// Signed when present. RFC 8058, 4 demands the two List-Unsubscribe headers.
const SIGNED: [&str; 11] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Reply-To",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
];

/// Why a key cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    #[error("the DKIM domain must be a domain name such as example.org")]
    Domain,
    #[error("the DKIM selector must be letters, digits and hyphens, in dotted words")]
    Selector,
    #[error("the DKIM key is not a private key in PEM form")]
    NotPem,
    #[error("the DKIM key is encrypted; store it without a passphrase, readable by this service only")]
    Encrypted,
    #[error("the DKIM key is an RSA key of fewer than 2048 bits; make a new one of 2048 bits")]
    TooShort,
    #[error("the DKIM key is neither a sound RSA key of 2048 to 4096 bits nor an Ed25519 key")]
    Unsuitable,
    #[error("the DKIM key made a signature that its own public half does not verify")]
    SelfTest,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// A private key with the name under which its public half is published.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

impl Signer {
    /// Reads an RSA key (PKCS#1 or PKCS#8) or an Ed25519 key (PKCS#8, with or without its public half) and
    /// proves it by one signature.
    ///
    /// # Errors
    /// A [`DkimError`], one sentence for the operator.
    pub fn from_pem(domain: &str, selector: &str, pem: &str) -> Result<Self, DkimError> {
        if !dotted(domain) || !domain.contains('.') {
            return Err(DkimError::Domain);
        }
        if !dotted(selector) {
            return Err(DkimError::Selector);
        }
        let signer = Self {
            domain: domain.to_ascii_lowercase(),
            selector: selector.to_ascii_lowercase(),
            key: read_key(pem)?,
        };
        let sample = b"From: sample";
        let signature = signer.key.sign(sample).ok_or(DkimError::SelfTest)?;
        if signer.key.verifies(sample, &signature) { Ok(signer) } else { Err(DkimError::SelfTest) }
    }

    /// The message with a `DKIM-Signature` header in front. The same message and time give the same bytes;
    /// `at` is the letter's date, not the time of the attempt.
    #[must_use]
    pub fn sign(&self, message: &[u8], at: Ts) -> Vec<u8> {
        let (headers, body) = split(message);
        let body_hash = BASE64.encode(&Sha256::digest(relaxed_body(body)));
        let (names, mut data) = signed_headers(headers);
        let mut signature = self.unsigned(&names, &body_hash, at);
        data.extend(relaxed_header("dkim-signature", signature.as_bytes()));
        let Some(bytes) = self.key.sign(&data) else {
            // Cannot happen with a key that has passed the test above; an unsigned mail still arrives.
            tracing::error!("a mail leaves without its DKIM signature");
            return message.to_vec();
        };
        for (nth, chunk) in BASE64.encode(&bytes).as_bytes().chunks(72).enumerate() {
            let fold = if nth == 0 { "" } else { "\r\n  " };
            let _ = write!(signature, "{fold}{}", String::from_utf8_lossy(chunk));
        }
        let mut signed = format!("DKIM-Signature: {signature}\r\n").into_bytes();
        signed.extend_from_slice(message);
        signed
    }

    /// The name of the TXT record: `selector._domainkey.domain`.
    #[must_use]
    pub fn dns_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The TXT record to publish under [`dns_name`](Self::dns_name). Longer than 255 octets with RSA: DNS
    /// wants it split into several strings of one record.
    #[must_use]
    pub fn dns_record(&self) -> String {
        match &self.key {
            Key::Rsa(key) => {
                format!("v=DKIM1; k=rsa; p={}", BASE64.encode(&rsa_public_key_info(key.public().as_ref())))
            }
            Key::Ed25519(key) => {
                format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(key.public_key().as_ref()))
            }
        }
    }

    /// The header's value up to `b=`, folded as it will be sent.
    fn unsigned(&self, names: &[&str], body_hash: &str, at: Ts) -> String {
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let mut list = String::new();
        let mut width = 0;
        for name in names {
            if width + name.len() > 66 {
                list.push_str("\r\n  ");
                width = 0;
            }
            list.push_str(name);
            list.push(':');
            width += name.len() + 1;
        }
        format!(
            "v=1; a={algorithm}; c=relaxed/relaxed;\r\n d={}; s={};\r\n t={};\r\n h={};\r\n bh={body_hash};\r\n b=",
            self.domain,
            self.selector,
            at.0.div_euclid(1_000_000).max(0),
            list.trim_end_matches(':'),
        )
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("name", &self.dns_name()).finish_non_exhaustive()
    }
}

impl Key {
    fn sign(&self, data: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                // PKCS#1 v1.5 signatures are deterministic; the randomness blinds the computation only.
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463, 3: what Ed25519 signs is the SHA-256 hash.
            Self::Ed25519(key) => Some(key.sign(&Sha256::digest(data)).as_ref().to_vec()),
        }
    }

    fn verifies(&self, data: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::Rsa(key) => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public().as_ref())
                .verify(data, signature),
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key.public_key().as_ref())
                .verify(&Sha256::digest(data), signature),
        };
        verified.is_ok()
    }
}

fn dotted(name: &str) -> bool {
    let word = |word: &str| {
        (1..=63).contains(&word.len())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    name.len() <= 253 && name.split('.').all(word)
}

fn read_key(pem: &str) -> Result<Key, DkimError> {
    let (label, der) = read_pem(pem)?;
    let rsa = match label {
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der),
        "PRIVATE KEY" => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
            Ok(key) => return Ok(Key::Ed25519(Box::new(key))),
            Err(_) => RsaKeyPair::from_pkcs8(&der),
        },
        _ => return Err(DkimError::NotPem),
    };
    match rsa {
        Ok(key) => Ok(Key::Rsa(Box::new(key))),
        Err(error) if error.to_string() == "TooSmall" => Err(DkimError::TooShort),
        Err(_) => Err(DkimError::Unsuitable),
    }
}

/// The first private key in a PEM text (RFC 7468).
fn read_pem(pem: &str) -> Result<(&str, Vec<u8>), DkimError> {
    if pem.contains("ENCRYPTED") {
        return Err(DkimError::Encrypted);
    }
    for block in pem.split("-----BEGIN ").skip(1) {
        let (label, rest) = block.split_once("-----").ok_or(DkimError::NotPem)?;
        if !label.ends_with("PRIVATE KEY") {
            continue;
        }
        let (content, _) = rest.split_once("-----END ").ok_or(DkimError::NotPem)?;
        let content: String = content.split_whitespace().collect();
        let der = BASE64.decode(content.as_bytes()).map_err(|_| DkimError::NotPem)?;
        return Ok((label, der));
    }
    Err(DkimError::NotPem)
}

/// Headers without the empty line, and the body.
fn split(message: &[u8]) -> (&[u8], &[u8]) {
    match message.windows(4).position(|four| four == b"\r\n\r\n") {
        Some(end) => (&message[..end + 2], &message[end + 4..]),
        None => (message, &[]),
    }
}

/// The names for `h=` and the canonical form of those headers, in that order. From is named once more than
/// it occurs, so that a second one added on the way breaks the signature (RFC 6376, 8.15).
fn signed_headers(headers: &[u8]) -> (Vec<&'static str>, Vec<u8>) {
    let fields = fields(headers);
    let mut names = vec!["From"];
    let mut data = Vec::new();
    for name in SIGNED {
        // Several of one name are taken from the bottom up (RFC 6376, 5.4.2).
        for (_, value) in fields.iter().rev().filter(|(field, _)| field.eq_ignore_ascii_case(name.as_bytes()))
        {
            names.push(name);
            data.extend(relaxed_header(&name.to_ascii_lowercase(), value));
            data.extend_from_slice(b"\r\n");
        }
    }
    (names, data)
}

/// Name and value of every header, the value with its folds.
fn fields(headers: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut fields = Vec::new();
    let mut start = 0;
    for end in (0..headers.len()).filter(|at| headers[*at] == b'\n') {
        let folded = headers.get(end + 1).is_some_and(|next| matches!(next, b' ' | b'\t'));
        if folded {
            continue;
        }
        let field = &headers[start..=end];
        if let Some(colon) = field.iter().position(|b| *b == b':') {
            fields.push((field[..colon].trim_ascii(), &field[colon + 1..]));
        }
        start = end + 1;
    }
    fields
}

/// RFC 6376, 3.4.2, without the CRLF at the end.
fn relaxed_header(name: &str, value: &[u8]) -> Vec<u8> {
    let mut out = name.as_bytes().to_vec();
    out.push(b':');
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    for (nth, word) in words.enumerate() {
        if nth > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    out
}

/// RFC 6376, 3.4.4.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut empty_lines = 0;
    for line in body.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut canonical = Vec::with_capacity(line.len());
        for byte in line {
            let blank = matches!(byte, b' ' | b'\t');
            if !blank {
                canonical.push(*byte);
            } else if canonical.last() != Some(&b' ') {
                canonical.push(b' ');
            }
        }
        if canonical.last() == Some(&b' ') {
            canonical.pop();
        }
        if canonical.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty_lines) {
            out.extend_from_slice(b"\r\n");
        }
        out.extend(canonical);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// ring gives the bare `RSAPublicKey`; verifiers expect it inside a `SubjectPublicKeyInfo` (RFC 6376, erratum
/// 3017; RFC 3279, 2.3.1).
fn rsa_public_key_info(key: &[u8]) -> Vec<u8> {
    const ALGORITHM: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let mut bits = vec![0];
    bits.extend_from_slice(key);
    let mut info = ALGORITHM.to_vec();
    info.extend(der(0x03, &bits));
    der(0x30, &info)
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.iter().copied().skip_while(|b| *b == 0).collect();
    let mut out = vec![tag];
    match significant.as_slice() {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests;
