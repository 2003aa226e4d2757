//! What every flow can fail with beside its own reasons.

use crate::store::{StoreError, UnitError};
use crate::view::ViewError;

/// Not the caller's fault: the database or a template.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    View(#[from] ViewError),
    /// No key can mint links: the ring has no active key.
    #[error("the key ring has no active key; run `twoyes keys rotate`")]
    NoKey,
    /// A yes that nobody saw being given: a defect, and it is not saved.
    #[error("a yes came without a record of the page it was given on")]
    NoWitness,
    /// The disk is nearly full: what room there is stays for answers.
    #[error("the disk is nearly full: nothing new is taken")]
    DiskLow,
}

/// What a failure means for whoever waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Nothing was recorded, or it is not certain: try again later.
    Unavailable,
    /// The same, because the disk is nearly full.
    DiskLow,
    /// Somebody else was quicker.
    Conflict,
    /// A defect.
    Internal,
}

impl Failure {
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        match self {
            Self::Store(
                StoreError::Unavailable(_)
                | StoreError::Broken(_)
                | StoreError::Unsure
                | StoreError::Serialization,
            ) => FailureKind::Unavailable,
            Self::DiskLow => FailureKind::DiskLow,
            Self::Store(StoreError::Stale(_)) => FailureKind::Conflict,
            Self::Store(
                StoreError::Rule(_)
                | StoreError::Data { .. }
                | StoreError::Binds { .. }
                | StoreError::Other { .. },
            )
            | Self::View(_)
            | Self::NoKey
            | Self::NoWitness => FailureKind::Internal,
        }
    }
}

impl UnitError for Failure {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::View(_) | Self::NoKey | Self::NoWitness | Self::DiskLow => None,
        }
    }
}

/// Lets an error enum with a `Failure(Failure)` variant be the error of a unit of work.
macro_rules! unit_error {
    ($name:ident) => {
        impl From<crate::store::StoreError> for $name {
            fn from(error: crate::store::StoreError) -> Self {
                Self::Failure(error.into())
            }
        }

        impl crate::store::UnitError for $name {
            fn store(&self) -> Option<&crate::store::StoreError> {
                match self {
                    Self::Failure(failure) => failure.store(),
                    _ => None,
                }
            }
        }
    };
}
pub(super) use unit_error;
