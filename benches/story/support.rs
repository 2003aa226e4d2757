//! What it shares with the tests.

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/it/support/http.rs"]
pub mod http;
#[path = "../../tests/it/support/ports.rs"]
pub mod ports;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/it/support/process.rs"]
pub mod process;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/it/support/usual.rs"]
pub mod usual;
