//! The simulator: a no cannot leak. A binary of its own: it plays thousands of whole worlds, and a change to it does not
//! compile everything else again.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "silence/mod.rs"]
mod silence;
#[path = "silence/support.rs"]
mod support;
