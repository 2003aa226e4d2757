//! Looking at every octet of a mail.

/// Whether all are. Without an early end, which lets the compiler look at many at once.
pub(super) fn all(of: impl Iterator<Item = bool>) -> bool {
    of.fold(true, |all, one| all & one)
}

/// Each with the one behind it.
pub(super) fn pairs(octets: &[u8]) -> impl Iterator<Item = (u8, u8)> + '_ {
    octets.iter().zip(octets.get(1..).unwrap_or_default()).map(|(one, next)| (*one, *next))
}
