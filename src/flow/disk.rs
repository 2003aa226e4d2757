//! What there is no room for on a disk that is nearly full: drafts and contacts, which can wait. Answers,
//! suppressions and sign-ins go on in the room that is kept.

use super::{Cx, Failure};

/// # Errors
/// [`Failure::DiskLow`] when what room there is must be kept.
pub fn has_room(cx: &Cx) -> Result<(), Failure> {
    match cx.db.space() {
        Some(space) if space.is_low() => Err(Failure::DiskLow),
        // A disk that cannot be measured is no reason to stop.
        Some(_) | None => Ok(()),
    }
}

/// Whether that is so now.
#[must_use]
pub fn is_low(cx: &Cx) -> bool {
    has_room(cx).is_err()
}
