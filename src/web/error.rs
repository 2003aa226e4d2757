//! One table from what went wrong to status, stable code and sentence.
//!
//! Handlers return a [`WebError`]; a layer turns it into a page for people and into
//! `application/problem+json` (RFC 9457) under `/api/`. It is logged once, there.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::clock::{Span, Ts};
use crate::domain::limits::Held;
use crate::domain::link::LinkFault;
use crate::domain::problem::{Arg, Problems};
use crate::domain::step::Refusal;
use crate::flow::account::AccountError;
use crate::flow::answer::AnswerError;
use crate::flow::ask::AskError;
use crate::flow::ask_me::AskMeError;
use crate::flow::close::WithdrawError;
use crate::flow::desk::SettleError;
use crate::flow::draft::DraftError;
use crate::flow::follow_up::OutcomeError;
use crate::flow::import::ImportError;
use crate::flow::landed::LandedError;
use crate::flow::own_card::OwnCardError;
use crate::flow::people::ContactError;
use crate::flow::plan::PlanError;
use crate::flow::suppressions::SuppressionError;
use crate::flow::your_page::YouError;
use crate::flow::{Failure, FailureKind};

/// An answer that is not a success.
#[derive(Clone, Debug)]
pub struct WebError {
    pub status: StatusCode,
    /// Stable; the words `error-{code}` and `error-{code}-text` say it to people.
    pub code: &'static str,
    /// Values in the sentence.
    pub args: Vec<(&'static str, Arg)>,
    /// What is wrong with which field.
    pub problems: Problems,
    /// Seconds after which it may work: `Retry-After`.
    pub retry_after: Option<i64>,
    /// For the log only, never for the reader.
    pub cause: Option<String>,
}

impl WebError {
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, args: Vec::new(), problems: Problems::default(), retry_after: None, cause: None }
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    /// Nobody is signed in, or the token is not good.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized")
    }

    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden")
    }

    /// 429, and when to come back.
    #[must_use]
    pub fn too_many(wait: Span) -> Self {
        let seconds = wait.as_seconds().saturating_add(1).max(1);
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests") }
    }

    /// 422 with every problem at once.
    #[must_use]
    pub fn invalid(problems: Problems) -> Self {
        let count = i64::try_from(problems.0.len()).unwrap_or(i64::MAX);
        let args = vec![("count", Arg::Number(count))];
        Self { args, problems, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid") }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: Arg) -> Self {
        self.args.push((name, value));
        self
    }
}

impl IntoResponse for WebError {
    /// The status alone; [`super::respond::errors`] writes the body for the reader at hand.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Failure> for WebError {
    fn from(failure: Failure) -> Self {
        let (status, code) = match failure.kind() {
            FailureKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            FailureKind::DiskLow => (StatusCode::SERVICE_UNAVAILABLE, "disk_low"),
            FailureKind::Conflict => (StatusCode::CONFLICT, "conflict"),
            FailureKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        Self { cause: Some(failure.to_string()), ..Self::new(status, code) }
    }
}

impl From<crate::view::ViewError> for WebError {
    fn from(error: crate::view::ViewError) -> Self {
        Failure::from(error).into()
    }
}

impl From<LinkFault> for WebError {
    fn from(fault: LinkFault) -> Self {
        match fault {
            LinkFault::Invalid => Self::new(StatusCode::NOT_FOUND, "link_not_valid"),
            LinkFault::Closed => Self::new(StatusCode::GONE, "link_closed"),
        }
    }
}

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::WrongState | Refusal::TooManyRounds => Self::new(StatusCode::CONFLICT, "wrong_state"),
            Refusal::Closed => LinkFault::Closed.into(),
            Refusal::NotBefore(_, until) => cannot_be_asked(String::new(), until),
            Refusal::StillOpen => Self::new(StatusCode::CONFLICT, "still_open"),
            Refusal::Rest(until) => Self::new(StatusCode::CONFLICT, "they_rest").with("date", day(until)),
            Refusal::Held(held) => held.into(),
            Refusal::CoworkerTick => {
                let problem = crate::domain::problem::Problem::new("coworker_confirmed", "co-worker");
                Self::invalid(Problems(vec![problem]))
            }
        }
    }
}

impl From<Held> for WebError {
    fn from(held: Held) -> Self {
        let most = |most: u32| Arg::Number(most.into());
        match held {
            Held::Paused => Self::new(StatusCode::CONFLICT, "asking_paused"),
            Held::Open { most: open } => {
                Self::new(StatusCode::CONFLICT, "too_many_open").with("most", most(open))
            }
            Held::Day { most: begun, until } => Self::new(StatusCode::CONFLICT, "too_many_today")
                .with("most", most(begun))
                .with("time", time(until)),
        }
    }
}

fn cannot_be_asked(who: String, until: Ts) -> WebError {
    WebError::new(StatusCode::CONFLICT, "cannot_be_asked")
        .with("who", Arg::Text(who))
        .with("date", day(until))
}

fn day(at: Ts) -> Arg {
    Arg::Text(at.to_jiff().strftime("%Y-%m-%d").to_string())
}

fn time(at: Ts) -> Arg {
    Arg::Text(at.to_jiff().strftime("%Y-%m-%d %H:%M UTC").to_string())
}

impl From<DraftError> for WebError {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Invalid(problems) => Self::invalid(problems),
            DraftError::NotFound => Self::not_found(),
            DraftError::WrongState => Self::new(StatusCode::CONFLICT, "wrong_state"),
            DraftError::Failure(failure) => failure.into(),
        }
    }
}

impl From<AskError> for WebError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::NotFound => Self::not_found(),
            AskError::Refused(refusal) => refusal.into(),
            AskError::NotBefore { name, until, .. } => cannot_be_asked(name, until),
            AskError::Failure(failure) => failure.into(),
        }
    }
}

impl From<AnswerError> for WebError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Link(fault) => fault.into(),
            AnswerError::Invalid(problems) => Self::invalid(problems),
            AnswerError::StaleForm => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "stale_form"),
            AnswerError::Failure(failure) => failure.into(),
        }
    }
}

impl From<WithdrawError> for WebError {
    fn from(error: WithdrawError) -> Self {
        match error {
            WithdrawError::NotFound => Self::not_found(),
            WithdrawError::Refused(refusal) => refusal.into(),
            WithdrawError::Failure(failure) => failure.into(),
        }
    }
}

impl From<SettleError> for WebError {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::NotFound => Self::not_found(),
            SettleError::Refused(refusal) => refusal.into(),
            SettleError::Failure(failure) => failure.into(),
        }
    }
}

impl From<OutcomeError> for WebError {
    fn from(error: OutcomeError) -> Self {
        match error {
            OutcomeError::Link(fault) => fault.into(),
            OutcomeError::NotFound => Self::not_found(),
            OutcomeError::Invalid(problems) => Self::invalid(problems),
            OutcomeError::StaleForm => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "stale_form"),
            OutcomeError::Refused(refusal) => refusal.into(),
            OutcomeError::Failure(failure) => failure.into(),
        }
    }
}

impl From<YouError> for WebError {
    fn from(error: YouError) -> Self {
        match error {
            YouError::Link(fault) => fault.into(),
            YouError::Erased { .. } => LinkFault::Closed.into(),
            YouError::Invalid(problems) => Self::invalid(problems),
            YouError::StaleForm => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "stale_form"),
            YouError::Failure(failure) => failure.into(),
        }
    }
}

impl From<PlanError> for WebError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::NotFound => Self::not_found(),
            PlanError::Invalid(problems) => Self::invalid(problems),
            PlanError::NotBefore(at) => {
                Self::new(StatusCode::CONFLICT, "plan_not_before").with("date", day(at))
            }
            PlanError::WrongState => Self::new(StatusCode::CONFLICT, "wrong_state"),
            PlanError::Failure(failure) => failure.into(),
        }
    }
}

impl From<LandedError> for WebError {
    fn from(error: LandedError) -> Self {
        match error {
            LandedError::NotFound => Self::not_found(),
            LandedError::Failure(failure) => failure.into(),
        }
    }
}

impl From<ImportError> for WebError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::NotFound => Self::not_found(),
            ImportError::Invalid(problems) => Self::invalid(problems),
            ImportError::WrongStage => Self::new(StatusCode::CONFLICT, "wrong_state"),
            ImportError::Failure(failure) => failure.into(),
        }
    }
}

impl From<AskMeError> for WebError {
    fn from(error: AskMeError) -> Self {
        match error {
            AskMeError::Link(fault) => fault.into(),
            AskMeError::NotFound => Self::not_found(),
            AskMeError::Invalid(problems) => Self::invalid(problems),
            AskMeError::StaleForm => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "stale_form"),
            AskMeError::Failure(failure) => failure.into(),
        }
    }
}

impl From<OwnCardError> for WebError {
    fn from(error: OwnCardError) -> Self {
        match error {
            OwnCardError::Link(fault) => fault.into(),
            OwnCardError::NotFound => Self::not_found(),
            OwnCardError::Invalid(problems) => Self::invalid(problems),
            OwnCardError::StaleForm => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "stale_form"),
            OwnCardError::NotBefore(Some(at)) => {
                Self::new(StatusCode::CONFLICT, "asked_before").with("date", day(at))
            }
            OwnCardError::NotBefore(None) => Self::new(StatusCode::CONFLICT, "asked_once"),
            OwnCardError::Paused => Self::new(StatusCode::CONFLICT, "asking_paused"),
            OwnCardError::Enough => Self::new(StatusCode::CONFLICT, "asked_enough"),
            OwnCardError::Failure(failure) => failure.into(),
        }
    }
}

impl From<ContactError> for WebError {
    fn from(error: ContactError) -> Self {
        match error {
            ContactError::NotFound => Self::not_found(),
            ContactError::Invalid(problems) => Self::invalid(problems),
            ContactError::Conflict => Self::new(StatusCode::CONFLICT, "conflict"),
            ContactError::Failure(failure) => failure.into(),
        }
    }
}

impl From<AccountError> for WebError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Invalid(problems) => Self::invalid(problems),
            AccountError::Link(fault) => fault.into(),
            AccountError::Elsewhere => Self::forbidden(),
            AccountError::NotFound => Self::not_found(),
            AccountError::Failure(failure) => failure.into(),
        }
    }
}

impl From<SuppressionError> for WebError {
    fn from(error: SuppressionError) -> Self {
        match error {
            SuppressionError::Invalid(problems) => Self::invalid(problems),
            SuppressionError::Failure(failure) => failure.into(),
        }
    }
}
