//! What happens when an account is deleted, and that it was.

use serde::Serialize;

use super::super::{Fault, Frame, Here};
use crate::view::Page;

/// Says what happens, and wants the address typed.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteAccount {
    pub frame: Frame,
    pub email: String,
    /// As typed.
    pub typed: String,
    pub export: &'static str,
    pub faults: Vec<Fault>,
}

/// It was deleted.
#[derive(Clone, Debug, Serialize)]
pub struct AccountDeleted {
    pub frame: Frame,
}

impl Page for DeleteAccount {
    const FILE: &'static str = "account/delete";

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: Frame::sample().at(Here::Settings),
            email: "ada@example.org".into(),
            typed: String::new(),
            export: "/settings/export",
            faults: Vec::new(),
        };
        let faults = ["email", "account"].map(Fault::sample).to_vec();
        vec![plain.clone(), Self { typed: "ada".into(), faults, ..plain }]
    }
}

impl Page for AccountDeleted {
    const FILE: &'static str = "account/deleted";

    fn samples() -> Vec<Self> {
        vec![Self { frame: Frame::public() }]
    }
}
