//! `/admin/health`: what is wrong, in a sentence each.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::session::{Admin, frame};
use super::super::show;
use crate::domain::connector::Connector;
use crate::flow::condition::{self, Record, Trouble, Weight, What};
use crate::urls::path;
use crate::view::pages::{self, Health, Here, RecordLine, TroubleLine, Waiting};
use crate::web::Web;
use crate::web::error::WebError;

/// How the instance fares.
pub async fn health(State(web): State<Web>, Admin(who): Admin) -> Result<Response, WebError> {
    let page = look(&web, &who).await;
    show(&web, &who.language, StatusCode::OK, &page)
}

/// The same, with the DNS records of the sender's domain: only on request, since DNS may be slow.
pub async fn records(State(web): State<Web>, Admin(who): Admin) -> Result<Response, WebError> {
    let found = condition::records(&web.instance, condition::RECORDS_LIMIT).await;
    let slow = found.is_none();
    let records = found.unwrap_or_default().into_iter().map(record_line).collect();
    let page = Health { records, slow, ..look(&web, &who).await };
    show(&web, &who.language, StatusCode::OK, &page)
}

async fn look(web: &Web, who: &Connector) -> Health {
    let found = condition::look(&web.cx, &web.instance).await;
    let (grave, advice): (Vec<Trouble>, Vec<Trouble>) = found.troubles.into_iter().partition(|one| one.grave);
    let waiting = found.waiting.into_iter().map(|(family, many)| Waiting { family, many });
    pages::Health {
        frame: frame(web, who).at(Here::Health),
        troubles: grave.into_iter().map(trouble_line).collect(),
        advice: advice.into_iter().map(trouble_line).collect(),
        waiting: waiting.collect(),
        version: env!("CARGO_PKG_VERSION"),
        engine: found.engine,
        started_at: web.instance.started_at,
        swept_at: found.swept_at,
        free_megabytes: found.free_megabytes,
        records_path: path::HEALTH_RECORDS,
        has_records: web.instance.records.is_some(),
        records: Vec::new(),
        slow: false,
        acts_path: path::ADMIN_ACTS,
        time_zone: who.time_zone.clone(),
    }
}

fn trouble_line(of: Trouble) -> TroubleLine {
    let path = match of.what {
        What::Mail | What::RoutePaused | What::RouteTried | What::Undecided => Some(path::ADMIN_DELIVERIES),
        What::Failed => Some("/admin/deliveries?state=failed"),
        What::AskingPaused => Some(path::ADMIN_CONNECTORS),
        What::Database
        | What::Schema
        | What::Keys
        | What::Sweeper
        | What::Clock
        | What::Quarantine
        | What::ClockJump
        | What::DiskLow
        | What::PlainHttp
        | What::KeyOld
        | What::NoSignature
        | What::Overrides => None,
    };
    TroubleLine { word: of.what.as_str(), count: of.count, at: of.at, words: of.words, path }
}

fn record_line(of: Record) -> RecordLine {
    let weight = match of.weight {
        Weight::Good => "good",
        Weight::Warning => "warning",
        Weight::Problem => "problem",
    };
    RecordLine { weight, sentence: of.sentence }
}
