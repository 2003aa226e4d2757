//! Signing in, and what belongs to the account itself.

mod sign_in;

pub use sign_in::{SignIn, SignInCode, SignInLink};

use super::super::registry::{PageEntry, page};

/// Its pages, one line each.
pub(super) const PAGES: &[PageEntry] = &[page::<SignIn>(), page::<SignInCode>(), page::<SignInLink>()];
