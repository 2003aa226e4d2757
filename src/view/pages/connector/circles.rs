//! The circles as rings, and filing people in them.

use serde::Serialize;

use super::super::Frame;
use crate::domain::circle::Circle;
use crate::domain::rings::{CENTRE, Ring, points, radius, rings};
use crate::urls::path;
use crate::view::Page;

/// The rings.
#[derive(Clone, Debug, Serialize)]
pub struct Circles {
    pub frame: Frame,
    pub rings: Vec<RingRow>,
    /// There is anybody in a circle.
    pub any: bool,
    /// Who looks for something, to look through the rings for.
    pub seeking: Vec<SeekerOption>,
    pub seeker: Option<Seeker>,
    /// People in no circle yet.
    pub unfiled: i64,
    pub card: Option<FilingCard>,
    pub file: &'static str,
    /// Who was filed just before.
    pub filed: Option<Filed>,
}

/// One ring.
#[derive(Clone, Debug, Serialize)]
pub struct RingRow {
    pub circle: Circle,
    pub people: i64,
    pub in_field: Option<i64>,
    pub thin: bool,
    pub path: String,
    pub radius: String,
    /// Where its name stands in the drawing.
    pub label_y: String,
    pub dots: Vec<Dot>,
}

impl RingRow {
    /// The nth ring as it is drawn.
    #[must_use]
    pub fn of(nth: usize, ring: &Ring) -> Self {
        let dot =
            |(x, y, marked): (f64, f64, bool)| Dot { x: format!("{x:.1}"), y: format!("{y:.1}"), marked };
        Self {
            circle: ring.circle,
            people: ring.people,
            in_field: ring.in_field,
            thin: ring.thin,
            path: format!("{}?circle={}", path::CONTACTS, ring.circle.as_str()),
            radius: format!("{:.1}", radius(nth)),
            label_y: format!("{:.1}", CENTRE - radius(nth) + LABEL),
            dots: points(nth, ring).into_iter().map(dot).collect(),
        }
    }
}

/// How far inside its ring a name stands.
const LABEL: f64 = 13.0;

/// One person of the drawing.
#[derive(Clone, Debug, Serialize)]
pub struct Dot {
    pub x: String,
    pub y: String,
    pub marked: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct SeekerOption {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Seeker {
    pub id: String,
    pub name: String,
    pub path: String,
    pub meet: String,
}

/// The next person who stands in no circle.
#[derive(Clone, Debug, Serialize)]
pub struct FilingCard {
    pub id: String,
    pub name: String,
    pub about: String,
    pub path: String,
    /// Where somebody else comes instead.
    pub skip: String,
    pub circles: Vec<FilingChoice>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FilingChoice {
    pub circle: Circle,
    pub key: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct Filed {
    pub id: String,
    pub name: String,
    pub circle: Option<Circle>,
}

impl Page for Circles {
    const FILE: &'static str = "connector/circles";

    fn samples() -> Vec<Self> {
        let people = [(Circle::Family, 1), (Circle::Coworkers, 34), (Circle::Associations, 12)];
        let in_field = [(Circle::Coworkers, 9), (Circle::Associations, 2)];
        let drawn: Vec<RingRow> = rings(&people, Some(&in_field))
            .iter()
            .enumerate()
            .map(|(nth, ring)| RingRow::of(nth, ring))
            .collect();
        let choices = Circle::ALL.iter().zip(1..).map(|(circle, key)| FilingChoice { circle: *circle, key });
        let full = Self {
            frame: Frame::sample(),
            rings: drawn,
            any: true,
            seeking: vec![SeekerOption { id: "x".into(), name: "Grace Hopper".into() }],
            seeker: Some(Seeker {
                id: "x".into(),
                name: "Grace Hopper".into(),
                path: "/contacts/x".into(),
                meet: "/contacts/x/meet".into(),
            }),
            unfiled: 7,
            card: Some(FilingCard {
                id: "x".into(),
                name: "Alan Turing".into(),
                about: "mathematician, Bletchley".into(),
                path: "/contacts/x".into(),
                skip: "?after=x".into(),
                circles: choices.collect(),
            }),
            file: "/contacts/circles/file",
            filed: Some(Filed { id: "x".into(), name: "Ada Lovelace".into(), circle: Some(Circle::Family) }),
        };
        let mut bare = full.clone();
        bare.filed = Some(Filed { id: "x".into(), name: "Ada Lovelace".into(), circle: None });
        bare.card = bare.card.map(|card| FilingCard { about: String::new(), ..card });
        bare.seeker = None;
        bare.rings.iter_mut().for_each(|ring| ring.in_field = None);
        let empty =
            Self { any: false, seeking: Vec::new(), unfiled: 0, card: None, filed: None, ..bare.clone() };
        vec![empty, bare, full]
    }
}
