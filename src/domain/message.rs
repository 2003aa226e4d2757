//! Which mails exist and which key makes each of them leave once.

use super::asking::Side;
use super::introduction::Introduction;

/// The kinds of mail, as the database and the metrics name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageKind {
    AskFirst,
    AskSecond,
    Reminder,
    Receipt,
    Introduction,
    ConnectorCopy,
    ClosingNote,
    CheckIn,
    SignIn,
    /// Confirms a new address.
    AddressChange,
    /// Tells the old address.
    AddressChanged,
    /// What the parties would read, to the connector first.
    CopyFirst,
    /// An admin invites somebody to be a connector.
    Invitation,
    /// Proves that a new address of an account is its owner's.
    ConfirmAddress,
    /// Tells the old address of an account that there is a new one.
    AccountMoved,
    /// The last mail to somebody who was erased.
    Erased,
    /// Asks a contact whether their card is right.
    CardAsk,
    /// Asks a recruiter whether they may be passed on.
    PassAsk,
    /// Recruiters who agreed, to somebody who looks for work.
    RecruiterList,
    /// Confirms the address of somebody who asks for an introduction.
    RequestConfirm,
    /// The week's suggestions, to a connector who asked for them.
    Weekly,
    Test,
}

super::text_enum!(MessageKind {
    AskFirst = "ask_first",
    AskSecond = "ask_second",
    Reminder = "reminder",
    Receipt = "receipt",
    Introduction = "introduction",
    ConnectorCopy = "connector_copy",
    ClosingNote = "closing_note",
    CheckIn = "check_in",
    SignIn = "sign_in",
    AddressChange = "address_change",
    AddressChanged = "address_changed",
    CopyFirst = "copy_first",
    Invitation = "invitation",
    ConfirmAddress = "confirm_address",
    AccountMoved = "account_moved",
    Erased = "erased",
    CardAsk = "card_ask",
    PassAsk = "pass_ask",
    RecruiterList = "recruiter_list",
    RequestConfirm = "request_confirm",
    Weekly = "weekly",
    Test = "test",
});

/// What an admin is told of a kind: which of the two was asked, and what they answered, is between the
/// people and their connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Asks and reminders, of either side.
    Ask,
    /// Receipts and closing notes: that one left tells that somebody answered.
    Answer,
    /// The introduction and what follows it.
    Introduction,
    /// Mails outside any introduction: about the service itself, and about contacts' own cards.
    Service,
}

super::text_enum!(Family {
    Ask = "ask",
    Answer = "answer",
    Introduction = "introduction",
    Service = "service",
});

impl MessageKind {
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::AskFirst | Self::AskSecond | Self::Reminder => Family::Ask,
            Self::Receipt | Self::ClosingNote => Family::Answer,
            Self::Introduction | Self::ConnectorCopy | Self::CheckIn => Family::Introduction,
            Self::SignIn
            | Self::CopyFirst
            | Self::Invitation
            | Self::ConfirmAddress
            | Self::AccountMoved
            | Self::AddressChange
            | Self::AddressChanged
            | Self::Erased
            | Self::CardAsk
            | Self::PassAsk
            | Self::RecruiterList
            | Self::RequestConfirm
            | Self::Weekly
            | Self::Test => Family::Service,
        }
    }

    /// Whether a connector has it sent to somebody outside any introduction.
    #[must_use]
    pub const fn is_by_a_connector(self) -> bool {
        matches!(self, Self::CardAsk | Self::PassAsk | Self::RecruiterList)
    }
}

/// A mail that a step wants to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    Ask(Side),
    Reminder(Side),
    /// After every recorded answer, with the way back.
    Receipt(Side),
    /// To both parties.
    Introduction,
    ConnectorCopy,
    ClosingNote(Side),
    CheckIn(Side, u32),
}

impl Mail {
    #[must_use]
    pub const fn kind(self) -> MessageKind {
        match self {
            Self::Ask(Side::First) => MessageKind::AskFirst,
            Self::Ask(Side::Second) => MessageKind::AskSecond,
            Self::Reminder(_) => MessageKind::Reminder,
            Self::Receipt(_) => MessageKind::Receipt,
            Self::Introduction => MessageKind::Introduction,
            Self::ConnectorCopy => MessageKind::ConnectorCopy,
            Self::ClosingNote(_) => MessageKind::ClosingNote,
            Self::CheckIn(..) => MessageKind::CheckIn,
        }
    }

    /// The side it goes to; `None` when it goes to both or to the connector.
    #[must_use]
    pub const fn side(self) -> Option<Side> {
        match self {
            Self::Ask(side)
            | Self::Reminder(side)
            | Self::Receipt(side)
            | Self::ClosingNote(side)
            | Self::CheckIn(side, _) => Some(side),
            Self::Introduction | Self::ConnectorCopy => None,
        }
    }

    /// The unique key: the same event makes the same key, so twice is once. An ask that was taken back
    /// unsent may be asked again, hence the time of asking in its key.
    #[must_use]
    pub fn key(self, introduction: &Introduction) -> String {
        let (id, round) = (introduction.id, introduction.round);
        match self {
            Self::Introduction => format!("introduction/{id}"),
            Self::ConnectorCopy => format!("connector_copy/{id}"),
            Self::Ask(side) => {
                let at = introduction.parties.get(side).asked.map_or(0, |asked| asked.at.0);
                format!("ask/{id}/{round}/{}/{at}", side.as_str())
            }
            Self::Reminder(side) => format!("reminder/{id}/{round}/{}", side.as_str()),
            Self::Receipt(side) => {
                let nth = introduction.parties.get(side).answers;
                format!("receipt/{id}/{round}/{}/{nth}", side.as_str())
            }
            Self::ClosingNote(side) => format!("closing_note/{id}/{round}/{}", side.as_str()),
            Self::CheckIn(side, days) => format!("check_in/{id}/{}/{days}", side.as_str()),
        }
    }
}
