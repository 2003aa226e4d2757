//! Signing in.

use serde::Serialize;

use super::super::{Fault, Frame};
use crate::view::Page;

/// The form for the address.
#[derive(Clone, Debug, Serialize)]
pub struct SignIn {
    pub frame: Frame,
    pub email: String,
    pub faults: Vec<Fault>,
}

/// Look into your mailbox, or type the code.
#[derive(Clone, Debug, Serialize)]
pub struct SignInCode {
    pub frame: Frame,
    /// How long the mail works.
    pub minutes: i64,
    pub faults: Vec<Fault>,
}

/// The page behind the mailed link.
#[derive(Clone, Debug, Serialize)]
pub struct SignInLink {
    pub frame: Frame,
    /// Opened in another browser than the one that asked.
    pub elsewhere: bool,
}

impl Page for SignIn {
    const FILE: &'static str = "account/sign_in";

    fn samples() -> Vec<Self> {
        let frame = Frame { user: None, ..Frame::sample() };
        vec![
            Self { frame: frame.clone(), email: String::new(), faults: Vec::new() },
            Self { frame, email: "ada".into(), faults: vec![Fault::sample("email")] },
        ]
    }
}

impl Page for SignInCode {
    const FILE: &'static str = "account/sign_in_code";

    fn samples() -> Vec<Self> {
        let frame = Frame::public();
        vec![
            Self { frame: frame.clone(), minutes: 10, faults: Vec::new() },
            Self { frame, minutes: 10, faults: vec![Fault::sample("code")] },
        ]
    }
}

impl Page for SignInLink {
    const FILE: &'static str = "account/sign_in_link";

    fn samples() -> Vec<Self> {
        [false, true].map(|elsewhere| Self { frame: Frame::public(), elsewhere }).to_vec()
    }
}
