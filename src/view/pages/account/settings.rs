//! The settings of a signed-in person, and the page that shows a new token.

use serde::Serialize;

use super::super::{Fault, Frame, Here};
use crate::clock::Ts;
use crate::view::Page;

/// Everything one can set about oneself.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    pub frame: Frame,
    pub paths: SettingsPaths,
    /// What became of the form that was sent.
    pub said: Option<SettingsSaid>,
    pub faults: Vec<Fault>,
    /// As typed.
    pub name: String,
    pub signature: String,
    pub zone: String,
    pub language: String,
    pub zones: Vec<String>,
    pub languages: Vec<String>,
    pub email: String,
    /// As typed.
    pub new_email: String,
    /// The address that waits for its code.
    pub waiting: Option<String>,
    /// When the next mail with the week's suggestions leaves; `None` when it was not asked for.
    pub weekly: Option<Ts>,
    pub sessions: Vec<SessionLine>,
    pub tokens: Vec<TokenLine>,
    /// As typed.
    pub token_name: String,
    pub scopes: Vec<ScopeBox>,
    pub time_zone: String,
}

/// What a form of the settings did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsSaid {
    Saved,
    /// A code is on its way to a new address.
    Mailed,
    /// The address was changed.
    Address,
    /// A session was ended.
    Ended,
    /// A token was revoked.
    Revoked,
    /// What was to be ended or revoked was gone.
    Gone,
}

impl SettingsSaid {
    pub const ALL: [Self; 6] =
        [Self::Saved, Self::Mailed, Self::Address, Self::Ended, Self::Revoked, Self::Gone];

    /// The word in the address of the page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Mailed => "mailed",
            Self::Address => "address",
            Self::Ended => "ended",
            Self::Revoked => "revoked",
            Self::Gone => "gone",
        }
    }
}

/// Where the forms go.
#[derive(Clone, Debug, Serialize)]
pub struct SettingsPaths {
    pub address: &'static str,
    pub address_code: &'static str,
    pub sessions_end: &'static str,
    pub tokens: &'static str,
    pub weekly: &'static str,
    pub export: &'static str,
    pub delete: &'static str,
}

/// A browser that is signed in.
#[derive(Clone, Debug, Serialize)]
pub struct SessionLine {
    pub browser: &'static str,
    pub system: &'static str,
    /// Neither is known.
    pub unknown: bool,
    pub since: Ts,
    pub seen: Ts,
    /// The one that looks.
    pub this: bool,
    pub end: String,
}

/// A token that is good.
#[derive(Clone, Debug, Serialize)]
pub struct TokenLine {
    pub name: String,
    pub scopes: Vec<&'static str>,
    pub created_at: Ts,
    pub used_at: Option<Ts>,
    pub revoke: String,
}

/// A box to tick.
#[derive(Clone, Debug, Serialize)]
pub struct ScopeBox {
    pub scope: &'static str,
    pub ticked: bool,
}

/// A new token: its secret is on this page and nowhere else.
#[derive(Clone, Debug, Serialize)]
pub struct TokenMade {
    pub frame: Frame,
    pub name: String,
    pub secret: String,
    pub scopes: Vec<&'static str>,
}

const SAMPLE_TIME: Ts = Ts(1_772_528_400_000_000);

impl Page for Settings {
    const FILE: &'static str = "account/settings";

    fn samples() -> Vec<Self> {
        let plain = Self::sample();
        let fields =
            ["name", "signature", "time_zone", "language", "email", "code", "token-name", "token-scopes"];
        let full = Self {
            faults: fields.map(Fault::sample).to_vec(),
            signature: "Warmly,\nAda".into(),
            languages: vec!["de".into(), "en".into()],
            waiting: Some("ada@example.net".into()),
            weekly: Some(SAMPLE_TIME),
            sessions: vec![SessionLine::sample(true, false), SessionLine::sample(false, true)],
            tokens: vec![TokenLine::sample(None), TokenLine::sample(Some(SAMPLE_TIME))],
            scopes: vec![ScopeBox { scope: "admin", ticked: false }],
            ..plain.clone()
        };
        let said = SettingsSaid::ALL.map(|said| Self { said: Some(said), ..plain.clone() });
        [vec![plain, full], said.to_vec()].concat()
    }
}

impl Settings {
    fn sample() -> Self {
        Self {
            frame: Frame::sample().at(Here::Settings),
            paths: SettingsPaths {
                address: "/settings/address",
                address_code: "/settings/address/code",
                sessions_end: "/settings/sessions/end",
                tokens: "/settings/tokens",
                weekly: "/settings/weekly",
                export: "/settings/export",
                delete: "/settings/delete",
            },
            said: None,
            faults: Vec::new(),
            name: "Ada Lovelace".into(),
            signature: String::new(),
            zone: "Europe/London".into(),
            language: "en".into(),
            zones: vec!["Europe/Berlin".into(), "Europe/London".into()],
            languages: vec!["en".into()],
            email: "ada@example.org".into(),
            new_email: String::new(),
            waiting: None,
            weekly: None,
            sessions: vec![SessionLine::sample(true, false)],
            tokens: Vec::new(),
            token_name: String::new(),
            scopes: vec![
                ScopeBox { scope: "read", ticked: true },
                ScopeBox { scope: "write", ticked: false },
            ],
            time_zone: "Europe/London".into(),
        }
    }
}

impl SessionLine {
    fn sample(this: bool, unknown: bool) -> Self {
        Self {
            browser: if unknown { "other" } else { "firefox" },
            system: if unknown { "other" } else { "linux" },
            unknown,
            since: SAMPLE_TIME,
            seen: SAMPLE_TIME,
            this,
            end: "/settings/sessions/x/end".into(),
        }
    }
}

impl TokenLine {
    fn sample(used_at: Option<Ts>) -> Self {
        Self {
            name: "The script that files".into(),
            scopes: vec!["read", "write"],
            created_at: SAMPLE_TIME,
            used_at,
            revoke: "/settings/tokens/x/revoke".into(),
        }
    }
}

impl Page for TokenMade {
    const FILE: &'static str = "account/token_made";

    fn samples() -> Vec<Self> {
        vec![Self {
            frame: Frame::sample().at(Here::Settings),
            name: "The script that files".into(),
            secret: format!("twoyes_{}", "a2".repeat(26)),
            scopes: vec!["read", "write", "admin"],
        }]
    }
}
