//! What all pages share: the style sheet, the bar of a signed-in person, paths, faults of fields.

use std::sync::LazyLock;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::urls::path;

/// The one style sheet.
pub const STYLE: &str = include_str!("../../../static/app.css");

/// Its address with a version in the query, so that it may be cached for a year.
pub fn style_href() -> &'static str {
    static HREF: LazyLock<String> = LazyLock::new(|| {
        let version = data_encoding::HEXLOWER.encode(&Sha256::digest(STYLE.as_bytes())[..6]);
        format!("{}?v={version}", path::STYLE)
    });
    &HREF
}

/// The frame around a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frame {
    pub style: &'static str,
    pub paths: Paths,
    /// Who is signed in; pages behind links show nobody.
    pub user: Option<User>,
    /// Mails stay in this process: there is a local mailbox.
    pub mailbox: bool,
    /// Which entry of the bar the page belongs to.
    pub here: Here,
    /// The second bar, the admin's, is shown.
    pub admin_bar: bool,
}

/// The entries of the bar, for `aria-current`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Here {
    #[default]
    Elsewhere,
    Desk,
    Contacts,
    Settings,
    Outcomes,
    Deliveries,
    Connectors,
    Suppressions,
    Health,
    Mailbox,
}

impl Here {
    /// Whether the second bar, the admin's, is shown.
    const fn is_admins(self) -> bool {
        match self {
            Self::Outcomes | Self::Deliveries | Self::Connectors | Self::Suppressions | Self::Health => true,
            Self::Elsewhere | Self::Desk | Self::Contacts | Self::Settings | Self::Mailbox => false,
        }
    }
}

/// The person in the bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    pub name: String,
    pub admin: bool,
}

/// Paths that need no id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paths {
    pub desk: &'static str,
    pub new: &'static str,
    pub sign_in: &'static str,
    pub sign_in_code: &'static str,
    pub sign_out: &'static str,
    pub outcomes: &'static str,
    pub deliveries: &'static str,
    pub connectors: &'static str,
    pub suppressions: &'static str,
    pub health: &'static str,
    pub contacts: &'static str,
    pub import: &'static str,
    pub plans: &'static str,
    pub touch: &'static str,
    pub thanks: &'static str,
    pub recruiters: &'static str,
    pub ask_me: &'static str,
    pub circles: &'static str,
    pub settings: &'static str,
    pub mailbox: &'static str,
}

/// Something to put right, with the id of the element it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub id: String,
    pub sentence: String,
}

impl Frame {
    /// The frame of a page that anybody may open.
    #[must_use]
    pub fn public() -> Self {
        let paths = Paths {
            desk: path::DESK,
            new: path::NEW,
            sign_in: path::SIGN_IN,
            sign_in_code: path::SIGN_IN_CODE,
            sign_out: path::SIGN_OUT,
            outcomes: path::ADMIN_OUTCOMES,
            deliveries: path::ADMIN_DELIVERIES,
            connectors: path::ADMIN_CONNECTORS,
            suppressions: path::ADMIN_SUPPRESSIONS,
            health: path::ADMIN_HEALTH,
            contacts: path::CONTACTS,
            import: path::IMPORT,
            plans: path::PLANS,
            touch: path::TOUCH,
            thanks: path::THANKS,
            recruiters: path::RECRUITERS,
            ask_me: path::ASK_ME,
            circles: path::CIRCLES,
            settings: path::SETTINGS,
            mailbox: path::MAILBOX,
        };
        Self {
            style: style_href(),
            paths,
            user: None,
            mailbox: false,
            here: Here::Elsewhere,
            admin_bar: false,
        }
    }

    /// The same, saying where it is.
    #[must_use]
    pub fn at(mut self, here: Here) -> Self {
        self.here = here;
        self.admin_bar = here.is_admins();
        self
    }

    pub(super) fn sample() -> Self {
        let user = User { name: "Ada Lovelace".into(), admin: true };
        Self { user: Some(user), mailbox: true, ..Self::public() }
    }
}

impl Fault {
    pub(super) fn sample(id: &str) -> Self {
        Self { id: id.to_owned(), sentence: "This is needed.".into() }
    }
}
