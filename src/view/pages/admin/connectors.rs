//! Who has an account here: for the admin who invited them.

use serde::Serialize;

use super::super::{Fault, Frame, Here};
use crate::clock::Ts;
use crate::domain::connector::Role;
use crate::view::Page;

/// The list.
#[derive(Clone, Debug, Serialize)]
pub struct Connectors {
    pub frame: Frame,
    pub invite: &'static str,
    pub invited: bool,
    pub lines: Vec<AccountLine>,
    pub older: bool,
    pub more: Option<String>,
    pub time_zone: String,
}

/// An account.
#[derive(Clone, Debug, Serialize)]
pub struct AccountLine {
    pub name: String,
    pub email: String,
    pub role: Role,
    pub since: Ts,
    /// `None` when they never came.
    pub seen: Option<Ts>,
    /// Introductions under way.
    pub open: i64,
    pub suspended_at: Option<Ts>,
    pub path: String,
}

/// One account, and what can be done with it.
#[derive(Clone, Debug, Serialize)]
pub struct OneConnector {
    pub frame: Frame,
    pub line: AccountLine,
    pub asking: AskingLine,
    pub roles: &'static [Role],
    pub paths: AccountPaths,
    pub said: Option<ConnectorSaid>,
    pub faults: Vec<Fault>,
    pub time_zone: String,
}

/// How much they may ask for.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AskingLine {
    /// So many introductions may be under way at once.
    pub most: u32,
    /// So many that count came about.
    pub introduced: u32,
    /// Too much came back; an admin decides.
    pub paused: bool,
}

/// Where its forms go.
#[derive(Clone, Debug, Serialize)]
pub struct AccountPaths {
    pub role: String,
    pub suspend: String,
    pub resume: String,
    pub clear: String,
    pub invite_again: String,
}

/// What a form did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectorSaid {
    Invited,
    Role,
    Suspended,
    Resumed,
    Cleared,
}

impl ConnectorSaid {
    pub const ALL: [Self; 5] = [Self::Invited, Self::Role, Self::Suspended, Self::Resumed, Self::Cleared];

    /// The word in the address of the page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Role => "role",
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Cleared => "cleared",
        }
    }
}

/// The form of an invitation.
#[derive(Clone, Debug, Serialize)]
pub struct Invite {
    pub frame: Frame,
    pub action: &'static str,
    pub email: String,
    pub name: String,
    pub role: String,
    pub roles: &'static [Role],
    pub faults: Vec<Fault>,
}

/// "Are you sure", with what happens.
#[derive(Clone, Debug, Serialize)]
pub struct Suspend {
    pub frame: Frame,
    pub name: String,
    pub open: i64,
    pub path: String,
    pub action: String,
    pub faults: Vec<Fault>,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

fn sample(seen: Option<Ts>, suspended_at: Option<Ts>, role: Role) -> AccountLine {
    AccountLine {
        name: "Ada Lovelace".into(),
        email: "ada@example.org".into(),
        role,
        since: SAMPLE_TIME,
        seen,
        open: 2,
        suspended_at,
        path: "/admin/connectors/x".into(),
    }
}

fn all_samples() -> Vec<AccountLine> {
    vec![
        sample(None, None, Role::Connector),
        sample(Some(SAMPLE_TIME), None, Role::Admin),
        sample(Some(SAMPLE_TIME), Some(SAMPLE_TIME), Role::Connector),
    ]
}

impl Page for Connectors {
    const FILE: &'static str = "admin/connectors";

    fn samples() -> Vec<Self> {
        let full = Self {
            frame: Frame::sample().at(Here::Connectors),
            invite: "/admin/connectors/invite",
            invited: true,
            lines: all_samples(),
            older: true,
            more: Some("?before=x".into()),
            time_zone: "Europe/Berlin".into(),
        };
        let empty = Self { lines: Vec::new(), more: None, invited: false, ..full.clone() };
        vec![full, empty]
    }
}

impl Page for OneConnector {
    const FILE: &'static str = "admin/connector";

    fn samples() -> Vec<Self> {
        let paths = AccountPaths {
            role: "/admin/connectors/x/role".into(),
            suspend: "/admin/connectors/x/suspend".into(),
            resume: "/admin/connectors/x/resume".into(),
            clear: "/admin/connectors/x/clear".into(),
            invite_again: "/admin/connectors/x/invite-again".into(),
        };
        let page = |line| Self {
            frame: Frame::sample().at(Here::Connectors),
            line,
            asking: AskingLine { most: 7, introduced: 1, paused: false },
            roles: Role::ALL,
            paths: paths.clone(),
            said: None,
            faults: Vec::new(),
            time_zone: "Europe/Berlin".into(),
        };
        let mut all: Vec<Self> = all_samples().into_iter().map(page).collect();
        let paused = AskingLine { most: 5, introduced: 0, paused: true };
        all.push(Self { asking: paused, ..all[1].clone() });
        let faults = ["email", "account", "role"].map(Fault::sample).to_vec();
        all.push(Self { faults, ..all[0].clone() });
        all.extend(ConnectorSaid::ALL.map(|said| Self { said: Some(said), ..all[1].clone() }));
        all
    }
}

impl Page for Invite {
    const FILE: &'static str = "admin/invite";

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: Frame::sample().at(Here::Connectors),
            action: "/admin/connectors/invite",
            email: String::new(),
            name: String::new(),
            role: "connector".into(),
            roles: Role::ALL,
            faults: Vec::new(),
        };
        let faults = ["email", "name", "role"].map(Fault::sample).to_vec();
        vec![plain.clone(), Self { email: "ada".into(), faults, ..plain }]
    }
}

impl Page for Suspend {
    const FILE: &'static str = "admin/suspend";

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: Frame::sample().at(Here::Connectors),
            name: "Ada Lovelace".into(),
            open: 0,
            path: "/admin/connectors/x".into(),
            action: "/admin/connectors/x/suspend".into(),
            faults: Vec::new(),
        };
        vec![
            plain.clone(),
            Self { open: 1, ..plain.clone() },
            Self { open: 3, faults: vec![Fault::sample("account")], ..plain },
        ]
    }
}
