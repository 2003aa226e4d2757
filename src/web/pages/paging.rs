//! Keyset paging of lists: newest first, `?before=ID` begins right behind a row.

use serde::Deserialize;

/// Rows on one page.
const PAGE: usize = 50;

/// Where a page begins: right behind this one.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    #[serde(default)]
    before: String,
}

impl Before {
    /// The id, if it is one.
    pub fn id<T: std::str::FromStr>(&self) -> Option<T> {
        self.before.parse().ok()
    }
}

/// One row more than a page holds tells whether there is a next page.
pub fn limit() -> i64 {
    i64::try_from(PAGE + 1).unwrap_or(i64::MAX)
}

/// Cuts the extra row off; where the next page begins, if there is one.
pub fn behind<T, I>(rows: &mut Vec<T>, id: impl Fn(&T) -> I) -> Option<I> {
    if rows.len() <= PAGE {
        return None;
    }
    rows.truncate(PAGE);
    rows.last().map(id)
}
