//! The pages. One struct per page, each family in a file of its own below this module.

mod admin;
mod answer;
mod composer;
mod desk;
mod error;
mod frame;
mod introduction;
mod mailbox;
mod sign_in;

pub use admin::{Deliveries, DeliveryLine, Ending, OutcomeLine, Outcomes};
pub use answer::{Answer, Answered, CheckIn, CheckInDone, GivenAnswer, Stop, Told};
pub use composer::{Composer, FIELDS};
pub use desk::{Desk, NextStep, Row};
pub use error::{Error, Next};
pub use frame::{Fault, Frame, Paths, STYLE, User, style_href};
pub use introduction::{
    Can, EventRow, Introduction, IntroductionPaths, PartyRow, Preview, PreviewRow, ShownAnswer,
};
pub use mailbox::{MailRow, Mailbox, OneMail, Piece};
pub use sign_in::{SignIn, SignInCode, SignInLink};

use super::registry::{PageEntry, page};

/// Every page: `registry::page::<Struct>()`, one line each.
pub const PAGES: &[PageEntry] = &[
    page::<Answer>(),
    page::<Answered>(),
    page::<Stop>(),
    page::<CheckIn>(),
    page::<CheckInDone>(),
    page::<SignIn>(),
    page::<SignInCode>(),
    page::<SignInLink>(),
    page::<Desk>(),
    page::<Composer>(),
    page::<Introduction>(),
    page::<Preview>(),
    page::<Outcomes>(),
    page::<Deliveries>(),
    page::<Mailbox>(),
    page::<OneMail>(),
    page::<Error>(),
];
