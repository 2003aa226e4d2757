//! Mails to those who run and use the service.

use serde::Serialize;

use super::{Who, samples};
use crate::view::Mail;

/// Signs a connector in, by link in the same browser or by code in another.
#[derive(Clone, Debug, Serialize)]
pub struct SignIn {
    pub connector: Who,
    pub link: String,
    /// Six digits, to be typed into the browser that asked.
    pub code: String,
    /// How long both work.
    pub minutes: i64,
}

impl Mail for SignIn {
    const KIND: &'static str = "sign_in";

    fn samples() -> Vec<Self> {
        vec![Self {
            connector: samples::connector(),
            link: samples::answer_link().replace("/a/", "/sign-in/"),
            code: "482913".into(),
            minutes: 10,
        }]
    }
}

/// An admin invites somebody to be a connector. The link leads to the sign-in page and opens nothing itself.
#[derive(Clone, Debug, Serialize)]
pub struct Invitation {
    pub connector: Who,
    /// The name of the admin.
    pub admin: String,
    pub link: String,
}

impl Mail for Invitation {
    const KIND: &'static str = "invitation";

    fn samples() -> Vec<Self> {
        vec![Self {
            connector: samples::connector(),
            admin: "Mary Somerville".into(),
            link: "https://intro.example.org/sign-in?email=ada%40example.org".into(),
        }]
    }
}

/// Proves that a new address belongs to the owner of the account.
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmAddress {
    pub connector: Who,
    /// Six digits, to be typed on the settings page.
    pub code: String,
    pub minutes: i64,
}

impl Mail for ConfirmAddress {
    const KIND: &'static str = "confirm_address";

    fn samples() -> Vec<Self> {
        vec![Self { connector: samples::connector(), code: "482913".into(), minutes: 10 }]
    }
}

/// Tells the old address that the account has a new one.
#[derive(Clone, Debug, Serialize)]
pub struct AccountMoved {
    pub connector: Who,
    /// The new address, masked.
    pub address: String,
}

impl Mail for AccountMoved {
    const KIND: &'static str = "account_moved";

    fn samples() -> Vec<Self> {
        vec![Self { connector: samples::connector(), address: "a…@example.net".into() }]
    }
}

/// Proves that mail leaves and arrives: `twoyes mail test`.
#[derive(Clone, Debug, Serialize)]
pub struct TestMail {
    pub base_url: String,
}

impl Mail for TestMail {
    const KIND: &'static str = "test_mail";

    fn samples() -> Vec<Self> {
        vec![Self { base_url: "https://intro.example.org".into() }]
    }
}
