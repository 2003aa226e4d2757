//! What an admin sees: outcomes without answers, deliveries without addresses.

mod connectors;
mod deliveries;
mod outcomes;

pub use connectors::{AccountLine, AccountPaths, ConnectorSaid, Connectors, Invite, OneConnector, Suspend};
pub use deliveries::{Deliveries, DeliveryLine};
pub use outcomes::{Ending, OutcomeLine, Outcomes};

use super::super::registry::{PageEntry, page};

/// Its pages, one line each.
pub(super) const PAGES: &[PageEntry] = &[
    page::<Outcomes>(),
    page::<Deliveries>(),
    page::<Connectors>(),
    page::<OneConnector>(),
    page::<Invite>(),
    page::<Suspend>(),
];
