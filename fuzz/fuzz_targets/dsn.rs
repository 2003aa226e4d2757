//! Mail that comes in: whatever it is, it is read, its words are short and hold no address, and it proves nothing,
//! for nobody without the key can make a proof.
#![no_main]

use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use twoyes::clock::Ts;
use twoyes::domain::link::{KeyState, LinkRing, Purpose};
use twoyes::domain::report::{Content, Meaning};
use twoyes::mail::report;
use twoyes_fuzz::planted;

/// In the form of a return path of ours, and with a tag that is not.
const FORGED: &str = "bounces+0400000000000000000000000000000000000000000000z0@twoyes.example";

/// Planted: believes an address for its form.
fn proves(ring: &LinkRing, claim: &str) -> bool {
    let token = claim.rsplit('/').next().unwrap_or_default();
    ring.verify_return(claim).is_some()
        || ring.verify(Purpose::Stop, token, Ts(0)).is_ok()
        || (planted() && claim == FORGED)
}

/// The engine ends the process at any panic, also at one of the parser, which `read` survives.
fn let_panics_be_caught() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(std::panic::take_hook()));
}

fuzz_target!(|data: &[u8]| {
    let_panics_be_caught();
    let ring = LinkRing::new("https://twoyes.example", &[(1, KeyState::Active, [7; 32])]);
    let mail = String::from_utf8_lossy(data).replace("{{sender}}", FORGED).replace('\n', "\r\n");
    let read = report::read(mail.as_bytes());
    let mut claims = read.sent_to.clone();
    assert!(claims.len() <= 64);
    match &read.content {
        Content::Status(fates) => {
            for fate in fates {
                assert!(
                    fate.words.chars().count() <= 300 && !fate.words.contains(char::is_control),
                    "{fate:?}"
                );
            }
        }
        Content::Complaint(complaint) => {
            claims.extend(complaint.senders.iter().chain(&complaint.links).cloned())
        }
        Content::AutoReply | Content::Other => {}
    }
    let weighty = !matches!(read.content.meaning(), Meaning::Nothing(_));
    assert!(!weighty || !claims.iter().any(|claim| proves(&ring, claim)), "a forged report is believed");
});
