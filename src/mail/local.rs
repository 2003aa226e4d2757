//! A mailbox inside the process: mail that arrives here goes nowhere else. For `demo` and for tests.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fault::{Fault, Stage};
use super::session::Accepted;
use crate::clock::{Clock, Ts};

/// The newest mails are kept, so many of them.
const KEPT: usize = 1000;

/// A captured mail.
#[derive(Clone, PartialEq, Eq)]
pub struct LocalMail {
    /// Counts from 1 in the order of arrival.
    pub id: u64,
    pub received_at: Ts,
    pub envelope_from: String,
    pub recipient: String,
    /// The bytes as they were transmitted.
    pub raw: Arc<[u8]>,
}

impl std::fmt::Debug for LocalMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalMail").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The mailbox. A clone is the same mailbox.
#[derive(Clone)]
pub struct LocalMailbox {
    clock: Clock,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    last_id: u64,
    mails: VecDeque<LocalMail>,
    moods: HashMap<String, Mood>,
}

#[derive(Clone)]
enum Mood {
    Refuse { stage: Stage, code: u16, text: String },
    LoseReply,
}

impl LocalMailbox {
    /// An empty mailbox; `clock` stamps what arrives.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, inner: Arc::default() }
    }

    /// All mails that are kept, the oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<LocalMail> {
        self.lock().mails.iter().cloned().collect()
    }

    #[must_use]
    pub fn get(&self, id: u64) -> Option<LocalMail> {
        self.lock().mails.iter().find(|mail| mail.id == id).cloned()
    }

    /// Takes every mail out, the oldest first.
    #[must_use]
    pub fn take_all(&self) -> Vec<LocalMail> {
        self.lock().mails.drain(..).collect()
    }

    /// Puts a mail in and returns its id.
    pub fn push(&self, envelope_from: &str, recipient: &str, raw: &[u8]) -> u64 {
        let received_at = self.clock.now();
        let mut inner = self.lock();
        inner.last_id += 1;
        let id = inner.last_id;
        if inner.mails.len() == KEPT {
            inner.mails.pop_front();
        }
        inner.mails.push_back(LocalMail {
            id,
            received_at,
            envelope_from: envelope_from.to_owned(),
            recipient: recipient.to_owned(),
            raw: raw.into(),
        });
        id
    }

    /// From now on RCPT for this recipient gets this reply.
    pub fn refuse(&self, recipient: &str, code: u16, text: &str) {
        self.set_mood(recipient, Mood::Refuse { stage: Stage::Rcpt, code, text: text.to_owned() });
    }

    /// From now on a mail to this recipient is refused with this reply after the final dot.
    pub fn refuse_after_dot(&self, recipient: &str, code: u16, text: &str) {
        self.set_mood(recipient, Mood::Refuse { stage: Stage::Body, code, text: text.to_owned() });
    }

    /// From now on a mail to this recipient is kept, and the reply that says so gets lost.
    pub fn lose_reply(&self, recipient: &str) {
        self.set_mood(recipient, Mood::LoseReply);
    }

    /// Ends what [`refuse`](Self::refuse) and its like began.
    pub fn welcome(&self, recipient: &str) {
        self.lock().moods.remove(&recipient.to_ascii_lowercase());
    }

    fn set_mood(&self, recipient: &str, mood: Mood) {
        self.lock().moods.insert(recipient.to_ascii_lowercase(), mood);
    }

    fn mood(&self, recipient: &str) -> Option<Mood> {
        self.lock().moods.get(&recipient.to_ascii_lowercase()).cloned()
    }

    /// Every change is complete before the lock is let go, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for LocalMailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalMailbox").field("mails", &self.lock().mails.len()).finish_non_exhaustive()
    }
}

/// A "connection" to the mailbox.
pub struct LocalConn {
    mailbox: LocalMailbox,
    offered: Option<(String, String)>,
}

impl LocalConn {
    pub(super) fn new(mailbox: LocalMailbox) -> Self {
        Self { mailbox, offered: None }
    }

    pub(super) fn offer(&mut self, envelope_from: &str, recipient: &str) -> Result<(), Fault> {
        self.offered = None;
        if let Some(Mood::Refuse { stage: Stage::Rcpt, code, text }) = self.mailbox.mood(recipient) {
            return Err(Fault::reply(Stage::Rcpt, code, &text));
        }
        self.offered = Some((envelope_from.to_owned(), recipient.to_owned()));
        Ok(())
    }

    pub(super) fn transmit(&mut self, mail: &[u8]) -> Result<Accepted, Fault> {
        let Some((from, recipient)) = self.offered.take() else {
            return Err(Fault::broken(Stage::Data, "no recipient is waiting"));
        };
        match self.mailbox.mood(&recipient) {
            Some(Mood::Refuse { stage, code, text }) => return Err(Fault::reply(stage, code, &text)),
            Some(Mood::LoseReply) => {
                self.mailbox.push(&from, &recipient, mail);
                return Err(Fault::broken(Stage::Body, "the connection was lost"));
            }
            None => {}
        }
        let id = self.mailbox.push(&from, &recipient, mail);
        Ok(Accepted { code: 250, text: format!("kept in the local mailbox as {id}") })
    }

    pub(super) fn abandon(&mut self) {
        self.offered = None;
    }
}
