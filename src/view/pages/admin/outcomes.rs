//! The outcome log: what came of introductions, without answers.

use serde::Serialize;

use super::super::{Fault, Frame};
use super::figures::{Day, Figures, Input};
use crate::domain::asking::Purpose;
use crate::domain::log_filter::When;
use crate::domain::outcome::Outcome;
use crate::domain::tally::{Batches, Came, Counts, Ended};
use crate::view::Page;

/// The outcome log.
#[expect(clippy::struct_excessive_bools, reason = "each is one question of the template")]
#[derive(Clone, Debug, Serialize)]
pub struct Outcomes {
    pub frame: Frame,
    /// Values of the link that narrow nothing.
    pub faults: Vec<Fault>,
    pub form: LogForm,
    pub presets: Vec<LogPreset>,
    /// The first and the last day that are shown.
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub today: Day,
    /// By anything but days.
    pub narrowed: bool,
    pub named_dates: bool,
    pub searched: bool,
    pub clear: Option<&'static str>,
    /// Where everything is, at any time.
    pub everything: String,
    pub lines: Vec<OutcomeLine>,
    /// Nobody was ever asked here.
    pub is_empty: bool,
    /// Back to the newest, from further back.
    pub newest: Option<String>,
    pub more: Option<String>,
    pub csv: String,
    pub json: String,
    pub figures: Option<Figures>,
    pub time_zone: String,
}

/// What the log is narrowed to, as the form shows it.
#[derive(Clone, Debug, Serialize)]
pub struct LogForm {
    pub when: Option<When>,
    pub from: String,
    pub to: String,
    pub search: String,
    pub connectors: Vec<LogChoice>,
    pub purposes: &'static [Purpose],
    pub purpose: Option<Purpose>,
    pub endings: Vec<&'static str>,
    pub ending: Option<&'static str>,
}

/// A connector to choose.
#[derive(Clone, Debug, Serialize)]
pub struct LogChoice {
    pub value: String,
    pub name: String,
    pub chosen: bool,
}

/// A stretch of time to choose.
#[derive(Clone, Debug, Serialize)]
pub struct LogPreset {
    pub when: When,
    pub href: String,
    pub current: bool,
}

/// One line: nothing about who answered what.
#[derive(Clone, Debug, Serialize)]
pub struct OutcomeLine {
    pub connector: String,
    /// Of two who know each other.
    pub names: Option<(String, String)>,
    pub purpose: Purpose,
    pub drafted: Day,
    pub ended: Option<Day>,
    pub ending: Ending,
    pub outcome: Option<Outcome>,
}

/// How far it came, in as many words as an admin may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Waiting,
    Introduced,
    Closed,
}

const SAMPLE_DAY: Day = Day { day: 3, month: 3, year: 2026 };

fn sample_figures(few: bool) -> Figures {
    let mut one = Counts::one(Came::Met);
    one.add(Came::Closed, 3);
    one.add(Came::Waiting, 1);
    let pieces = if few { vec![(SAMPLE_DAY, one)] } else { vec![(SAMPLE_DAY, one); 20] };
    let mut counts = Counts::default();
    for (_, more) in &pieces {
        counts.add_all(more);
    }
    let full = Batches { closed: 50, answered: 31 };
    Figures::new(&Input {
        counts,
        pieces,
        weeks: if few { 1 } else { 4 },
        answered: Some(if few { Batches::default() } else { full }),
        one_ending: false,
        median: Some(2).filter(|_| !few),
        medians: vec![(Purpose::Peers, Some(3).filter(|_| !few)), (Purpose::Recruiter, None)],
    })
}

fn sample_lines() -> Vec<OutcomeLine> {
    let line = |ending, outcome| OutcomeLine {
        connector: "Ada Lovelace".into(),
        names: Some(("Grace Hopper".into(), "محمد علي".into())).filter(|_| ending == Ending::Introduced),
        purpose: Purpose::Recruiter,
        drafted: SAMPLE_DAY,
        ended: Some(SAMPLE_DAY).filter(|_| ending != Ending::Waiting),
        ending,
        outcome,
    };
    vec![
        line(Ending::Waiting, None),
        line(Ending::Introduced, Some(Outcome::Landed)),
        line(Ending::Introduced, None),
        line(Ending::Closed, None),
    ]
}

fn sample_form() -> LogForm {
    LogForm {
        when: None,
        from: String::new(),
        to: String::new(),
        search: String::new(),
        connectors: vec![LogChoice { value: "x".into(), name: "Ada <b>".into(), chosen: true }],
        purposes: Purpose::ALL,
        purpose: Some(Purpose::Peers),
        endings: Ended::ALL.iter().map(|ended| ended.as_str()).collect(),
        ending: Some("met"),
    }
}

impl Page for Outcomes {
    const FILE: &'static str = "admin/outcomes";

    fn samples() -> Vec<Self> {
        let (lines, form) = (sample_lines(), sample_form());
        let preset = |when: &When| LogPreset { when: *when, href: "?".into(), current: *when == When::Weeks };
        let empty = Self {
            frame: Frame::sample(),
            faults: Vec::new(),
            form,
            presets: When::ALL.iter().map(preset).collect(),
            from: Some(SAMPLE_DAY),
            to: None,
            today: SAMPLE_DAY,
            narrowed: false,
            named_dates: false,
            searched: false,
            clear: None,
            everything: "?when=all".into(),
            lines: Vec::new(),
            is_empty: true,
            newest: None,
            more: None,
            csv: "/admin/outcomes.csv".into(),
            json: "/admin/outcomes.json".into(),
            figures: None,
            time_zone: "Europe/Berlin".into(),
        };
        let full = Self {
            lines,
            is_empty: false,
            narrowed: true,
            clear: Some("/admin/outcomes"),
            more: Some("?before=x".into()),
            figures: Some(sample_figures(false)),
            ..empty.clone()
        };
        let undated = Self { from: None, named_dates: true, to: Some(SAMPLE_DAY), ..full.clone() };
        let when = LogForm { when: Some(When::All), ..full.form.clone() };
        let older = Self { newest: Some("?".into()), figures: None, form: when, from: None, ..full.clone() };
        let nothing = Self { lines: Vec::new(), more: None, figures: None, searched: true, ..full.clone() };
        let further = Self { more: Some("?before=x".into()), ..nothing.clone() };
        let quiet = Self { narrowed: false, lines: Vec::new(), more: None, figures: None, ..full.clone() };
        let mut alone = sample_figures(true);
        alone.funnel_note = "one-group";
        let few =
            Self { figures: Some(sample_figures(true)), faults: vec![Fault::sample("from")], ..full.clone() };
        let one_group = Self { figures: Some(alone), ..full.clone() };
        vec![empty, full, undated, older, nothing, further, quiet, few, one_group]
    }
}
