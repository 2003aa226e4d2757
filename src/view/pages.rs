//! The pages. One struct per page, each in a file of its own below this module.

use super::registry::PageEntry;

/// Every page: `registry::page::<Struct>()`, one line each.
pub const PAGES: &[PageEntry] = &[];
