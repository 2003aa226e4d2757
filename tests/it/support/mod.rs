#![expect(clippy::unwrap_used, reason = "support that cannot do its work ends the test")]

pub mod app;
pub mod bulk;
pub mod cluster;
pub mod db;
pub mod dice;
pub mod drafts;
pub mod driver;
pub mod http;
pub mod ledger;
pub mod log_bulk;
pub mod ports;
pub mod post;
pub mod process;
pub mod proxy;
pub mod refusal;
pub mod replay;
pub mod requests;
pub mod siege;
pub mod smtp_script;
pub mod smtp_sink;
pub mod sqlite;
pub mod usual;
pub mod world;
