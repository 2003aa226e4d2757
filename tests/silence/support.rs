//! What it shares with the other tests.

#[path = "../it/support/refusal.rs"]
pub mod refusal;
#[path = "../it/support/requests.rs"]
pub mod requests;
#[expect(dead_code, reason = "the tests of mails use more of it")]
#[path = "../it/support/smtp_script.rs"]
pub mod smtp_script;
#[expect(dead_code, reason = "the tests of mails use more of it")]
#[path = "../it/support/smtp_sink.rs"]
pub mod smtp_sink;
#[path = "../it/support/usual.rs"]
pub mod usual;
