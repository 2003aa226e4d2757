//! One introduction as its connector sees it, and the preview of its mails.

use serde::Serialize;

use super::super::{Fault, Frame};
use super::desk::NextStep;
use crate::clock::Ts;
use crate::domain::answer::Choice;
use crate::domain::asking::{Order, Purpose, Side};
use crate::domain::attention::Need;
use crate::domain::introduction::StateName;
use crate::domain::outcome::Outcome;
use crate::view::Page;
use crate::view::mails::Who;

/// The page of an introduction.
#[derive(Clone, Debug, Serialize)]
pub struct Introduction {
    pub frame: Frame,
    pub purpose: Purpose,
    pub order: Order,
    pub state: StateName,
    pub next: NextStep,
    /// What the connector is needed for: `settle-{need}` is on the button.
    pub need: Option<Need>,
    /// The same, when they put it aside.
    pub settled: Option<Need>,
    /// Two yeses were shown, and one of them was taken back; nobody says which.
    pub not_left: bool,
    pub withdrawn: bool,
    /// What retention has taken: `forgotten-{state}-{it}` says so, unless it is `all`.
    pub forgotten: &'static str,
    /// A nudge or a thank-you for each person.
    pub letters: Vec<OwnLetter>,
    pub parties: Vec<PartyRow>,
    pub shared: String,
    pub step: String,
    pub writes_first: String,
    pub outcome: Option<Outcome>,
    pub outcomes: &'static [Outcome],
    pub events: Vec<EventRow>,
    /// Why the last action was refused.
    pub faults: Vec<Fault>,
    pub can: Can,
    pub paths: IntroductionPaths,
    pub time_zone: String,
}

/// A party as the connector may see them.
#[derive(Clone, Debug, Serialize)]
pub struct PartyRow {
    pub side: Side,
    pub who: Who,
    pub email: String,
    pub asked_at: Option<Ts>,
    pub deadline: Option<Ts>,
    pub answer: Option<ShownAnswer>,
    pub undeliverable: bool,
    pub outcome: Option<Outcome>,
    /// What they wrote to the connector afterwards; may be empty.
    pub words: String,
}

/// An answer, unless it was given quietly.
#[derive(Clone, Debug, Serialize)]
pub struct ShownAnswer {
    pub choice: Choice,
    pub until: Option<Ts>,
    pub note: String,
}

/// An event: the word `event-{word}` is its sentence.
#[derive(Clone, Debug, Serialize)]
pub struct EventRow {
    pub at: Ts,
    pub word: String,
    pub who: String,
    /// A date or time in the sentence.
    pub when: Option<Ts>,
    pub number: Option<i64>,
    pub outcome: Option<Outcome>,
}

/// What the connector can do now.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a button")]
pub struct Can {
    pub edit: bool,
    pub ask_again: bool,
    pub withdraw: bool,
    pub tell: bool,
    pub copy: bool,
}

/// Where the buttons go.
#[derive(Clone, Debug, Serialize)]
pub struct IntroductionPaths {
    pub edit: String,
    pub preview: String,
    pub ask: String,
    pub ask_again: String,
    pub withdraw: String,
    pub outcome: String,
    pub delete: String,
    pub settled: String,
    pub put_back: String,
    pub copy: String,
}

/// A letter that the connector may send from their own mail program.
#[derive(Clone, Debug, Serialize)]
pub struct OwnLetter {
    pub side: Side,
    pub who: String,
    pub text: String,
    /// Opens their mail program with everything filled in.
    pub href: String,
}

impl OwnLetter {
    /// The link is a `mailto:` URI (RFC 6068): line breaks are %0D%0A.
    #[must_use]
    pub fn new(side: Side, who: &str, email: &str, subject: &str, text: String) -> Self {
        let body = text.replace('\n', "\r\n");
        let href = format!("mailto:{}?subject={}&body={}", escape(email), escape(subject), escape(&body));
        Self { side, who: who.to_owned(), text, href }
    }
}

fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&data_encoding::HEXUPPER.encode(&[byte]));
        }
        out
    })
}

/// The mails as they will be read.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    pub frame: Frame,
    pub first: String,
    pub second: String,
    pub draft: bool,
    /// Why a draft cannot be asked with now.
    pub held: Option<String>,
    pub mails: Vec<PreviewRow>,
    pub remarks: Vec<Fault>,
    pub path: String,
    pub edit: String,
    /// The first asked for it themselves, and need not be asked.
    pub on_request: bool,
    pub ask: String,
    /// Mails all of it to the connector.
    pub copy: String,
    /// What became of that: sent, or too often.
    pub copied: Option<bool>,
}

/// One mail of the preview.
#[derive(Clone, Debug, Serialize)]
pub struct PreviewRow {
    pub kind: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// Where its HTML is.
    pub html: String,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl IntroductionPaths {
    fn sample() -> Self {
        let path = || "/introductions/x/y".to_owned();
        Self {
            edit: path(),
            preview: path(),
            ask: path(),
            ask_again: path(),
            withdraw: path(),
            outcome: path(),
            delete: path(),
            settled: path(),
            put_back: path(),
            copy: path(),
        }
    }
}

impl Introduction {
    fn sample(next: NextStep) -> Self {
        let party = |side, choice| PartyRow {
            side,
            who: Who::new("Grace Hopper"),
            email: "grace@example.org".into(),
            asked_at: Some(SAMPLE_TIME),
            deadline: Some(SAMPLE_TIME),
            answer: Some(ShownAnswer { choice, until: Some(SAMPLE_TIME), note: "a note".into() }),
            undeliverable: false,
            outcome: Some(Outcome::Met),
            words: "We met.\nThank you!".into(),
        };
        let event = |word: &str| EventRow {
            at: SAMPLE_TIME,
            word: word.to_owned(),
            who: "Grace Hopper".into(),
            when: Some(SAMPLE_TIME),
            number: Some(2),
            outcome: Some(Outcome::Met),
        };
        Self {
            frame: Frame::sample(),
            purpose: Purpose::Peers,
            order: Order::Together,
            state: StateName::Asking,
            next,
            need: None,
            settled: None,
            not_left: false,
            withdrawn: false,
            forgotten: "all",
            letters: Vec::new(),
            parties: vec![party(Side::First, Choice::Yes), party(Side::Second, Choice::NotNow)],
            shared: "You both build compilers.".into(),
            step: "A call".into(),
            writes_first: "Grace Hopper".into(),
            outcome: None,
            outcomes: Outcome::ALL,
            events: EVENTS.iter().map(|word| event(word)).collect(),
            faults: vec![Fault { id: String::new(), sentence: "Not possible.".into() }],
            can: Can { edit: true, ask_again: true, withdraw: true, tell: true, copy: true },
            paths: IntroductionPaths::sample(),
            time_zone: "Europe/Berlin".into(),
        }
    }
}

/// The sentences of events.
const EVENTS: &[&str] = &[
    "drafted",
    "edited",
    "asked",
    "asked-again",
    "unasked",
    "answered-yes",
    "answered-not_now",
    "answered-no",
    "answered-never",
    "contested",
    "agreed",
    "reopened",
    "reminded",
    "introduced",
    "withdrawn",
    "closed",
    "checked_in",
    "outcome_recorded",
    "outcome_contested",
    "undeliverable",
    "blurb_edited",
];

impl Page for Introduction {
    const FILE: &'static str = "connector/introduction";

    fn samples() -> Vec<Self> {
        let mut all: Vec<Self> = NextStep::samples().into_iter().map(Self::sample).collect();
        let bare = all[0].clone();
        let party = PartyRow {
            asked_at: None,
            deadline: None,
            answer: None,
            undeliverable: true,
            outcome: None,
            words: String::new(),
            ..bare.parties[0].clone()
        };
        let silent = PartyRow {
            side: Side::Second,
            undeliverable: false,
            asked_at: Some(SAMPLE_TIME),
            deadline: Some(SAMPLE_TIME),
            ..party.clone()
        };
        all.push(Self {
            parties: vec![party, silent],
            step: String::new(),
            can: Can::default(),
            faults: Vec::new(),
            events: Vec::new(),
            ..bare.clone()
        });
        let running = Can { withdraw: true, copy: true, ..Can::default() };
        let over = Can { ask_again: true, tell: true, copy: true, ..Can::default() };
        all.extend([running, over].map(|can| Self { can, not_left: true, ..bare.clone() }));
        all.push(Self { withdrawn: true, can: Can::default(), ..bare.clone() });
        for state in [StateName::Closed, StateName::Introduced] {
            all.extend(["names", "nothing"].map(|forgotten| Self {
                state,
                forgotten,
                can: Can::default(),
                faults: Vec::new(),
                ..bare.clone()
            }));
        }
        all.extend(Need::ALL.iter().map(|need| Self { need: Some(*need), ..bare.clone() }));
        all.extend(Need::ALL.iter().map(|need| Self { settled: Some(*need), can: over, ..bare.clone() }));
        let letter = |side| {
            OwnLetter::new(side, "Grace Hopper", "grace@example.org", "Thank you", "Hello\n\nAda".into())
        };
        all.extend(Outcome::ALL.iter().map(|outcome| Self {
            outcome: Some(*outcome),
            can: over,
            letters: vec![letter(Side::Second), letter(Side::First)],
            ..bare.clone()
        }));
        all
    }
}

impl Page for Preview {
    const FILE: &'static str = "connector/preview";

    fn samples() -> Vec<Self> {
        let mail = |kind: &str| PreviewRow {
            kind: kind.to_owned(),
            to: "Grace Hopper".into(),
            subject: "Ada <> Grace".into(),
            text: "Hello".into(),
            html: "/introductions/x/preview/ask_first".into(),
        };
        let held = "20 introductions may be under way at once, and as many are.";
        let all = [
            (true, None, false),
            (true, None, true),
            (true, Some(held.to_owned()), false),
            (false, None, false),
        ];
        all.map(|(draft, held, on_request)| Self {
            frame: Frame::sample(),
            first: "Grace Hopper".into(),
            second: "Alan Turing".into(),
            draft,
            held,
            mails: ["ask_first", "ask_second", "introduction"].map(mail).to_vec(),
            remarks: if draft { vec![Fault::sample("step")] } else { Vec::new() },
            path: "/introductions/x".into(),
            edit: "/introductions/x/edit".into(),
            on_request,
            ask: "/introductions/x/ask".into(),
            copy: "/introductions/x/copy".into(),
            copied: Some(draft),
        })
        .to_vec()
    }
}
