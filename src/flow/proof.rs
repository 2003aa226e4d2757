//! Reading the chain: verifying all of it, and the evidence of one introduction as a document.

use sha2::{Digest, Sha256};

use super::Cx;
use crate::domain::audit::bundle::{Bundle, ConsentProof, FORMAT, Opened, Proof, Text};
use crate::domain::audit::chain::{Report, Verifier};
use crate::domain::audit::note::{Checkpoint, Signer};
use crate::domain::audit::{Hash, Kind, hex, merkle};
use crate::domain::consent::Shown;
use crate::ids::IntroductionId;
use crate::store::audit::{self, EntryId, Sealed};
use crate::store::evidence::{self, Consent};
use crate::store::{StoreError, Tx};

/// Leaves read at once.
const PAGE: i64 = 1000;

/// Verifies every leaf, every payload that is there, and every checkpoint that is handed in.
pub async fn verify(cx: &Cx, checkpoints: Vec<Checkpoint>) -> Result<Report, StoreError> {
    let mut tx = cx.db.read().await?;
    let head = audit::head(&mut tx).await?;
    let size = head.frontier.size();
    let mut verifier = Verifier::new(checkpoints);
    let mut from = 0;
    loop {
        let page = audit::sealed(&mut tx, from, PAGE).await?;
        let Some(last) = page.last() else { break };
        from = last.leaf.seq.saturating_add(1);
        for one in &page {
            // Beyond the head: sealed meanwhile, or put there by somebody else. The head now tells which.
            if one.leaf.seq >= size && audit::head(&mut tx).await?.frontier.size() > size {
                break;
            }
            verifier.leaf(&one.leaf, one.hash, one.payload.as_ref());
        }
    }
    Ok(verifier.end(Some((size, head.hash))))
}

/// The evidence of one introduction, with a checkpoint over the chain as it is now; `None` when there is none.
/// Seal before, so that what was queued is in the chain.
pub async fn bundle(cx: &Cx, signer: &Signer, id: IntroductionId) -> Result<Option<Bundle>, StoreError> {
    let origin = signer.public().name.as_str();
    let checkpoint = super::sealing::now(cx, origin).await?;
    let mut tx = cx.db.read().await?;
    let leaves = leaves(&mut tx, checkpoint.size).await?;
    let consents = evidence::consents(&mut tx, id).await?;
    let texts = evidence::texts(&mut tx, id).await?;
    let mut proofs = Vec::new();
    for consent in &consents {
        let shown = texts.iter().filter(|(side, _)| *side == consent.side).map(|(_, text)| text);
        proofs.extend(prove_consent(&mut tx, &leaves, consent, shown).await?);
    }
    let mut introduced = None;
    for entry in audit::about(&mut tx, id, Kind::Introduced.as_str()).await? {
        introduced = prove(&mut tx, &leaves, entry).await?;
    }
    let bundle = Bundle {
        format: FORMAT.to_owned(),
        introduction: id.to_string(),
        key: signer.public().to_string(),
        checkpoint: signer.sign(&checkpoint),
        consents: proofs,
        introduced,
    };
    Ok((!bundle.consents.is_empty() || bundle.introduced.is_some()).then_some(bundle))
}

async fn leaves(tx: &mut Tx, size: u64) -> Result<Vec<Hash>, StoreError> {
    let mut all = Vec::new();
    let mut from = 0;
    while from < size {
        let page = audit::hashes(tx, from, PAGE).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
        from = all.len() as u64;
    }
    all.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    Ok(all)
}

async fn prove_consent<'a>(
    tx: &mut Tx,
    leaves: &[Hash],
    consent: &Consent,
    shown: impl Iterator<Item = &'a Shown>,
) -> Result<Option<ConsentProof>, StoreError> {
    let Some(given) = prove(tx, leaves, consent.entry).await? else { return Ok(None) };
    let withdrawal = match consent.ended_entry {
        Some(entry) => prove(tx, leaves, entry).await?,
        None => None,
    };
    // The texts that this very consent names; a renewed one has a page of its own.
    let record = given.payload.as_ref().map(|opened| opened.text.as_str()).unwrap_or_default();
    let texts = shown.filter(|text| record.contains(&hex::text(&text.commitment()))).map(text).collect();
    let ended = consent.ended.map(|(ended, _)| ended.as_str().to_owned());
    Ok(Some(ConsentProof { side: consent.side, given, texts, ended, withdrawal }))
}

fn text(of: &Shown) -> Text {
    Text {
        kind: of.kind.as_str().to_owned(),
        at: of.at,
        salt: of.salt,
        body: of.body.clone(),
        sha256: Sha256::digest(of.body.as_bytes()).into(),
    }
}

/// `None` while it is not under the checkpoint.
async fn prove(tx: &mut Tx, leaves: &[Hash], entry: EntryId) -> Result<Option<Proof>, StoreError> {
    let Some(Sealed { leaf, payload, .. }) = audit::by_entry(tx, entry).await? else { return Ok(None) };
    let index = usize::try_from(leaf.seq).unwrap_or(usize::MAX);
    if index >= leaves.len() {
        return Ok(None);
    }
    let path = merkle::path(leaves, index).iter().map(hex::text).collect();
    let payload = payload.map(|payload| Opened { salt: payload.salt, text: payload.text });
    Ok(Some(Proof { leaf, path, payload }))
}
