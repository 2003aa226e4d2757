//! The pages. One struct per page, each in a file of its own, family by family.

mod account;
mod admin;
mod connector;
mod error;
mod frame;
mod mailbox;
mod recipient;

pub use account::*;
pub use admin::*;
pub use connector::*;
pub use error::{Error, Next};
pub use frame::{Fault, Frame, Here, Paths, STYLE, User, style_href};
pub use mailbox::{MailRow, Mailbox, OneMail, Piece};
pub use recipient::*;

use super::registry::{PageEntry, page};

/// The pages outside the families.
const OTHERS: &[PageEntry] = &[page::<Mailbox>(), page::<OneMail>(), page::<Error>()];

/// Every page.
pub fn all() -> impl Iterator<Item = &'static PageEntry> {
    [recipient::PAGES, account::PAGES, connector::PAGES, admin::PAGES, OTHERS].into_iter().flatten()
}
