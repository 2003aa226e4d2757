//! Reports that are damaged in every way: they are read without a fault, and none is believed whose proof is not
//! whole.

use twoyes::clock::Ts;
use twoyes::domain::link::{Claims, KeyState, LinkRing, NEVER, Purpose};
use twoyes::domain::report::{Content, Incoming, Meaning};
use twoyes::domain::return_path::BounceAddress;
use twoyes::ids::{DeliveryId, LinkRef};
use twoyes::mail::report;

use crate::inbound_shelf::{Shape, shapes};
use crate::support::dice::Dice;

const ORIGIN: &str = "https://twoyes.example";
const NOW: Ts = Ts(1_772_442_000_000_000);
const DELIVERY: DeliveryId = DeliveryId(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));

/// What a report proves: deliveries by return path, parties by stop link.
type Proof<'a> = dyn Fn(&str) -> bool + 'a;

struct Play {
    ring: LinkRing,
    shapes: Vec<Shape>,
    return_token: String,
    stop_token: String,
}

impl Play {
    fn new() -> Self {
        let ring = LinkRing::new(ORIGIN, &[(1, KeyState::Active, [7; 32])]);
        let claims =
            Claims { purpose: Purpose::Stop, generation: 1, expires: NEVER, reference: LinkRef([3; 16]) };
        let return_token = ring.mint_return(1, DELIVERY).unwrap();
        let stop_token = ring.mint(1, &claims).unwrap();
        Self { ring, shapes: shapes(), return_token, stop_token }
    }

    /// One of the collection with both proofs in it, in pieces or whole.
    fn damaged(&self, dice: &mut Dice) -> Vec<u8> {
        let shape = &self.shapes[dice.below(self.shapes.len())];
        let tokens = [self.return_token.as_str(), self.stop_token.as_str()];
        // Half of the time the tokens themselves are what somebody bends.
        let [token, stop] =
            tokens.map(|token| if dice.below(2) == 0 { bent(token, dice) } else { token.to_owned() });
        let sender = BounceAddress::parse("bounces@twoyes.example").unwrap().with(&token);
        let mut mail = shape.about(&sender, &format!("{ORIGIN}/stop/{stop}")).into_bytes();
        for _ in 0..dice.below(4) {
            let other = &self.shapes[dice.below(self.shapes.len())];
            damage(&mut mail, other, dice);
        }
        mail
    }

    fn proves(&self, text: &str) -> bool {
        self.ring.verify_return(text).is_some()
            || self.ring.verify(Purpose::Stop, text.rsplit('/').next().unwrap_or_default(), NOW).is_ok()
    }

    /// Whether a mail that holds neither token whole is taken for one about a mail of ours, with a consequence.
    fn is_fooled(&self, mail: &[u8], proof: &Proof<'_>) -> bool {
        let read = report::read(mail);
        let consequence = !matches!(read.content.meaning(), Meaning::Nothing(_));
        let text = String::from_utf8_lossy(mail).to_lowercase();
        let whole = [&self.return_token, &self.stop_token].iter().any(|token| text.contains(token.as_str()));
        consequence && !whole && claims(&read).iter().any(|claim| proof(claim))
    }
}

/// Everything in a mail that could be a proof.
fn claims(read: &Incoming) -> Vec<String> {
    let mut all = read.sent_to.clone();
    if let Content::Complaint(complaint) = &read.content {
        all.extend(complaint.senders.iter().chain(&complaint.links).cloned());
    }
    all
}

/// Another letter at some place.
fn bent(token: &str, dice: &mut Dice) -> String {
    let mut bytes = token.as_bytes().to_vec();
    let at = dice.below(bytes.len());
    let letters = b"0123456789abcdefghjkmnpqrstvwxyz";
    let old = bytes[at];
    while bytes[at] == old {
        bytes[at] = letters[dice.below(letters.len())];
    }
    String::from_utf8(bytes).unwrap()
}

/// One of the accidents that happen to a mail, or that somebody makes happen.
fn damage(mail: &mut Vec<u8>, other: &Shape, dice: &mut Dice) {
    if mail.is_empty() {
        return;
    }
    let at = dice.below(mail.len());
    let end = (at + 1 + dice.below(200)).min(mail.len());
    match dice.below(8) {
        0 => mail[at] ^= 1 << dice.below(8),
        1 => drop(mail.drain(at..end)),
        2 => mail.truncate(at),
        3 => {
            let piece = mail[at..end].to_vec();
            mail.splice(at..at, piece);
        }
        4 => drop(mail.splice(at..at, *b"\r\n\r\n")),
        5 => {
            let text = other.about("x@example.org", "https://example.org/x").into_bytes();
            let from = dice.below(text.len());
            mail.splice(at..at, text[from..].iter().copied());
        }
        6 => mail[at..end].reverse(),
        _ => mail[at] = 0,
    }
}

fn try_all(many: usize) {
    let play = Play::new();
    let mut dice = Dice::new(20);
    let mut weighty = 0;
    for nth in 0..many {
        let mail = play.damaged(&mut dice);
        assert!(!play.is_fooled(&mail, &|claim| play.proves(claim)), "number {nth} is believed");
        weighty += usize::from(!matches!(report::read(&mail).content.meaning(), Meaning::Nothing(_)));
    }
    assert!(weighty > many / 10, "most damage would leave nothing to believe");
    println!(
        "figure: inbound: {many} damaged reports, {weighty} of them with a consequence if they were ours, 0 believed"
    );
}

#[test]
fn no_damaged_report_is_believed() {
    try_all(20_000);
}

#[test]
#[ignore = "long: tests/nightly runs it"]
fn nightly_none_of_a_million_damaged_reports_is_believed() {
    try_all(1_000_000);
}

/// The broken variant: whatever looks like a return path is believed, its MAC is not looked at.
#[test]
fn a_proof_without_its_mac_is_found_out() {
    let play = Play::new();
    let mut dice = Dice::new(20);
    let believing = |claim: &str| claim.starts_with("bounces+");
    let found = (0..1_000).position(|_| play.is_fooled(&play.damaged(&mut dice), &believing));
    println!("figure: inbound: a proof without its MAC is found out after {} reports", found.unwrap() + 1);
}
