//! Erasing a person for whom an admin was asked to.

use serde::Serialize;

use super::super::{Fault, Frame};
use crate::urls::path;
use crate::view::Page;

/// The form.
#[derive(Clone, Debug, Serialize)]
pub struct ErasePerson {
    pub frame: Frame,
    pub action: &'static str,
    pub back: &'static str,
    pub acts_path: &'static str,
    /// As typed.
    pub email: String,
    pub reason: String,
    pub sure: bool,
    pub faults: Vec<Fault>,
    /// Somebody was erased a moment ago.
    pub done: bool,
}

impl Page for ErasePerson {
    const FILE: &'static str = "admin/erase";

    fn samples() -> Vec<Self> {
        let empty = Self {
            frame: Frame::sample(),
            action: path::ADMIN_ERASE,
            back: path::ADMIN_SUPPRESSIONS,
            acts_path: path::ADMIN_ACTS,
            email: String::new(),
            reason: String::new(),
            sure: false,
            faults: Vec::new(),
            done: false,
        };
        let refused = Self {
            email: "grace@example.org".into(),
            reason: "She wrote to us.".into(),
            faults: vec![Fault::sample("sure")],
            ..empty.clone()
        };
        vec![Self { done: true, ..empty.clone() }, refused, empty]
    }
}
