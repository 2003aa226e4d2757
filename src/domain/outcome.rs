//! What came of an introduction.

use serde::{Deserialize, Serialize};

/// The answers to "what came of it?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Met,
    Scheduled,
    NoReply,
    NotAFit,
    /// Got the job.
    Landed,
}

super::text_enum!(Outcome {
    Met = "met",
    Scheduled = "scheduled",
    NoReply = "no_reply",
    NotAFit = "not_a_fit",
    Landed = "landed",
});

impl Outcome {
    /// Nothing more to ask after this.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::NotAFit | Self::Landed => true,
            Self::Met | Self::Scheduled | Self::NoReply => false,
        }
    }

    /// A thank-you is owed after this.
    #[must_use]
    pub const fn deserves_thanks(self) -> bool {
        match self {
            Self::Met | Self::Landed => true,
            Self::Scheduled | Self::NoReply | Self::NotAFit => false,
        }
    }
}
