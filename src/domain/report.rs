//! What comes back: bounces, complaints, automatic answers; and what each of them means.
//!
//! A report is believed because of an address or a link in it that only this service can make
//! ([`return_path`](super::return_path)), never because of what it says about itself.

use super::enhanced::{Concern, Status};
use super::letter::DeliveryState;
use super::message::MessageKind;
use crate::clock::{Span, Ts};

/// How long after a mail was queued its bounce still counts. Servers give up after five days or so; a bounce
/// address that leaked is worth nothing afterwards.
pub const BOUNCES_FOR: Span = Span::days(30);

/// A mail that came in, as far as it matters. Addresses in it are hearsay until their MAC is checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Where its headers say that it was sent to.
    pub sent_to: Vec<String>,
    pub content: Content,
    /// The same for the same report, however it travelled: SHA-256 of its body.
    pub digest: [u8; 32],
}

#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// A delivery status notification (RFC 3464), or one in the words of qmail or Exim.
    Status(Vec<Fate>),
    /// A feedback report (RFC 5965).
    Complaint(Complaint),
    /// An automatic answer (RFC 3834): out of office and its like.
    AutoReply,
    /// Anything else: people, advertisements, nonsense.
    Other,
}

/// What became of the mail for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    pub action: Action,
    pub status: Option<Status>,
    /// The three digits of SMTP, when the server's words begin with them.
    pub code: Option<u16>,
    /// The server's words, without addresses.
    pub words: String,
}

/// RFC 3464, 2.3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Failed,
    Delayed,
    /// Delivered, relayed or expanded: somebody has it.
    Arrived,
    /// Missing, or a word that the RFC does not know.
    Unclear,
}

/// What a feedback report is about, with what may prove that it is about a mail of ours.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Complaint {
    /// Whether it says that somebody did not want the mail. There are also reports of failed signatures, and
    /// of mail that was wanted after all.
    pub unwanted: bool,
    /// Envelope senders of the original, as reported.
    pub senders: Vec<String>,
    /// `List-Unsubscribe` links of the original.
    pub links: Vec<String>,
}

/// What a report means for a mail that was ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nobody is reached under this address.
    Unreachable(Failed),
    /// This mail did not arrive; the address may be fine.
    Undelivered(Failed),
    /// Whoever got it does not want such mail.
    Unwanted,
    Nothing(Silent),
}

/// The words of the failure that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    pub code: Option<u16>,
    pub status: Option<Status>,
    pub words: String,
}

/// Why nothing follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// Not given up yet: the sending server goes on trying.
    Delayed,
    /// It arrived, or went on to others.
    Arrived,
    AutoReply,
    /// A feedback report that is no complaint.
    OtherFeedback,
    /// No report.
    Other,
}

impl Content {
    /// What it means, if it is about a mail of ours.
    #[must_use]
    pub fn meaning(&self) -> Meaning {
        match self {
            Self::Status(fates) => of_status(fates),
            Self::Complaint(complaint) if complaint.unwanted => Meaning::Unwanted,
            Self::Complaint(_) => Meaning::Nothing(Silent::OtherFeedback),
            Self::AutoReply => Meaning::Nothing(Silent::AutoReply),
            Self::Other => Meaning::Nothing(Silent::Other),
        }
    }
}

/// Our mails have one recipient each. Several in a report are what an alias or a forward made of it: as long as
/// one of them has the mail or may get it, the address works.
fn of_status(fates: &[Fate]) -> Meaning {
    let any = |action| fates.iter().any(|fate| fate.action == action);
    let succeeded = |fate: &Fate| fate.status.is_some_and(|status| status.class == 2);
    if any(Action::Arrived) || fates.iter().any(succeeded) {
        return Meaning::Nothing(Silent::Arrived);
    }
    if any(Action::Delayed) {
        return Meaning::Nothing(Silent::Delayed);
    }
    let failed = |fate: &&Fate| fate.action == Action::Failed;
    let words = |fate: &Fate| Failed { code: fate.code, status: fate.status, words: fate.words.clone() };
    let gone = fates.iter().filter(failed).find(|fate| fate.is_about_address());
    match (gone, fates.iter().find(failed)) {
        (Some(gone), _) => Meaning::Unreachable(words(gone)),
        (None, Some(other)) => Meaning::Undelivered(words(other)),
        (None, None) => Meaning::Nothing(Silent::Other),
    }
}

impl Fate {
    /// Whether nobody is reached under the address. Without a telling enhanced code the three digits say so:
    /// 550, 551 and 553 are the refusals of a mailbox (RFC 5321, 4.2.3).
    fn is_about_address(&self) -> bool {
        match self.status {
            Some(status) if !status.is_permanent() => false,
            Some(status) => match status.concern() {
                Concern::Address => true,
                Concern::Unsaid => matches!(self.code, Some(550 | 551 | 553)),
                Concern::Mailbox | Concern::System | Concern::Policy => false,
            },
            None => matches!(self.code, Some(550 | 551 | 553)),
        }
    }
}

/// What is known of the mail that a bounce is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    pub kind: MessageKind,
    pub state: DeliveryState,
    pub attempts: i64,
    pub created_at: Ts,
}

/// What a bounce changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The delivery failed: the admin sees it with the server's words.
    pub delivery: bool,
    /// The address does not work: the connector is told.
    pub party: bool,
}

/// What follows from a bounce of this mail. A mail that never left cannot bounce, and one that left long ago
/// does not any more.
#[must_use]
pub fn bounced(meaning: &Meaning, mail: &Carried, now: Ts) -> Changes {
    let unreachable = match meaning {
        Meaning::Unreachable(_) => true,
        Meaning::Undelivered(_) => false,
        Meaning::Unwanted | Meaning::Nothing(_) => return Changes::default(),
    };
    if mail.attempts == 0 || now > mail.created_at + BOUNCES_FOR {
        return Changes::default();
    }
    Changes { delivery: true, party: unreachable && tells_the_connector(mail.kind) }
}

/// Whether a refused address may be told to the connector. A receipt or a closing note exists because somebody
/// answered: that one of them came back would tell when, also of an answer that was given quietly.
#[must_use]
pub const fn tells_the_connector(kind: MessageKind) -> bool {
    !matches!(kind, MessageKind::Receipt | MessageKind::ClosingNote)
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
