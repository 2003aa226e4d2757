//! What follows from the end of an attempt.

use std::sync::atomic::Ordering;

use tokio::time::Instant;

use super::assemble::AssembleError;
use super::attempt::Outcome;
use super::courier::{Courier, Tally};
use super::{backoff, breaker};
use crate::clock::{Span, Ts};
use crate::domain::enhanced::{Concern, Status};
use crate::domain::letter::DeliveryState;
use crate::domain::message::MessageKind;
use crate::domain::report::tells_the_connector;
use crate::mail::{Class, Fault, Stage};
use crate::store::attempts::{Attempt, Ending};
use crate::store::courier::{HELD, Leased};
use crate::store::{StoreError, routes};

/// The end of one delivery's time with us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Sent,
    Deferred,
    Failed,
    Unknown,
    Cancelled,
    Released,
    Lost,
}

impl Ended {
    pub(super) fn tally(self) -> Tally {
        let mut tally = Tally::default();
        let count = match self {
            Self::Sent => &mut tally.sent,
            Self::Deferred => &mut tally.deferred,
            Self::Failed => &mut tally.failed,
            Self::Unknown => &mut tally.unknown,
            Self::Cancelled => &mut tally.cancelled,
            Self::Released => &mut tally.released,
            Self::Lost => &mut tally.lost,
        };
        *count = 1;
        tally
    }
}

/// What is written down.
struct Verdict {
    ended: Ended,
    state: DeliveryState,
    due_at: Ts,
    stage: &'static str,
    /// For people and the metrics: `sent`, `deferred`, `failed`, `unknown`, `cancelled`.
    result: &'static str,
    code: Option<u16>,
    enhanced: Option<String>,
    words: String,
}

impl Courier {
    /// Decides, records, tells the breaker and the story. The result is not lost while this process lives.
    pub(super) async fn record(
        &self,
        delivery: Leased,
        outcome: Outcome,
        began: Instant,
        probe: bool,
    ) -> Ended {
        if let Some(paused) = self.tell_breaker(&delivery, &outcome, probe).await {
            self.give_back(vec![delivery.lease()], paused).await;
            return Ended::Released;
        }
        let refused = matches!(&outcome, Outcome::Fault(fault) if concerns_address(fault))
            && tells_the_connector(delivery.kind);
        let verdict = self.judge(&delivery, outcome);
        let took = Span(i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX));
        self.count(&delivery, &verdict);
        let concerns = refused.then(|| delivery.introduction.zip(delivery.side)).flatten();
        let ending = Ending {
            lease: delivery.lease(),
            kind: delivery.kind,
            message: delivery.message,
            state: verdict.state,
            due_at: verdict.due_at,
            attempt: Attempt {
                at: self.cx.now(),
                took,
                stage: verdict.stage,
                result: verdict.result,
                code: verdict.code.map(i64::from),
                enhanced: verdict.enhanced,
                words: verdict.words,
            },
        };
        if !self.save(&ending, concerns).await {
            tracing::warn!(delivery.id = %delivery.id, result = verdict.result, "the lease had passed on");
            return Ended::Lost;
        }
        verdict.ended
    }

    /// When a delivery is given up.
    pub(super) fn gives_up_at(&self, delivery: &Leased) -> Ts {
        delivery.created_at + self.settings.give_up
    }

    pub(super) fn note_health(&self, troubled: bool) {
        self.troubled.store(troubled, Ordering::Relaxed);
        self.metrics.set_breaker(&self.route, troubled);
    }

    /// Opens or closes the breaker. `Some` when it opened and the delivery has no part in it: it waits so
    /// long, without having been tried.
    async fn tell_breaker(&self, delivery: &Leased, outcome: &Outcome, probe: bool) -> Option<Ts> {
        let fault = match outcome {
            Outcome::Accepted(_) => {
                self.width.accepted();
                self.healed().await;
                return None;
            }
            Outcome::Fault(fault) => fault,
            Outcome::Over(_) | Outcome::GivenUp | Outcome::Unwritable(_) | Outcome::Panicked => return None,
        };
        match fault.class {
            // The relay spoke about this mail, so it works.
            Class::Transient | Class::Permanent => {
                self.healed().await;
                None
            }
            Class::Route if fault.stage < Stage::Rcpt => Some(self.sick(fault, probe).await),
            Class::Route | Class::Unknown => {
                // One recipient, or one mail, can do this to a connection. Two domains in a row cannot.
                let several = self.suspect(&delivery.domain);
                if !several && !probe {
                    return None;
                }
                let paused = self.sick(fault, probe).await;
                (fault.class == Class::Route).then_some(paused)
            }
        }
    }

    /// Whether the faults since the last success come from several domains.
    fn suspect(&self, domain: &str) -> bool {
        let mut suspects = self.suspects.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        suspects.insert(domain.to_owned());
        suspects.len() > 1
    }

    async fn sick(&self, fault: &Fault, probe: bool) -> Ts {
        let now = self.cx.now();
        self.width.troubled();
        if fault.class == Class::Route {
            self.metrics.attempt(fault.stage.as_str(), "route");
        }
        tracing::warn!(
            route = self.route,
            stage = fault.stage.as_str(),
            code = fault.code,
            words = fault.text,
            "the mail route is sick"
        );
        let (name, words) = (self.route.clone(), fault.to_string());
        let saved = self.cx.db.write(move |tx| {
            let (name, words) = (name.clone(), words.clone());
            Box::pin(async move {
                let route = routes::get(tx, &name).await?;
                let route = breaker::failed(route.as_ref(), &name, probe, &words, now);
                routes::put(tx, &route).await?;
                Ok::<_, StoreError>(route.paused_until)
            })
        });
        self.note_health(true);
        let paused = saved.await.unwrap_or_else(|error| {
            tracing::warn!(error.message = %error, "the breaker was not saved");
            None
        });
        paused.unwrap_or(now + breaker::pause(1))
    }

    async fn healed(&self) {
        self.suspects.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        if !self.troubled.load(Ordering::Relaxed) {
            return;
        }
        let (now, name) = (self.cx.now(), self.route.clone());
        let saved = self.cx.db.write(move |tx| {
            let name = name.clone();
            Box::pin(async move {
                match routes::get(tx, &name).await? {
                    Some(route) if route.failures > 0 => {
                        routes::put(tx, &breaker::healed(&route, now)).await?;
                        Ok::<_, StoreError>(true)
                    }
                    Some(_) | None => Ok(false),
                }
            })
        });
        match saved.await {
            Ok(closed) => {
                self.note_health(false);
                if closed {
                    tracing::info!(route = self.route, "the mail route works again");
                    // Who waited for the end of the pause need not.
                    self.cx.wake.ring();
                }
            }
            Err(error) => tracing::warn!(error.message = %error, "the breaker was not closed"),
        }
    }

    fn judge(&self, delivery: &Leased, outcome: Outcome) -> Verdict {
        let now = self.cx.now();
        let plain = |ended, state, stage, result, words: String| Verdict {
            ended,
            state,
            due_at: now,
            stage,
            result,
            code: None,
            enhanced: None,
            words,
        };
        let failed = |words: String| plain(Ended::Failed, DeliveryState::Failed, "compose", "failed", words);
        match outcome {
            Outcome::Accepted(accepted) => Verdict {
                code: Some(accepted.code),
                ..plain(Ended::Sent, DeliveryState::Sent, "body", "sent", accepted.text)
            },
            Outcome::Fault(fault) => self.judge_fault(delivery, fault, now),
            Outcome::Over(words) => {
                plain(Ended::Cancelled, DeliveryState::Cancelled, "lease", "cancelled", words.to_owned())
            }
            Outcome::GivenUp => {
                let days = self.settings.give_up.as_seconds() / 86_400;
                let words = format!("given up after {days} days");
                plain(Ended::Failed, DeliveryState::Failed, "lease", "failed", words)
            }
            Outcome::Unwritable(AssembleError::UnknownKey) => Verdict {
                due_at: self.later(delivery, None, now),
                ..plain(
                    Ended::Deferred,
                    DeliveryState::Deferred,
                    "compose",
                    "deferred",
                    AssembleError::UnknownKey.to_string(),
                )
            },
            Outcome::Unwritable(error) => failed(error.to_string()),
            Outcome::Panicked => failed("it could not be written: a defect in this program".to_owned()),
        }
    }

    fn judge_fault(&self, delivery: &Leased, fault: Fault, now: Ts) -> Verdict {
        let (ended, state, result, due_at) = match fault.class {
            Class::Permanent => (Ended::Failed, DeliveryState::Failed, "failed", now),
            Class::Transient | Class::Route => {
                let due = self.later(delivery, fault.retry_after, now);
                (Ended::Deferred, DeliveryState::Deferred, "deferred", due)
            }
            Class::Unknown => {
                let again =
                    delivery.unknowns < self.settings.unknown_retries && delivery.kind != MessageKind::SignIn;
                let due = if again { now + self.settings.unknown_retry } else { HELD };
                (Ended::Unknown, DeliveryState::Unknown, "unknown", due)
            }
        };
        let Fault { stage, code, enhanced, text, .. } = fault;
        Verdict { ended, state, due_at, stage: stage.as_str(), result, code, enhanced, words: text }
    }

    /// The next try, but not after the delivery is useless or given up: it is looked at once more then.
    fn later(&self, delivery: &Leased, asked: Option<Span>, now: Ts) -> Ts {
        let end = self.gives_up_at(delivery);
        let latest = delivery.expires_at.map_or(end, |expiry| expiry.min(end));
        backoff::next(now, delivery.attempts, delivery.id.0.as_u128(), asked, latest)
    }

    fn count(&self, delivery: &Leased, verdict: &Verdict) {
        self.metrics.attempt(verdict.stage, verdict.result);
        tracing::info!(
            delivery.id = %delivery.id, kind = delivery.kind.as_str(), stage = verdict.stage,
            result = verdict.result, code = verdict.code, "an attempt ended"
        );
        match verdict.ended {
            Ended::Unknown => {
                self.metrics.unknown.inc();
            }
            Ended::Sent if delivery.kind == MessageKind::Introduction => {
                // The hold began with the second yes and ended when the mail was queued.
                let waited = self.cx.now() - delivery.dated_at + self.cx.policy.hold;
                self.metrics.accepted_after(waited.as_std().as_secs_f64());
            }
            Ended::Sent
            | Ended::Deferred
            | Ended::Failed
            | Ended::Cancelled
            | Ended::Released
            | Ended::Lost => {}
        }
    }
}

/// Whether a refusal is about the address: a policy (X.7.Z) is, as long as nothing of the mail was seen but its
/// recipient.
fn concerns_address(fault: &Fault) -> bool {
    if fault.class != Class::Permanent {
        return false;
    }
    let Some(status) = fault.enhanced.as_deref().and_then(Status::parse) else { return true };
    match status.concern() {
        Concern::Address | Concern::Unsaid => true,
        Concern::Mailbox | Concern::System => false,
        Concern::Policy => status.subject == 7 && fault.stage < Stage::Data,
    }
}
