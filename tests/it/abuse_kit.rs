//! Limits as they are by default, and short ways to meet them.

use twoyes::clock::Span;
use twoyes::config::{Asking, Config, Limits};
use twoyes::domain::asking::Policy;
use twoyes::domain::connector::{Connector, Role};
use twoyes::domain::draft::RawDraft;
use twoyes::domain::introduction::Introduction;
use twoyes::flow::ask::{self, AskError};
use twoyes::flow::{account, draft};

use crate::support::app::{TestApp, raw_draft};
use crate::support::db::TestDb;

/// The site with the limits of the default configuration.
pub async fn limited(db: &TestDb) -> TestApp {
    limited_by(db, |_| {}).await
}

/// The same, but for a change.
pub async fn limited_by(db: &TestDb, change: impl FnOnce(&mut Policy)) -> TestApp {
    let Config { asking, limits, .. } = Config::default();
    let dir = tempfile::tempdir().unwrap();
    TestApp::changed(db.db.clone(), dir, |cx| {
        by_default(&mut cx.policy, &asking, &limits);
        change(&mut cx.policy);
    })
    .await
}

fn by_default(policy: &mut Policy, asking: &Asking, limits: &Limits) {
    policy.asks_per_month = asking.asks_per_month;
    policy.asks_per_year = asking.asks_per_year;
    policy.one_at_a_time = true;
    policy.cool_down = Span::days(asking.cool_down_days.into());
    policy.limits = twoyes::app::limits(limits);
}

/// Another connector.
pub async fn connector(app: &TestApp, nth: usize) -> Connector {
    let email = format!("connector{nth}@connect.example");
    account::add(app.cx(), &email, &format!("Connector {nth}"), Role::Connector).await.unwrap()
}

/// A draft of two people by their numbers.
pub fn pair(first: usize, second: usize) -> RawDraft {
    let mut raw = raw_draft();
    for (party, nth) in [(&mut raw.first, first), (&mut raw.second, second)] {
        party.name = format!("Person N{nth}");
        party.email = format!("person{nth}@people.example");
    }
    raw
}

pub async fn ask_as(app: &TestApp, who: &Connector, raw: &RawDraft) -> Result<Introduction, AskError> {
    let new = draft::create(app.cx(), who, raw).await.unwrap();
    ask::ask(app.cx(), who, new.id).await
}
