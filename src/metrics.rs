//! What `/metrics` shows, in the OpenMetrics text format.
//!
//! Answers are counted without saying which: on a small instance a counter of declines would tell
//! who declined.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The content type of [`Metrics::encode`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All counters of one process. Clones count together.
#[derive(Clone)]
pub struct Metrics {
    registry: std::sync::Arc<Registry>,
    queue_depth: Family<Kind, Gauge>,
    queue_oldest: Family<Kind, Gauge>,
    attempts: Family<Attempt, Counter>,
    requests: Family<Request, Counter>,
    breaker: Family<Route, Gauge>,
    inbound: Family<Inbound, Counter>,
    /// Answers given by parties, whatever they were.
    pub answers: Counter,
    /// Introductions queued to both.
    pub introductions: Counter,
    /// Deliveries whose fate is not known: the connection was lost after the final dot.
    pub unknown: Counter,
    /// 1 while nothing is sent: quarantine, or a clock that jumped.
    pub held: Gauge,
    /// Free bytes of the disk below an SQLite file; 0 on PostgreSQL.
    pub disk_free: Gauge,
    second_yes_to_accepted: Histogram,
    forgotten: Family<Thing, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Thing {
    what: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Attempt {
    stage: &'static str,
    class: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Inbound {
    taken: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    pub fn new() -> Self {
        let mut made = Self {
            registry: std::sync::Arc::default(),
            queue_depth: Family::default(),
            queue_oldest: Family::default(),
            attempts: Family::default(),
            requests: Family::default(),
            breaker: Family::default(),
            inbound: Family::default(),
            answers: Counter::default(),
            introductions: Counter::default(),
            unknown: Counter::default(),
            held: Gauge::default(),
            disk_free: Gauge::default(),
            // From a short hold, over the usual ten minutes, to the four days of retries.
            second_yes_to_accepted: Histogram::new([
                1.0, 10.0, 60.0, 300.0, 600.0, 601.0, 605.0, 615.0, 660.0, 900.0, 1800.0, 3600.0, 14_400.0,
                86_400.0, 345_600.0,
            ]),
            forgotten: Family::default(),
        };
        made.registry = std::sync::Arc::new(made.register());
        made
    }

    /// How many mails of this kind wait, and how long the oldest has been due, in seconds.
    pub fn set_queue(&self, kind: &'static str, depth: i64, oldest_seconds: i64) {
        self.queue_depth.get_or_create(&Kind { kind }).set(depth);
        self.queue_oldest.get_or_create(&Kind { kind }).set(oldest_seconds);
    }

    /// One try to deliver: the SMTP stage it ended in and its class (`sent`, `deferred`, `failed`,
    /// `unknown`, `route`).
    pub fn attempt(&self, stage: &'static str, class: &'static str) {
        self.attempts.get_or_create(&Attempt { stage, class }).inc();
    }

    /// One answered request. `route` is the route's template, never the path: paths hold tokens.
    pub fn request(&self, route: &str, status: u16) {
        let status = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&Request { route: route.to_owned(), status }).inc();
    }

    /// Whether the breaker of a mail route holds its mails back.
    pub fn set_breaker(&self, route: &str, open: bool) {
        self.breaker.get_or_create(&Route { route: route.to_owned() }).set(i64::from(open));
    }

    /// A mail that was handed in over HTTP, and what came of it: `carried_out`, `nothing` or `forged`.
    pub fn came_in(&self, taken: &'static str) {
        self.inbound.get_or_create(&Inbound { taken }).inc();
    }

    /// The promise to the two people: seconds from the second yes to the relay's 250; once for each of them.
    pub fn accepted_after(&self, seconds: f64) {
        self.second_yes_to_accepted.observe(seconds);
    }

    /// What one round of retention took out.
    pub fn forgotten(&self, introductions: u64, mails: u64, rows: u64) {
        let all = [("introductions", introductions), ("mails", mails), ("rows", rows)];
        for (what, number) in all.into_iter().filter(|(_, number)| *number > 0) {
            self.forgotten.get_or_create(&Thing { what }).inc_by(number);
        }
    }

    /// Everything as text.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }

    fn register(&self) -> Registry {
        let mut all = Registry::with_prefix("twoyes");
        all.register("queue_depth", "Mails waiting to leave, by kind", self.queue_depth.clone());
        all.register(
            "queue_oldest_seconds",
            "How long the oldest waiting mail has been due, by kind",
            self.queue_oldest.clone(),
        );
        all.register("delivery_attempts", "Tries to deliver, by SMTP stage and class", self.attempts.clone());
        all.register("deliveries_unknown", "Connections lost after the final dot", self.unknown.clone());
        all.register("breaker_open", "1 while a mail route is held back", self.breaker.clone());
        all.register("inbound", "Mails that were handed in, by what came of them", self.inbound.clone());
        all.register(
            "held",
            "1 while nothing is sent: quarantine, or a clock that jumped",
            self.held.clone(),
        );
        all.register("disk_free_bytes", "Free on the disk below an SQLite file", self.disk_free.clone());
        all.register("answers", "Answers given by parties", self.answers.clone());
        all.register("introductions", "Introductions queued to both", self.introductions.clone());
        all.register(
            "second_yes_to_accepted_seconds",
            "From the second yes, over the hold, to the relay's acceptance, for each party",
            self.second_yes_to_accepted.clone(),
        );
        all.register("forgotten", "What retention took out, by thing", self.forgotten.clone());
        all.register("http_requests", "Requests, by route template and status class", self.requests.clone());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_was_counted_is_shown() {
        let metrics = Metrics::new();
        metrics.clone().answers.inc();
        metrics.introductions.inc();
        metrics.unknown.inc();
        metrics.set_queue("ask", 3, 40);
        metrics.attempt("rcpt", "failed");
        metrics.request("/c/{token}", 404);
        metrics.set_breaker("relay", true);
        metrics.came_in("carried_out");
        metrics.accepted_after(1.5);
        metrics.forgotten(0, 2, 0);
        insta::assert_snapshot!(metrics.encode());
    }
}
