//! The circles around a connector, nearest first.

use serde::{Deserialize, Serialize};

/// How near somebody stands. A contact stands in one of them or in none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Circle {
    /// Family and friends.
    Family,
    /// Former co-workers and bosses.
    Coworkers,
    /// Others who look for work.
    Seekers,
    /// From associations, courses and meetings.
    Associations,
    /// Whom one knows by sight.
    Acquaintances,
}

super::text_enum!(Circle {
    Family = "family",
    Coworkers = "coworkers",
    Seekers = "seekers",
    Associations = "associations",
    Acquaintances = "acquaintances",
});
