//! The simulator: a no cannot leak. A binary of its own, so that tests/run can build it with optimisation: it plays
//! thousands of whole worlds.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "silence/mod.rs"]
mod silence;
#[path = "silence/support.rs"]
mod support;
