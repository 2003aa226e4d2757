//! A connector's circles as concentric rings: how full each is, which is thin, and where its people are drawn.

use super::circle::Circle;

/// Fewer people than this in a circle are few, however many there are in all.
const FEW: i64 = 5;
/// A circle with less than one in so many of all that are filed is thin.
const SHARE: i64 = 12;
/// Fewer than this in somebody's field are few.
const FEW_IN_FIELD: i64 = 2;
/// Points that are drawn on one ring at most; more people are told by the number alone.
const DRAWN: i64 = 48;
/// The radius of the innermost ring and the way to the next, in units of the drawing.
const INNER: f64 = 46.0;
const STEP: f64 = 36.0;
/// The middle of the drawing.
pub const CENTRE: f64 = 250.0;

/// One circle as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    pub circle: Circle,
    pub people: i64,
    /// Of them, those who work in the field that is looked for; none when nothing is.
    pub in_field: Option<i64>,
    /// Worth filling.
    pub thin: bool,
}

/// The rings, the nearest first. `in_field`: who of each works in the field that somebody looks for.
#[must_use]
pub fn rings(people: &[(Circle, i64)], in_field: Option<&[(Circle, i64)]>) -> Vec<Ring> {
    let of = |list: &[(Circle, i64)], circle| {
        list.iter().find(|(one, _)| *one == circle).map_or(0, |(_, number)| *number)
    };
    let all: i64 = people.iter().map(|(_, number)| number).sum();
    let ring = |circle: &Circle| {
        let (number, field) = (of(people, *circle), in_field.map(|list| of(list, *circle)));
        let thin = match field {
            Some(field) => field < FEW_IN_FIELD,
            None => number < FEW || number * SHARE < all,
        };
        Ring { circle: *circle, people: number, in_field: field, thin }
    };
    Circle::ALL.iter().map(ring).collect()
}

/// The radius of the nth ring.
#[must_use]
pub fn radius(nth: usize) -> f64 {
    // There are five.
    INNER + STEP * f64::from(u32::try_from(nth).unwrap_or(u32::MAX))
}

/// Where the people of the nth ring stand, the ones in the field first: evenly around, each ring turned a little
/// against the one inside it.
#[must_use]
pub fn points(nth: usize, ring: &Ring) -> Vec<(f64, f64, bool)> {
    let drawn = ring.people.min(DRAWN);
    let marked = ring.in_field.unwrap_or(0) * drawn / ring.people.max(1);
    let marked = if ring.in_field.is_some_and(|field| field > 0) { marked.max(1) } else { marked };
    let (radius, turn) = (radius(nth), f64::from(u32::try_from(nth).unwrap_or(0)) * 0.7 - 1.3);
    let count = f64::from(u32::try_from(drawn).unwrap_or(1).max(1));
    (0..drawn)
        .map(|at| {
            let angle = turn + std::f64::consts::TAU * f64::from(u32::try_from(at).unwrap_or(0)) / count;
            (CENTRE + radius * angle.cos(), CENTRE + radius * angle.sin(), at < marked)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thin_ring_is_named() {
        let people = [(Circle::Family, 40), (Circle::Coworkers, 200), (Circle::Seekers, 3)];
        let thin: Vec<Circle> =
            rings(&people, None).iter().filter(|ring| ring.thin).map(|ring| ring.circle).collect();
        assert_eq!(thin, [Circle::Seekers, Circle::Associations, Circle::Acquaintances]);
        let field = [(Circle::Coworkers, 9), (Circle::Family, 1)];
        let thin = rings(&people, Some(&field)).iter().filter(|ring| ring.thin).count();
        assert_eq!(thin, 4, "only among co-workers somebody knows the field");
    }

    #[test]
    fn people_stand_on_their_ring_and_within_the_drawing() {
        let ring = Ring { circle: Circle::Acquaintances, people: 5_000, in_field: Some(1), thin: false };
        let points = points(4, &ring);
        assert_eq!(points.len(), 48);
        assert_eq!(points.iter().filter(|(.., marked)| *marked).count(), 1);
        for (x, y, _) in points {
            let far = ((x - CENTRE).powi(2) + (y - CENTRE).powi(2)).sqrt();
            assert!((far - radius(4)).abs() < 0.001 && far < CENTRE);
        }
    }
}
