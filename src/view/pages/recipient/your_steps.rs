//! The steps behind "your page" that ask once more, and what is left to say after them.

use serde::Serialize;

use super::super::{Fault, Frame};
use super::Told;
use crate::view::Page;

/// "Never at all": one more look.
#[derive(Clone, Debug, Serialize)]
pub struct YouNever {
    pub frame: Frame,
    pub told: Told,
    pub faults: Vec<Fault>,
    pub email_masked: String,
    pub nonce: String,
    pub back: String,
}

/// "I found a job": one more look.
#[derive(Clone, Debug, Serialize)]
pub struct YouLanded {
    pub frame: Frame,
    pub told: Told,
    pub faults: Vec<Fault>,
    pub nonce: String,
    pub back: String,
}

/// "Erase me": one more look, and the address to be typed.
#[derive(Clone, Debug, Serialize)]
pub struct YouErase {
    pub frame: Frame,
    pub told: Told,
    pub faults: Vec<Fault>,
    pub email_masked: String,
    /// As typed.
    pub email: String,
    /// Names of connectors whose introductions have left.
    pub introduced: bool,
    pub nonce: String,
    pub back: String,
}

/// What is left to say afterwards.
#[derive(Clone, Debug, Serialize)]
pub struct YouErased {
    pub frame: Frame,
}

/// Behind the link in the mail to a new address.
#[derive(Clone, Debug, Serialize)]
pub struct NewAddress {
    pub frame: Frame,
    pub told: Told,
    pub faults: Vec<Fault>,
    pub name: String,
    pub new_masked: String,
    pub old_masked: String,
    pub nonce: String,
}

/// It was confirmed.
#[derive(Clone, Debug, Serialize)]
pub struct NewAddressDone {
    pub frame: Frame,
    pub new_masked: String,
}

impl Page for YouNever {
    const FILE: &'static str = "recipient/you_never";

    fn samples() -> Vec<Self> {
        let one = |told, faults| Self {
            frame: Frame::public(),
            told,
            faults,
            email_masked: "g…@example.org".into(),
            nonce: "n".repeat(32),
            back: "/you/x".into(),
        };
        vec![
            one(Told::Nothing, vec![]),
            one(Told::Nothing, vec![Fault::sample("never")]),
            one(Told::Stale, vec![]),
            one(Told::Later, vec![]),
        ]
    }
}

impl Page for YouLanded {
    const FILE: &'static str = "recipient/you_landed";

    fn samples() -> Vec<Self> {
        let one = |told, faults| Self {
            frame: Frame::public(),
            told,
            faults,
            nonce: "n".repeat(32),
            back: "/you/x".into(),
        };
        vec![
            one(Told::Nothing, vec![]),
            one(Told::Nothing, vec![Fault::sample("landed")]),
            one(Told::Stale, vec![]),
            one(Told::Later, vec![]),
        ]
    }
}

impl Page for YouErase {
    const FILE: &'static str = "recipient/you_erase";

    fn samples() -> Vec<Self> {
        let one = |told, faults, introduced| Self {
            frame: Frame::public(),
            told,
            faults,
            email_masked: "g…@example.org".into(),
            email: "grace@".into(),
            introduced,
            nonce: "n".repeat(32),
            back: "/you/x".into(),
        };
        vec![
            one(Told::Nothing, vec![], false),
            one(Told::Nothing, vec![Fault::sample("email")], true),
            one(Told::Stale, vec![], true),
            one(Told::Later, vec![], true),
        ]
    }
}

impl Page for YouErased {
    const FILE: &'static str = "recipient/you_erased";

    fn samples() -> Vec<Self> {
        vec![Self { frame: Frame::public() }]
    }
}

impl Page for NewAddress {
    const FILE: &'static str = "recipient/new_address";

    fn samples() -> Vec<Self> {
        let one = |told, faults| Self {
            frame: Frame::public(),
            told,
            faults,
            name: "Grace Hopper".into(),
            new_masked: "g…@example.net".into(),
            old_masked: "g…@example.org".into(),
            nonce: "n".repeat(32),
        };
        vec![
            one(Told::Nothing, vec![]),
            one(Told::Nothing, vec![Fault::sample("mine")]),
            one(Told::Stale, vec![]),
            one(Told::Later, vec![]),
        ]
    }
}

impl Page for NewAddressDone {
    const FILE: &'static str = "recipient/new_address_done";

    fn samples() -> Vec<Self> {
        vec![Self { frame: Frame::public(), new_masked: "g…@example.net".into() }]
    }
}
