//! Who should meet? Two contacts of one connector, and the reason in words why an introduction may be good for both.
//!
//! There is no score: suggestions stand in an order that follows from the reasons alone, the stronger kind first, and
//! the reasons are what is shown.

mod order;
mod reason;
pub mod terms;

pub use order::{Suggestion, suggest};
pub use reason::{Profile, Reason, reasons};
