//! How the instance fares: what is wrong, and what to do.

use serde::Serialize;

use super::super::Frame;
use super::deliveries::SAMPLE_TIME;
use crate::clock::Ts;
use crate::domain::message::Family;
use crate::urls::path;
use crate::view::Page;

/// The page.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    pub frame: Frame,
    pub troubles: Vec<TroubleLine>,
    /// Advice comes behind what is grave.
    pub advice: Vec<TroubleLine>,
    pub waiting: Vec<Waiting>,
    pub version: &'static str,
    pub engine: &'static str,
    pub started_at: Option<Ts>,
    pub swept_at: Option<Ts>,
    /// Of the disk below an SQLite file.
    pub free_megabytes: Option<u64>,
    pub records_path: &'static str,
    /// There are records to be looked up.
    pub has_records: bool,
    /// They were looked up just now; `slow`: without an answer in time.
    pub records: Vec<RecordLine>,
    pub slow: bool,
    pub acts_path: &'static str,
    pub time_zone: String,
}

/// One thing that is wrong, for the words `trouble-{word}`.
#[derive(Clone, Debug, Serialize)]
pub struct TroubleLine {
    pub word: &'static str,
    pub count: i64,
    pub at: Option<Ts>,
    pub words: String,
    /// The page that helps.
    pub path: Option<&'static str>,
}

/// How many mails of a family wait.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    pub family: Family,
    pub many: i64,
}

/// What is said of one DNS record.
#[derive(Clone, Debug, Serialize)]
pub struct RecordLine {
    /// `good`, `warning` or `problem`.
    pub weight: &'static str,
    pub sentence: String,
}

/// The words of all troubles.
const WORDS: [&str; 18] = [
    "database",
    "schema",
    "mail",
    "keys",
    "route_paused",
    "route_tried",
    "undecided",
    "failed",
    "asking_paused",
    "sweeper",
    "clock",
    "quarantine",
    "clock_jump",
    "disk_low",
    "plain_http",
    "key_old",
    "no_signature",
    "overrides",
];

impl Page for Health {
    const FILE: &'static str = "admin/health";

    fn samples() -> Vec<Self> {
        let line = |word: &&'static str| TroubleLine {
            word,
            count: 3,
            at: Some(SAMPLE_TIME),
            words: "535 5.7.8 authentication failed".into(),
            path: Some(path::ADMIN_DELIVERIES).filter(|_| *word == "failed"),
        };
        let record = |weight| RecordLine { weight, sentence: "example.org has an SPF record.".into() };
        let well = Self {
            frame: Frame::sample(),
            troubles: Vec::new(),
            advice: Vec::new(),
            waiting: Vec::new(),
            version: "0.1.0",
            engine: "sqlite",
            started_at: None,
            swept_at: None,
            free_megabytes: None,
            records_path: path::HEALTH_RECORDS,
            has_records: false,
            records: Vec::new(),
            slow: false,
            acts_path: path::ADMIN_ACTS,
            time_zone: "Europe/Berlin".into(),
        };
        let ill = Self {
            troubles: WORDS.iter().map(line).collect(),
            advice: vec![TroubleLine { at: None, ..line(&"sweeper") }],
            waiting: Family::ALL.iter().map(|family| Waiting { family: *family, many: 2 }).collect(),
            started_at: Some(SAMPLE_TIME),
            swept_at: Some(SAMPLE_TIME),
            free_megabytes: Some(20_480),
            has_records: true,
            records: ["good", "warning", "problem"].map(record).to_vec(),
            ..well.clone()
        };
        let slow = Self { slow: true, records: Vec::new(), troubles: Vec::new(), ..ill.clone() };
        vec![well, slow, ill]
    }
}
