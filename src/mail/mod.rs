//! Mail: a letter becomes bytes, bytes become a delivery.
//!
//! The only place that uses `lettre`, and only two parts of it: the encoder of headers
//! ([`compose`](mod@compose)), and the SMTP conversation itself, one command at a time ([`session`]). Its
//! ready-made transport is left alone: it cannot say at which stage an attempt ended, has no deadline after
//! the connect, and mixes up replies after a cancelled send.
//!
//! An attempt has two steps on every [`Transport`]: `offer` names the sender and the recipient, `transmit`
//! hands over the bytes. Between the two the caller records that it is about to transmit, so that a crash
//! afterwards is known as "perhaps sent" and not as "not sent".
//!
//! ```text
//! Letter --compose--> bytes --Signer::sign--> bytes --Conn::offer, Conn::transmit--> Accepted | Fault
//! ```

pub mod captured;
pub mod compose;
pub mod dkim;
mod entity;
pub mod fault;
pub mod file;
pub mod letter;
pub mod local;
mod octets;
mod quoted;
pub mod report;
pub mod session;
pub mod smtp;
mod stuffed;
pub mod transport;
mod wire;

pub use captured::{Decoded, decode};
pub use compose::{ComposeError, compose};
pub use dkim::{DkimError, Signer};
pub use fault::{Class, Fault, Stage, classify, mask_addresses};
pub use file::FileTransport;
pub use letter::{Letter, Mailbox};
pub use local::{LocalMail, LocalMailbox};
pub use session::{Accepted, Session};
pub use smtp::{SmtpRoute, Timeouts, Tls};
pub use transport::{Conn, Transport};
