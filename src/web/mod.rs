//! The only HTTP: pages for people, the API, health. Handlers take what they need, call one flow
//! function and render; they decide nothing.

pub mod api;
pub mod client;
mod contacts_in;
mod contacts_out;
pub mod error;
pub mod guard;
pub mod health;
pub mod inbound;
mod outcome_file;
pub mod pages;
pub mod respond;
pub mod routes;

use std::ops::Deref;
use std::sync::Arc;

use crate::flow::Cx;
use crate::flow::condition::Instance;
use crate::mail::LocalMailbox;
use crate::metrics::Metrics;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

/// The parts of [`Web`].
pub struct Inner {
    pub cx: Cx,
    pub metrics: Metrics,
    /// Present when mails stay in this process: the demo and tests.
    pub mailbox: Option<LocalMailbox>,
    /// Largest body of a request, in bytes.
    pub body_limit: usize,
    pub request_timeout: std::time::Duration,
    /// Served over TLS: cookies are `Secure` and `__Host-`, HSTS is sent.
    pub https: bool,
    /// How often each client may ask for a mail.
    pub clients: client::Clients,
    /// For the admin's health page.
    pub instance: Instance,
    /// Who may hand in mail, if anybody.
    pub inbound: Option<inbound::Inbound>,
}

impl Web {
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl Deref for Web {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
