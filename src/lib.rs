//! twoyes: an introduction leaves only on two yeses.

pub mod clock;
pub mod ids;
pub mod mail;
