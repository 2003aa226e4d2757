//! Introductions and what is recorded about them.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::audit::bundle::{Bundle, ConsentProof, Proven};
use twoyes::domain::audit::chain::Report;
use twoyes::domain::audit::note::{Checkpoint, Signer};
use twoyes::flow::{Cx, evidence, proof, sealing};
use twoyes::ids::IntroductionId;
use twoyes::store::audit;

use crate::support::world::{ADA, BASE, GRACE, Mail, World, only};

pub fn signer() -> Signer {
    Signer::new("localhost/audit", &[7; 32]).unwrap()
}

/// The document of an introduction, and what it proves with our key.
pub async fn proven(cx: &Cx, id: &str) -> Option<(Bundle, Proven)> {
    sealing::seal(cx).await.unwrap();
    let signer = signer();
    let bundle = proof::bundle(cx, &signer, id.parse().unwrap()).await.unwrap()?;
    let proven = bundle.verify(signer.public()).unwrap();
    Some((bundle, proven))
}

/// A checkpoint of everything up to now.
pub async fn noted(cx: &Cx) -> Checkpoint {
    sealing::seal(cx).await.unwrap();
    sealing::now(cx, "localhost/audit").await.unwrap()
}

#[track_caller]
pub fn good(report: &Report) {
    assert!(report.is_good(), "{:?}", report.faults);
}

/// Kind and time of everything in the chain, in its order.
pub async fn chain(cx: &Cx) -> Vec<(String, i64)> {
    sealing::seal(cx).await.unwrap();
    let all = audit::sealed(&mut cx.db.read().await.unwrap(), 0, 9_999).await.unwrap();
    all.iter().map(|one| (one.leaf.kind.clone(), one.leaf.at.0)).collect()
}

pub async fn forget(cx: &Cx, id: &str, side: Side) -> u64 {
    let (shared, id, now) = (cx.clone(), id.parse::<IntroductionId>().unwrap(), cx.now());
    let unit = cx.db.write(move |tx| {
        let cx = shared.clone();
        Box::pin(async move { evidence::forget(tx, &cx, id, side, now).await })
    });
    unit.await.unwrap()
}

/// Both asked and both agreed; the mails that asked, first side first. It leaves after the hold.
pub async fn agreed(world: &World, id: &str) -> (Mail, Mail) {
    let first = only(&world.ask(id).await, ADA).clone();
    let second = only(&world.first_yes(&first.answer_link()).await, GRACE).clone();
    world.yes(&second.answer_link()).await;
    (first, second)
}

/// The same, and it left.
pub async fn introduced(world: &World, id: &str) -> (Mail, Mail) {
    let mails = agreed(world, id).await;
    world.pass(Span::minutes(11)).await;
    assert_eq!(world.state(id).await, "introduced");
    mails
}

/// A mail as it came, written as the record writes it: words where a link stood.
pub fn as_recorded(mail: &Mail) -> String {
    let mut out = Vec::new();
    for line in mail.decoded.text.replace("\r\n", "\n").lines() {
        let link = line.find(BASE).map(|at| (at, &line[at + BASE.len()..]));
        let name = match link {
            Some((_, path)) if path.starts_with("/c/") => "answer",
            Some((_, path)) if path.starts_with("/stop/") => "stop",
            Some((_, path)) if path.starts_with("/you/") => "manage",
            _ => {
                out.push(line.to_owned());
                continue;
            }
        };
        let (at, path) = link.unwrap();
        // What stands behind the 64 characters of the token.
        let token = path.splitn(3, '/').nth(2).unwrap();
        let rest = &token[64..];
        out.push(format!("{}{{{name} link}}{rest}", &line[..at]));
    }
    format!("{}\n\n{}", mail.decoded.subject, out.join("\n"))
}

pub fn consent_of(bundle: &Bundle, side: Side) -> &ConsentProof {
    bundle.consents.iter().find(|one| one.side == side).unwrap()
}
