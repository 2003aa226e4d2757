//! What an admin sees: outcomes without answers, deliveries without addresses.

mod deliveries;
mod outcomes;

pub use deliveries::{Deliveries, DeliveryLine};
pub use outcomes::{Ending, OutcomeLine, Outcomes};

use super::super::registry::{PageEntry, page};

/// Its pages, one line each.
pub(super) const PAGES: &[PageEntry] = &[page::<Outcomes>(), page::<Deliveries>()];
