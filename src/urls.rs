//! Every path once, and absolute links from the configured base URL only: no header of a request can
//! change where a link points to.

use crate::domain::letter::LinkName;
use crate::ids::IntroductionId;

/// Paths as routes (with `{token}` and `{id}`).
pub mod path {
    pub const ANSWER: &str = "/c/{token}";
    pub const STOP: &str = "/stop/{token}";
    pub const CHECK_IN: &str = "/met/{token}";
    pub const CHECK_IN_WORDS: &str = "/met/{token}/words";
    pub const SIGN_IN_LINK: &str = "/sign-in/{token}";
    pub const SIGN_IN: &str = "/sign-in";
    pub const SIGN_IN_CODE: &str = "/sign-in/code";
    pub const SIGN_OUT: &str = "/sign-out";
    pub const SETTINGS: &str = "/settings";
    pub const DESK: &str = "/";
    pub const CONTACTS: &str = "/contacts";
    pub const NEW: &str = "/introductions/new";
    pub const INTRODUCTION: &str = "/introductions/{id}";
    pub const EDIT: &str = "/introductions/{id}/edit";
    pub const PREVIEW: &str = "/introductions/{id}/preview";
    pub const PREVIEW_MAIL: &str = "/introductions/{id}/preview/{kind}";
    pub const ASK: &str = "/introductions/{id}/ask";
    pub const ASK_AGAIN: &str = "/introductions/{id}/ask-again";
    pub const WITHDRAW: &str = "/introductions/{id}/withdraw";
    pub const OUTCOME: &str = "/introductions/{id}/outcome";
    pub const DELETE: &str = "/introductions/{id}/delete";
    pub const ADMIN_OUTCOMES: &str = "/admin/outcomes";
    pub const ADMIN_DELIVERIES: &str = "/admin/deliveries";
    pub const DELIVERY_RETRY: &str = "/admin/deliveries/{id}/retry";
    pub const ADMIN_CONNECTORS: &str = "/admin/connectors";
    pub const ADMIN_SUPPRESSIONS: &str = "/admin/suppressions";
    pub const ADMIN_HEALTH: &str = "/admin/health";
    pub const INBOUND: &str = "/inbound";
    // Your page (of a person who was asked)
    pub const YOU: &str = "/you/{token}";
    pub const YOU_NEVER: &str = "/you/{token}/never";
    pub const YOU_LANDED: &str = "/you/{token}/landed";
    pub const YOU_ERASE: &str = "/you/{token}/erase";
    pub const YOU_DATA: &str = "/you/{token}/data";
    pub const REQUEST: &str = "/asked/{token}";
    pub const ASK_ME_PAGE: &str = "/ask/{slug}";
    pub const CARD: &str = "/card/{token}";
    pub const ADDRESS: &str = "/address/{token}";

    // Account and settings
    pub const SETTINGS_ADDRESS: &str = "/settings/address";
    pub const SETTINGS_ADDRESS_CODE: &str = "/settings/address/code";
    pub const SETTINGS_TOKENS: &str = "/settings/tokens";
    pub const SETTINGS_TOKEN_REVOKE: &str = "/settings/tokens/{id}/revoke";
    pub const SETTINGS_SESSIONS_END: &str = "/settings/sessions/end";
    pub const SETTINGS_SESSION_END: &str = "/settings/sessions/{id}/end";
    pub const SETTINGS_WEEKLY: &str = "/settings/weekly";
    pub const SETTINGS_EXPORT: &str = "/settings/export";
    pub const SETTINGS_DELETE: &str = "/settings/delete";
    pub const CONNECTOR_INVITE: &str = "/admin/connectors/invite";
    pub const CONNECTOR: &str = "/admin/connectors/{id}";
    pub const CONNECTOR_ROLE: &str = "/admin/connectors/{id}/role";
    pub const CONNECTOR_SUSPEND: &str = "/admin/connectors/{id}/suspend";
    pub const CONNECTOR_RESUME: &str = "/admin/connectors/{id}/resume";
    pub const CONNECTOR_CLEAR: &str = "/admin/connectors/{id}/clear";
    pub const CONNECTOR_INVITE_AGAIN: &str = "/admin/connectors/{id}/invite-again";

    // Contacts and the composer
    pub const CONTACT_NEW: &str = "/contacts/new";
    pub const IMPORT: &str = "/contacts/import";
    pub const IMPORT_ONE: &str = "/contacts/import/{id}";
    pub const IMPORT_COLUMNS: &str = "/contacts/import/{id}/columns";
    pub const IMPORT_CHOICES: &str = "/contacts/import/{id}/choices";
    pub const IMPORT_START: &str = "/contacts/import/{id}/start";
    pub const IMPORT_UNDO: &str = "/contacts/import/{id}/undo";
    pub const IMPORT_DISCARD: &str = "/contacts/import/{id}/discard";
    pub const EXPORT: &str = "/contacts/export/{format}";
    pub const CIRCLES: &str = "/contacts/circles";
    pub const TOUCH: &str = "/keep-in-touch";
    pub const CONTACT_RHYTHM: &str = "/contacts/{id}/rhythm";
    pub const CONTACT_TOUCHED: &str = "/contacts/{id}/touched";
    pub const CONTACT_CARD: &str = "/contacts/{id}/card";
    pub const CONTACT_CARD_DECIDE: &str = "/contacts/{id}/card/decide";
    pub const CONTACT_RECRUITER: &str = "/contacts/{id}/recruiter";
    pub const ASK_ME: &str = "/ask-me";
    pub const ASK_ME_SETTLE: &str = "/ask-me/{id}/settle";
    pub const RECRUITERS: &str = "/recruiters";
    pub const RECRUITERS_FOR: &str = "/contacts/{id}/recruiters";
    pub const THANKS: &str = "/thanks";
    pub const THANKS_READ: &str = "/thanks/read";
    pub const PLANS: &str = "/plans";
    pub const PLAN_NEW: &str = "/contacts/{id}/plan";
    pub const PLAN: &str = "/plans/{id}";
    pub const PLAN_EDIT: &str = "/plans/{id}/edit";
    pub const PLAN_PEOPLE: &str = "/plans/{id}/people";
    pub const PLAN_REMOVE: &str = "/plans/{id}/remove";
    pub const PLAN_START: &str = "/plans/{id}/start";
    pub const PLAN_DELETE: &str = "/plans/{id}/delete";
    pub const CONTACT_LANDED: &str = "/contacts/{id}/landed";
    pub const LANDED: &str = "/landed/{id}";
    pub const LANDED_SETTLED: &str = "/landed/{id}/settled";
    pub const MEET: &str = "/contacts/{id}/meet";
    pub const CIRCLES_FILE: &str = "/contacts/circles/file";
    pub const CONTACT: &str = "/contacts/{id}";
    pub const CONTACT_EDIT: &str = "/contacts/{id}/edit";
    pub const CONTACT_DELETE: &str = "/contacts/{id}/delete";
    pub const UNFINISHED: &str = "/unfinished/{id}";
    pub const UNFINISHED_DISCARD: &str = "/unfinished/{id}/discard";
    pub const COPY_FIRST: &str = "/introductions/{id}/copy";

    // The desk and the page of an introduction
    pub const SETTLED: &str = "/introductions/{id}/settled";
    pub const PUT_BACK: &str = "/introductions/{id}/put-back";
    pub const NEW_DRAFT: &str = "/introductions/{id}/new-draft";

    // The outcome log
    pub const OUTCOMES_CSV: &str = "/admin/outcomes.csv";
    pub const OUTCOMES_JSON: &str = "/admin/outcomes.json";

    // Deliveries, suppressions, health
    pub const ADMIN_DELIVERY: &str = "/admin/deliveries/{id}";
    pub const DELIVERY_COUNT: &str = "/admin/deliveries/{id}/count-as-sent";
    pub const DELIVERY_CANCEL: &str = "/admin/deliveries/{id}/cancel";
    pub const DELIVERY_ADDRESS: &str = "/admin/deliveries/{id}/address";
    pub const ROUTE_TRY: &str = "/admin/route/try";
    pub const SUPPRESSION_LOOK_UP: &str = "/admin/suppressions/look-up";
    pub const SUPPRESSION_ADD: &str = "/admin/suppressions/add";
    pub const SUPPRESSION_LIFT: &str = "/admin/suppressions/lift";
    pub const ADMIN_ERASE: &str = "/admin/erase";
    pub const HEALTH_RECORDS: &str = "/admin/health/records";
    pub const ADMIN_ACTS: &str = "/admin/acts";

    // The demo
    pub const LATER: &str = "/mailbox/later";
    pub const ENTER: &str = "/enter/{token}";
    pub const MAILBOX: &str = "/mailbox";
    pub const MAILBOX_MAIL: &str = "/mailbox/{id}";
    pub const MAILBOX_HTML: &str = "/mailbox/{id}/html";
    pub const STYLE: &str = "/static/app.css";
    pub const API_IMPORTS: &str = "/api/v1/imports";
    pub const OPENAPI: &str = "/api/openapi.json";
}

/// Builds absolute links.
#[derive(Clone, Debug)]
pub struct Urls {
    base: String,
}

impl Urls {
    /// `base` is scheme and host without a slash at the end; it is also the origin that links are
    /// signed for.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned() }
    }

    /// The site's origin.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The address behind a signed link.
    #[must_use]
    pub fn link(&self, name: LinkName, token: &str) -> String {
        let path = match name {
            LinkName::Answer => path::ANSWER,
            LinkName::Stop => path::STOP,
            LinkName::CheckIn => path::CHECK_IN,
            LinkName::SignIn => path::SIGN_IN_LINK,
            LinkName::Manage => path::YOU,
            LinkName::AddressChange => path::ADDRESS,
            LinkName::Card => path::CARD,
            LinkName::Request => path::REQUEST,
        };
        format!("{}{}", self.base, path.replace("{token}", token))
    }

    /// The sign-in page with an address filled in.
    #[must_use]
    pub fn sign_in_as(&self, email: &str) -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let encoded: String = email
            .bytes()
            .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect();
        format!("{}{}?email={encoded}", self.base, path::SIGN_IN)
    }

    /// The connector's page of an introduction.
    #[must_use]
    pub fn introduction(&self, id: IntroductionId) -> String {
        format!("{}{}", self.base, of(path::INTRODUCTION, id))
    }
}

/// A path with its id filled in.
#[must_use]
pub fn of(path: &str, id: impl std::fmt::Display) -> String {
    path.replace("{id}", &id.to_string())
}
