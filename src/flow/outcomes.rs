//! The admin's outcome log: its lines and figures, as far as an admin may know. Changes nothing.

use super::{Cx, Failure, account};
use crate::clock::Ts;
use crate::domain::asking::Purpose;
use crate::domain::connector::Connector;
use crate::domain::log_filter::{LogFilter, Search, whole_days};
use crate::domain::name_words::{prefixes, words};
use crate::domain::tally::{Batches, Came, Counts, Ended, day, list, median, monday};
use crate::ids::{ConnectorId, IntroductionId};
use crate::store::outcome_lists::{self, Ids, LogRow};
use crate::store::tally::{self, Cell};
use crate::store::{Tx, connectors};

/// Introductions that a search looks at before it says "there may be more further back".
const LOOK: i64 = 150;
/// Connectors whose name fits a search; more of them are too many to look through one by one.
const NAMED: usize = 12;
/// More pieces than this cannot be read in a plot.
const PIECES: i64 = 27;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    pub row: LogRow,
    pub connector_name: String,
    pub came: Came,
}

/// A piece of the log, newest first.
#[derive(Clone, Default)]
pub struct LogPage {
    pub lines: Vec<LogLine>,
    /// Where the next piece begins: right behind this one. A search may have stopped looking there.
    pub next: Option<IntroductionId>,
}

/// Figures over everything that the filter finds.
#[derive(Clone)]
pub struct Figures {
    pub counts: Counts,
    /// In pieces of so many weeks, oldest first: the day (UTC) on which each begins.
    pub pieces: Vec<(Ts, Counts)>,
    pub weeks: i64,
    /// How many of the closed ones were answered; only where no filter could tell of a single one.
    pub answered: Option<Batches>,
    /// The median of days to a yes, of introductions that left; `None` for too few.
    pub median: Option<i64>,
    pub medians: Vec<(Purpose, Option<i64>)>,
}

/// The log as a page shows it.
pub struct Look {
    pub page: LogPage,
    /// With the first piece only.
    pub figures: Option<Figures>,
    /// By name, for the form.
    pub connectors: Vec<Connector>,
    /// Nobody was ever asked here.
    pub is_empty: bool,
}

/// A piece of the log with what stands around it.
pub async fn look(
    cx: &Cx,
    filter: &LogFilter,
    before: Option<IntroductionId>,
    limit: usize,
) -> Result<Look, Failure> {
    let page = page(cx, filter, before, limit).await?;
    let figures = if before.is_none() { figures(cx, filter).await? } else { None };
    let mut tx = cx.db.read().await?;
    let connectors = everybody(&mut tx, cx).await?;
    let ids = (IntroductionId(uuid::Uuid::nil()), IntroductionId(uuid::Uuid::max()));
    let is_empty =
        page.lines.is_empty() && outcome_lists::count(&mut tx, &list(None, None, None), ids, 1).await? == 0;
    Ok(Look { page, figures, connectors, is_empty })
}

/// The newest of what the filter finds, older than `before`.
pub async fn page(
    cx: &Cx,
    filter: &LogFilter,
    before: Option<IntroductionId>,
    limit: usize,
) -> Result<LogPage, Failure> {
    let mut tx = cx.db.read().await?;
    let everybody = everybody(&mut tx, cx).await?;
    let (low, high) = filter.ids();
    let ids = (low, before.map_or(high, |before| high.min(before)));
    let (rows, next) = match &filter.search {
        None => plain(&mut tx, filter, ids, limit).await?,
        Some(Search::Id(id)) => (one(&mut tx, filter, ids, *id).await?, None),
        Some(Search::Words(words)) => {
            let sought = Sought { filter, words, everybody: &everybody, ids, limit };
            sought.find(&mut tx).await?
        }
    };
    let name = |id: ConnectorId| everybody.iter().find(|one| one.id == id).map(|one| one.name.clone());
    let lines = rows.into_iter().map(|row| LogLine {
        connector_name: name(row.connector).unwrap_or_default(),
        came: row.came(),
        row,
    });
    Ok(LogPage { lines: lines.collect(), next })
}

/// The connectors by name; whoever deleted the account has none any more.
async fn everybody(tx: &mut Tx, cx: &Cx) -> Result<Vec<Connector>, Failure> {
    let former = account::former(cx);
    let mut all = connectors::all(tx).await?;
    for gone in all.iter_mut().filter(|one| one.deleted_at.is_some()) {
        gone.name.clone_from(&former);
    }
    Ok(all)
}

type Found = (Vec<LogRow>, Option<IntroductionId>);

async fn plain(tx: &mut Tx, filter: &LogFilter, ids: Ids, limit: usize) -> Result<Found, Failure> {
    let list = list(filter.connector, filter.purpose, filter.ended);
    let mut rows = outcome_lists::lines(tx, &list, ids, rows(limit + 1)).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().map(|row| row.id).filter(|_| more);
    Ok((rows, next))
}

async fn one(tx: &mut Tx, filter: &LogFilter, ids: Ids, id: IntroductionId) -> Result<Vec<LogRow>, Failure> {
    if id < ids.0 || id >= ids.1 {
        return Ok(Vec::new());
    }
    let list = list(filter.connector, filter.purpose, filter.ended);
    Ok(outcome_lists::line(tx, &list, id).await?.into_iter().collect())
}

/// A search by words: each word begins one in the connector's name or, once the two know each other, in
/// theirs.
struct Sought<'a> {
    filter: &'a LogFilter,
    words: &'a [String],
    everybody: &'a [Connector],
    ids: Ids,
    limit: usize,
}

impl Sought<'_> {
    async fn find(&self, tx: &mut Tx) -> Result<Found, Failure> {
        let (mut found, mut floor) = (Vec::new(), None);
        for (list, words) in self.ways() {
            let (ids, end) = if words.is_empty() {
                whole(tx, &list, self.ids, self.limit + 1).await?
            } else {
                crossed(tx, &list, &words, self.ids).await?
            };
            found.extend(ids.into_iter().map(|id| (id, list.clone())));
            floor = floor.max(end);
        }
        found.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        found.dedup_by(|a, b| a.0 == b.0);
        // Below the floor one of the ways was not walked to its end.
        found.retain(|(id, _)| floor.is_none_or(|floor| *id >= floor));
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        let mut rows = Vec::with_capacity(found.len());
        for (id, list) in &found {
            rows.extend(outcome_lists::line(tx, list, *id).await?);
        }
        let last = found.last().map(|(id, _)| *id);
        Ok((rows, if more { last } else { floor }))
    }

    /// The lists to look through, each with the words that its connector's name leaves over.
    fn ways(&self) -> Vec<(String, Vec<String>)> {
        let LogFilter { purpose, ended, connector, .. } = self.filter;
        if self.words.is_empty() {
            return Vec::new();
        }
        let mut ways = vec![(list(*connector, *purpose, *ended), self.words.to_vec())];
        let mut named: Vec<(ConnectorId, Vec<String>)> = Vec::new();
        for one in self.everybody.iter().filter(|one| connector.is_none_or(|id| one.id == id)) {
            let own = prefixes(&words(&one.name));
            let left: Vec<String> = self.words.iter().filter(|word| !own.contains(word)).cloned().collect();
            if left.len() < self.words.len() {
                named.push((one.id, left));
            }
        }
        // Those whose whole name was typed come first.
        named.sort_by_key(|(_, left)| left.len());
        named.truncate(NAMED);
        ways.extend(named.into_iter().map(|(id, left)| (list(Some(id), *purpose, *ended), left)));
        ways
    }
}

/// Ids, and down to which one they are known; `None` is to the end.
type Walked = (Vec<IntroductionId>, Option<IntroductionId>);

async fn whole(tx: &mut Tx, list: &str, ids: Ids, limit: usize) -> Result<Walked, Failure> {
    let rows = outcome_lists::lines(tx, list, ids, rows(limit)).await?;
    let end = rows.last().map(|row| row.id).filter(|_| rows.len() == limit);
    Ok((rows.into_iter().map(|row| row.id).collect(), end))
}

/// What stands in the list and is led to by every word, looking through whichever is shorter.
async fn crossed(tx: &mut Tx, list: &str, words: &[String], ids: Ids) -> Result<Walked, Failure> {
    let mut words = words.to_vec();
    // The longest word leads to the fewest.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let through = outcome_lists::count(tx, list, ids, LOOK).await?;
    let lead = outcome_lists::count_word(tx, &words[0], ids, LOOK).await?;
    if lead <= through {
        let found = outcome_lists::by_word(tx, list, &words, ids, LOOK).await?;
        return Ok((found, outcome_lists::nth_word(tx, &words[0], ids, LOOK).await?));
    }
    let found = outcome_lists::in_list(tx, list, &words, ids, LOOK).await?;
    Ok((found, outcome_lists::nth(tx, list, ids, LOOK).await?))
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The figures. Of a search there are none: it narrows by people.
async fn figures(cx: &Cx, filter: &LogFilter) -> Result<Option<Figures>, Failure> {
    if filter.search.is_some() {
        return Ok(None);
    }
    let mut tx = cx.db.read().await?;
    let (counts, pieces, weeks) = counted(&mut tx, filter, cx.now()).await?;
    let mut figures = Figures { counts, pieces, weeks, answered: None, median: None, medians: Vec::new() };
    // For one connector, or for one ending, the number would be about too few people that are too well
    // known: full batches are of everybody.
    if filter.connector.is_none() && filter.ended.is_none() {
        figures.answered = Some(batches(&mut tx, filter).await?);
    }
    if filter.ended.is_none_or(|ended| ended == Ended::Introduced) {
        figures.median = median(&histogram(&mut tx, filter, filter.purpose).await?);
        for purpose in Purpose::ALL.iter().filter(|one| filter.purpose.is_none_or(|only| only == **one)) {
            let histogram = histogram(&mut tx, filter, Some(*purpose)).await?;
            figures.medians.push((*purpose, median(&histogram)));
        }
    }
    Ok(Some(figures))
}

/// Whole days from the tally; what is left of a day at both ends, where the reader's days are not those of
/// UTC, from the lists.
async fn counted(
    tx: &mut Tx,
    filter: &LogFilter,
    now: Ts,
) -> Result<(Counts, Vec<(Ts, Counts)>, i64), Failure> {
    let (first, end) = whole_days(filter.from, filter.to);
    let cell = Cell { connector: filter.connector, purpose: filter.purpose, day: first };
    let today = day(now);
    let begin = tally::first_day(tx, cell).await?.unwrap_or(today).max(first);
    let last = today.min(end.saturating_sub(1)).max(begin);
    let base = monday(begin);
    let weeks = ((last - base) / (7 * PIECES) + 1).max(1);
    let step = 7 * weeks;
    let number = (last - base) / step + 1;
    let mut pieces: Vec<(Ts, Counts)> =
        (0..number).map(|nth| (Ts((base + nth * step) * DAY), Counts::default())).collect();
    let mut put = |piece: i64, counts: &Counts| {
        let nth = usize::try_from(piece.clamp(0, number - 1)).unwrap_or_default();
        pieces[nth].1.add_all(&counts.only(filter.ended));
    };
    if first < end {
        for (piece, counts) in tally::sums(tx, cell, end, base, step).await? {
            put(piece, &counts);
        }
    }
    for (from, to) in edges(filter, first, end) {
        put((day(from) - base) / step, &edge(tx, filter, from, to).await?);
    }
    let mut all = Counts::default();
    for (_, counts) in &pieces {
        all.add_all(counts);
    }
    Ok((all, pieces, weeks))
}

const DAY: i64 = crate::clock::Span::days(1).0;

/// The parts of days before the first whole day and behind the last one.
fn edges(filter: &LogFilter, first: i64, end: i64) -> Vec<(Ts, Ts)> {
    let at = |day: i64| Ts(day.saturating_mul(DAY));
    let (Some(from), Some(to)) = (filter.from.or(Some(Ts(i64::MIN))), filter.to.or(Some(Ts(i64::MAX))))
    else {
        return Vec::new();
    };
    if first > end {
        // Within one day.
        return vec![(from, to)];
    }
    let before = Some((from, at(first))).filter(|(from, to)| filter.from.is_some() && from < to);
    let behind = Some((at(end), to)).filter(|(from, to)| filter.to.is_some() && from < to);
    before.into_iter().chain(behind).collect()
}

async fn edge(tx: &mut Tx, filter: &LogFilter, from: Ts, to: Ts) -> Result<Counts, Failure> {
    let names: Vec<String> = Came::ALL
        .iter()
        .map(|came| list(filter.connector, filter.purpose, Some(Ended::Came(*came))))
        .collect();
    let Ok(lists) = <[String; 8]>::try_from(names) else {
        return Ok(Counts::default());
    };
    let part = LogFilter { from: Some(from), to: Some(to), ..filter.clone() };
    let mut counts = Counts::default();
    for (name, number) in outcome_lists::counts(tx, &lists, part.ids()).await? {
        if let Some(came) = Came::ALL.iter().zip(&lists).find(|(_, list)| **list == name) {
            counts.add(*came.0, number);
        }
    }
    Ok(counts)
}

async fn batches(tx: &mut Tx, filter: &LogFilter) -> Result<Batches, Failure> {
    let mut all = Batches::default();
    for purpose in Purpose::ALL.iter().filter(|one| filter.purpose.is_none_or(|only| only == **one)) {
        let full = tally::full_batches(tx, *purpose, filter.from, filter.to).await?;
        all.closed += full.closed;
        all.answered += full.answered;
    }
    Ok(all)
}

/// Whole weeks of UTC that the filter's days touch: a few days more or less do not move a median.
async fn histogram(
    tx: &mut Tx,
    filter: &LogFilter,
    purpose: Option<Purpose>,
) -> Result<Vec<(i64, i64)>, Failure> {
    let first = filter.from.map_or(i64::MIN, |from| monday(day(from)));
    let end = filter.to.map_or(i64::MAX, |to| day(Ts(to.0 - 1)) + 1);
    let cell = Cell { connector: filter.connector, purpose, day: first };
    Ok(tally::histogram(tx, cell, end).await?)
}
