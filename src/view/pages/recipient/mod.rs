//! Pages behind the links of mails, for people without an account.

mod answer;

pub use answer::{Answer, Answered, CheckIn, CheckInDone, GivenAnswer, Stop, Told};

use super::super::registry::{PageEntry, page};

/// Its pages, one line each.
pub(super) const PAGES: &[PageEntry] =
    &[page::<Answer>(), page::<Answered>(), page::<Stop>(), page::<CheckIn>(), page::<CheckInDone>()];
