//! Signing in, and what belongs to the account itself.

mod delete;
mod settings;
mod sign_in;

pub use delete::{AccountDeleted, DeleteAccount};
pub use settings::{ScopeBox, SessionLine, Settings, SettingsPaths, SettingsSaid, TokenLine, TokenMade};
pub use sign_in::{SignIn, SignInCode, SignInLink};

use super::super::registry::{PageEntry, page};

/// Its pages, one line each.
pub(super) const PAGES: &[PageEntry] = &[
    page::<SignIn>(),
    page::<SignInCode>(),
    page::<SignInLink>(),
    page::<Settings>(),
    page::<TokenMade>(),
    page::<DeleteAccount>(),
    page::<AccountDeleted>(),
];
