//! Lists: newest first, by key. `?limit=&before=`, and `next` in the answer.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::draft::word;
use crate::domain::problem::{Problem, Problems};
use crate::web::Web;
use crate::web::error::WebError;

const LIMIT: usize = 50;
const LIMIT_MAX: usize = 100;

/// One page of a list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass it as `before` for the next page; null on the last one.
    pub next: Option<Uuid>,
}

/// The query of a list, as sent.
pub struct Pairs(Vec<(String, String)>);

/// Which page.
pub struct Asked<S> {
    pub limit: usize,
    pub before: Option<Uuid>,
    pub state: Option<S>,
}

impl FromRequestParts<Web> for Pairs {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, web).await;
        let unreadable = Problem::new("query", "body-unreadable").text("reason", "the query");
        query.map(|Query(pairs)| Self(pairs)).map_err(|_| WebError::invalid(Problems(vec![unreadable])))
    }
}

/// A list without a filter.
#[derive(Clone, Copy)]
pub enum Unfiltered {}

impl Pairs {
    /// # Errors
    /// Every parameter that is unknown, doubled or not a fitting value.
    pub fn page(self) -> Result<Asked<Unfiltered>, WebError> {
        self.read(None, &[]).map(|(asked, _)| asked)
    }

    /// The same, with further parameters of these names, as sent.
    pub fn page_with(self, names: &[&str]) -> Result<(Asked<Unfiltered>, Sent), WebError> {
        self.read(None, names)
    }

    /// The same, with `?state=`.
    pub fn page_of<S: Copy>(
        self,
        parse: fn(&str) -> Option<S>,
        all: &[S],
        name: fn(S) -> &'static str,
    ) -> Result<Asked<S>, WebError> {
        self.read(Some((parse, all, name)), &[]).map(|(asked, _)| asked)
    }

    /// A query that is no list: parameters of these names, each once.
    ///
    /// # Errors
    /// Every parameter that is unknown or doubled.
    pub fn only(self, names: &[&str]) -> Result<Sent, WebError> {
        let (mut problems, mut sent) = (Problems::default(), Sent::new());
        for (name, value) in self.0 {
            if sent.iter().any(|(known, _)| *known == name) {
                problems.push(Problem::new(name, "duplicate-key"));
            } else if names.contains(&name.as_str()) {
                sent.push((name, value));
            } else {
                problems.push(unknown(&name));
            }
        }
        problems.into_result().map_err(WebError::invalid)?;
        Ok(sent)
    }

    fn read<S: Copy>(
        self,
        states: Option<States<'_, S>>,
        others: &[&str],
    ) -> Result<(Asked<S>, Sent), WebError> {
        let (mut problems, mut seen) = (Problems::default(), Vec::new());
        let mut sent = Sent::new();
        let mut asked = Asked { limit: LIMIT, before: None, state: None };
        for (name, value) in self.0 {
            if seen.contains(&name) {
                problems.push(Problem::new(name, "duplicate-key"));
                continue;
            }
            match (name.as_str(), states) {
                ("limit", _) => asked.limit = problems.take(limit(&value)).unwrap_or(LIMIT),
                ("before", _) => {
                    let id = value.parse().map_err(|_| Problem::new("before", "not-an-id"));
                    asked.before = problems.take(id);
                }
                ("state", Some((parse, all, text))) => {
                    asked.state = problems.take(word("state", &value, parse, all, text));
                }
                (other, _) if others.contains(&other) => sent.push((name.clone(), value)),
                _ => problems.push(unknown(&name)),
            }
            seen.push(name);
        }
        problems.into_result().map_err(WebError::invalid)?;
        Ok((asked, sent))
    }
}

/// Names and values.
type Sent = Vec<(String, String)>;

type States<'a, S> = (fn(&str) -> Option<S>, &'a [S], fn(S) -> &'static str);

impl<S> Asked<S> {
    /// How many rows to read: one more than asked for tells whether there is a next page.
    pub fn rows(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The page made of up to [`Self::rows`] rows.
    pub fn page<R, T>(&self, mut rows: Vec<R>, id: impl Fn(&R) -> Uuid, view: impl Fn(&R) -> T) -> Page<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().map(&id).filter(|_| more);
        Page { items: rows.iter().map(view).collect(), next }
    }
}

/// As much of its name as is repeated to whoever sent it.
fn unknown(name: &str) -> Problem {
    Problem::new(name.chars().take(60).collect::<String>(), "unknown-field")
}

fn limit(value: &str) -> Result<usize, Problem> {
    let number: usize = value.parse().map_err(|_| Problem::new("limit", "not-a-number"))?;
    if (1..=LIMIT_MAX).contains(&number) {
        return Ok(number);
    }
    Err(Problem::new("limit", "out-of-range").number("min", 1).number("max", LIMIT_MAX))
}
