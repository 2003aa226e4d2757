//! Suppressions: how many, and one address at a time.

use serde::Serialize;

use super::super::{Fault, Frame};
use super::deliveries::SAMPLE_TIME;
use crate::clock::Ts;
use crate::urls::path;
use crate::view::Page;

/// The page with its three forms.
#[derive(Clone, Debug, Serialize)]
pub struct Suppressions {
    pub frame: Frame,
    pub by_themselves: i64,
    pub by_admins: i64,
    pub months: Vec<Month>,
    pub look_up_path: &'static str,
    pub add_path: &'static str,
    pub lift_path: &'static str,
    pub acts_path: &'static str,
    pub erase_path: &'static str,
    pub look_up: Typed,
    pub add: Typed,
    pub lift: Typed,
    /// What was found about the address that was looked up.
    pub found: Option<Found>,
    /// What became of the form that was sent; empty when none was.
    pub done: &'static str,
    pub time_zone: String,
}

/// What one of the forms holds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Typed {
    pub email: String,
    pub reason: String,
    pub faults: Vec<Fault>,
}

/// How many were made in a month.
#[derive(Clone, Debug, Serialize)]
pub struct Month {
    pub first_day: Ts,
    pub many: i64,
}

/// What stands about an address.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// As the admin typed it.
    pub email: String,
    pub since: Option<Ts>,
    pub by_admin: bool,
    pub reason: String,
}

impl Page for Suppressions {
    const FILE: &'static str = "admin/suppressions";

    fn samples() -> Vec<Self> {
        let found = |since, by_admin, reason: &str| Found {
            email: "grace@example.org".into(),
            since,
            by_admin,
            reason: reason.into(),
        };
        let typed = |id: &str| Typed {
            email: "grace@example.org".into(),
            reason: "She wrote to us.".into(),
            faults: vec![Fault::sample(id)],
        };
        let empty = Self {
            frame: Frame::sample(),
            by_themselves: 0,
            by_admins: 0,
            months: Vec::new(),
            look_up_path: path::SUPPRESSION_LOOK_UP,
            add_path: path::SUPPRESSION_ADD,
            lift_path: path::SUPPRESSION_LIFT,
            acts_path: path::ADMIN_ACTS,
            erase_path: path::ADMIN_ERASE,
            look_up: Typed::default(),
            add: Typed::default(),
            lift: Typed::default(),
            found: None,
            done: "",
            time_zone: "Europe/Berlin".into(),
        };
        let months = vec![Month { first_day: SAMPLE_TIME, many: 3 }];
        let full = Self { by_themselves: 12, by_admins: 1, months, done: "lifted", ..empty.clone() };
        vec![
            Self { found: Some(found(None, false, "")), ..full.clone() },
            Self { found: Some(found(Some(SAMPLE_TIME), false, "")), ..full.clone() },
            Self { found: Some(found(Some(SAMPLE_TIME), true, "She wrote to us.")), ..full.clone() },
            Self { look_up: typed("look-email"), add: typed("add-reason"), ..empty.clone() },
            Self { lift: typed("lift-reason"), ..full.clone() },
            empty,
            full,
        ]
    }
}
