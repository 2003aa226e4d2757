//! What an admin sees: outcomes without answers, deliveries without addresses.

mod acts;
mod connectors;
mod deliveries;
mod delivery;
mod erase;
pub mod figures;
mod health;
mod outcomes;
mod suppressions;

pub use acts::{ActLine, Acts};
pub use connectors::{
    AccountLine, AccountPaths, AskingLine, ConnectorSaid, Connectors, Invite, OneConnector, Suspend,
};
pub use deliveries::{Deliveries, DeliveryLine, RouteLine, StateCount};
pub use delivery::{AttemptLine, Delivery};
pub use erase::ErasePerson;
pub use health::{Health, RecordLine, TroubleLine, Waiting};
pub use outcomes::{Ending, LogChoice, LogForm, LogPreset, OutcomeLine, Outcomes};
pub use suppressions::{Found, Month, Suppressions, Typed};

use super::super::registry::{PageEntry, page};

/// Its pages, one line each.
pub(super) const PAGES: &[PageEntry] = &[
    page::<Outcomes>(),
    page::<Deliveries>(),
    page::<Connectors>(),
    page::<OneConnector>(),
    page::<Invite>(),
    page::<Suspend>(),
    page::<Delivery>(),
    page::<Suppressions>(),
    page::<ErasePerson>(),
    page::<Health>(),
    page::<Acts>(),
];
