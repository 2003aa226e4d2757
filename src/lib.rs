//! twoyes: an introduction leaves only on two yeses.

pub mod clock;
pub mod config;
pub mod dns;
pub mod doctor;
pub mod ids;
pub mod keyring;
pub mod metrics;
pub mod telemetry;
