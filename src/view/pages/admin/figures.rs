//! The figures of the outcome log, measured out for plots. Places and lengths across are in per cent, so
//! that a plot fits its column while its words keep their size.

use serde::Serialize;

use crate::domain::asking::Purpose;
use crate::domain::tally::{BATCH, Batches, Came, Counts};

/// Height of the columns, in pixels.
const HIGH: i64 = 150;
/// Room above them for their sums.
const TOP: i64 = 22;
/// More columns than this are too narrow for a sum over each.
const SUMS: usize = 13;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Day {
    pub day: i64,
    pub month: i64,
    pub year: i64,
}

impl From<(i64, i64, i64)> for Day {
    fn from((day, month, year): (i64, i64, i64)) -> Self {
        Self { day, month, year }
    }
}

/// What is known.
pub struct Input {
    pub counts: Counts,
    pub pieces: Vec<(Day, Counts)>,
    pub weeks: i64,
    pub answered: Option<Batches>,
    /// Only one ending is shown.
    pub one_ending: bool,
    pub median: Option<i64>,
    pub medians: Vec<(Purpose, Option<i64>)>,
}

/// What is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub all: i64,
    pub introduced: i64,
    pub met: i64,
    pub closed: i64,
    pub waiting: i64,
    pub median: Option<i64>,
    /// Nothing to show of one ending only.
    pub funnel: Vec<Bar>,
    /// The word that says how answers are counted.
    pub funnel_note: &'static str,
    pub columns: Vec<Column>,
    pub grid: Vec<Line>,
    pub weeks: i64,
    pub parts: &'static [&'static str],
    pub medians: Vec<Bar>,
    pub height: i64,
    pub floor: i64,
    pub label_y: i64,
}

/// A bar that lies.
#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    pub word: &'static str,
    /// `None` for too few to tell.
    pub number: Option<i64>,
    pub about: bool,
    /// Per cent of the longest.
    pub width: String,
    /// Per cent of the first.
    pub share: Option<i64>,
}

/// A week, or several.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    pub begins: Day,
    pub x: String,
    pub width: String,
    pub middle: String,
    pub labelled: bool,
    pub all: i64,
    pub sum_y: Option<i64>,
    pub parts: Vec<Part>,
}

/// A part of a column, from the floor up.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    pub word: &'static str,
    pub number: i64,
    pub y: String,
    pub height: String,
}

/// A line across.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    pub number: i64,
    pub y: String,
    pub label_y: String,
}

/// What a column is made of.
const PARTS: &[&str] = &["met", "on_the_way", "not_a_fit", "closed", "waiting"];

fn parts(counts: &Counts) -> [i64; 5] {
    [
        counts.met(),
        counts.of(Came::Scheduled) + counts.of(Came::NoReply) + counts.of(Came::Unheard),
        counts.of(Came::NotAFit),
        counts.of(Came::Closed),
        counts.of(Came::Waiting),
    ]
}

impl Figures {
    #[must_use]
    pub fn new(of: &Input) -> Self {
        let highest = of.pieces.iter().map(|(_, counts)| counts.all()).max().unwrap_or(0);
        let scale = nice(highest);
        let funnel_note = match of.answered {
            None => "one-group",
            Some(full) if full.closed < BATCH => "few",
            Some(_) => "batches",
        };
        Self {
            all: of.counts.all(),
            introduced: of.counts.introduced(),
            met: of.counts.met(),
            closed: of.counts.of(Came::Closed),
            waiting: of.counts.of(Came::Waiting),
            median: of.median,
            funnel: if of.one_ending { Vec::new() } else { funnel(of) },
            funnel_note,
            columns: columns(&of.pieces, scale),
            grid: grid(scale),
            weeks: of.weeks,
            parts: PARTS,
            medians: medians(&of.medians),
            height: TOP + HIGH + 26,
            floor: TOP + HIGH,
            label_y: TOP + HIGH + 18,
        }
    }
}

/// Ended ones, answered ones, introduced ones, those who met. Waiting ones would only dilute it.
fn funnel(of: &Input) -> Vec<Bar> {
    let (closed, introduced, met) = (of.counts.of(Came::Closed), of.counts.introduced(), of.counts.met());
    let asked = closed + introduced;
    let full = of.answered.filter(|full| full.closed >= BATCH || closed == 0);
    // Everybody answered where the two were introduced; of the closed ones the share of full batches.
    let answered =
        full.map(|full| introduced + (closed * full.answered + full.closed / 2) / full.closed.max(1));
    let bar = |word, number: Option<i64>, about| Bar {
        word,
        number,
        about,
        width: percent(number.unwrap_or(0), asked),
        share: number.filter(|_| asked > 0).map(|number| (number * 100 + asked / 2) / asked),
    };
    vec![
        bar("asked", Some(asked), false),
        bar("answered", answered, closed > 0),
        bar("introduced", Some(introduced), false),
        bar("met", Some(met), false),
    ]
}

fn medians(of: &[(Purpose, Option<i64>)]) -> Vec<Bar> {
    let longest = of.iter().filter_map(|(_, days)| *days).max().unwrap_or(0).max(1);
    let bar = |(purpose, days): &(Purpose, Option<i64>)| Bar {
        word: purpose.as_str(),
        number: *days,
        about: false,
        width: percent(days.unwrap_or(0), longest),
        share: None,
    };
    of.iter().map(bar).collect()
}

fn columns(pieces: &[(Day, Counts)], scale: i64) -> Vec<Column> {
    let number = i64::try_from(pieces.len()).unwrap_or(1).max(1);
    // Five dates fit under the narrowest plot.
    let every = (number + 4) / 5;
    let column = |(nth, (begins, counts)): (i64, &(Day, Counts))| {
        let (mut below, mut stack) = (0, Vec::new());
        for (word, number) in PARTS.iter().zip(parts(counts)) {
            if number > 0 {
                let height = tenths(number, scale);
                below += height;
                let y = (TOP + HIGH) * 10 - below;
                stack.push(Part { word, number, y: decimal(y), height: decimal(height) });
            }
        }
        Column {
            begins: *begins,
            // From 8 per cent on: the numbers of the lines stand in front.
            x: decimal(80 + (nth * 920 + 92) / number),
            width: decimal(736 / number),
            middle: decimal(80 + (nth * 920 + 460) / number),
            labelled: nth % every == 0,
            all: counts.all(),
            sum_y: Some(TOP + HIGH - below / 10 - 6).filter(|_| pieces.len() <= SUMS && counts.all() > 0),
            parts: stack,
        }
    };
    (0..).zip(pieces).map(column).collect()
}

fn grid(scale: i64) -> Vec<Line> {
    let steps: &[i64] = if scale % 2 == 0 { &[1, 2] } else { &[2] };
    let line = |step: &i64| {
        let number = scale * step / 2;
        let y = (TOP + HIGH) * 10 - tenths(number, scale);
        Line { number, y: decimal(y), label_y: decimal(y + 40) }
    };
    steps.iter().map(line).collect()
}

/// Tenths of a pixel.
fn tenths(number: i64, scale: i64) -> i64 {
    number * HIGH * 10 / scale.max(1)
}

/// A round number that is not smaller.
fn nice(number: i64) -> i64 {
    let mut power = 1;
    loop {
        for step in [1, 2, 4, 5, 6, 8] {
            if step * power >= number {
                return step * power;
            }
        }
        power *= 10;
    }
}

fn percent(number: i64, of: i64) -> String {
    decimal(number * 1000 / of.max(1))
}

/// Tenths as a number with one digit behind the point.
fn decimal(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_columns_stay_inside() {
        assert_eq!([0, 1, 3, 9, 11, 27, 81, 160].map(nice), [1, 1, 4, 10, 20, 40, 100, 200]);
        let day = Day { day: 1, month: 1, year: 2026 };
        for number in 1..=26 {
            let pieces = vec![(day, Counts::one(Came::Met)); number];
            let last = columns(&pieces, 1).pop().unwrap();
            let (x, width): (f64, f64) = (last.x.parse().unwrap(), last.width.parse().unwrap());
            assert!(x + width <= 100.0, "{number}: {x} + {width}");
            assert_eq!(last.parts[0].height, "150.0");
        }
    }

    #[test]
    fn answers_are_told_by_the_share_of_full_batches_only() {
        let mut counts = Counts::one(Came::Met);
        counts.add(Came::Closed, 19);
        let of = |answered| Input {
            counts,
            pieces: Vec::new(),
            weeks: 1,
            answered,
            one_ending: false,
            median: None,
            medians: Vec::new(),
        };
        let told = |answered| funnel(&of(answered))[1].number;
        assert_eq!(told(None), None);
        assert_eq!(told(Some(Batches::default())), None);
        assert_eq!(told(Some(Batches { closed: 10, answered: 5 })), Some(11));
    }
}
