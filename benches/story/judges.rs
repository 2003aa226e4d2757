//! Who carries introductions through and who judges how it went, as the tests have them.

use super::support::{http, ports};

#[path = "../../tests/it/support/cluster.rs"]
pub mod cluster;
#[path = "../../tests/it/support/drafts.rs"]
pub mod drafts;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/it/support/driver.rs"]
pub mod driver;
#[path = "../../tests/it/support/ledger.rs"]
pub mod ledger;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/it/support/smtp_script.rs"]
pub mod smtp_script;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/it/support/smtp_sink.rs"]
pub mod smtp_sink;
