//! The pages. One struct per page, each family in a file of its own below this module.

mod answer;
mod error;
mod frame;

pub use answer::{Answer, Answered, CheckIn, CheckInDone, GivenAnswer, Stop, Told};
pub use error::{Error, Next};
pub use frame::{Fault, Frame, Paths, STYLE, User, style_href};

use super::registry::{PageEntry, page};

/// Every page: `registry::page::<Struct>()`, one line each.
pub const PAGES: &[PageEntry] = &[
    page::<Answer>(),
    page::<Answered>(),
    page::<Stop>(),
    page::<CheckIn>(),
    page::<CheckInDone>(),
    page::<Error>(),
];
