//! Pages behind the links of mails, for people without an account.

mod answer;
mod ask_me;
mod card;
mod words;
mod your_page;
mod your_steps;

pub use answer::{Answer, Answered, CheckIn, CheckInDone, GivenAnswer, Stop, Told};
pub use ask_me::{AskMe, AskMeRequest, AskMeSent, RequestTold};
pub use card::{Card, CardFact, CardTold};
pub use words::{Words, WordsSaid};
pub use your_page::{AskView, ChoiceView, EntryView, HolderView, RefusedView, YourPage, YourPaths};
pub use your_steps::{NewAddress, NewAddressDone, YouErase, YouErased, YouLanded, YouNever};

use super::super::registry::{PageEntry, page};

/// Its pages, one line each.
pub(super) const PAGES: &[PageEntry] = &[
    page::<Answer>(),
    page::<Answered>(),
    page::<Stop>(),
    page::<CheckIn>(),
    page::<CheckInDone>(),
    page::<Words>(),
    page::<WordsSaid>(),
    page::<AskMe>(),
    page::<AskMeSent>(),
    page::<AskMeRequest>(),
    page::<Card>(),
    page::<YourPage>(),
    page::<YouNever>(),
    page::<YouLanded>(),
    page::<YouErase>(),
    page::<YouErased>(),
    page::<NewAddress>(),
    page::<NewAddressDone>(),
];
