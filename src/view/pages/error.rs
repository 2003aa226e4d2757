//! The page that says what went wrong.

use serde::Serialize;

use super::{Fault, Frame};
use crate::view::Page;

/// An error: the same bytes for the same code and values.
#[derive(Clone, Debug, Serialize)]
pub struct Error {
    pub frame: Frame,
    pub title: String,
    pub sentence: String,
    /// What to do next, if there is something.
    pub next: Next,
    pub faults: Vec<Fault>,
}

/// The next step an error page offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    None,
    SignIn,
    Desk,
    Back,
}

impl Page for Error {
    const FILE: &'static str = "error";

    fn samples() -> Vec<Self> {
        [Next::None, Next::SignIn, Next::Desk, Next::Back]
            .map(|next| Self {
                frame: Frame::public(),
                title: "Not found".into(),
                sentence: "There is nothing at this address.".into(),
                next,
                faults: vec![Fault::sample("note")],
            })
            .to_vec()
    }
}
