//! What an admin sees: outcomes without answers, deliveries without addresses.

mod deliveries;
pub mod figures;
mod outcomes;

pub use deliveries::{Deliveries, DeliveryLine};
pub use outcomes::{Ending, LogChoice, LogForm, LogPreset, OutcomeLine, Outcomes};

use super::super::registry::{PageEntry, page};

/// Its pages, one line each.
pub(super) const PAGES: &[PageEntry] = &[page::<Outcomes>(), page::<Deliveries>()];
