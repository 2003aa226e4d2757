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
