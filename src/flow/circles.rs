//! The circles around a connector: how full they are, and who belongs where.

use super::people::ContactError;
use super::{Cx, Failure};
use crate::domain::circle::Circle;
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::facets::RawFacets;
use crate::domain::meet::terms::Terms;
use crate::domain::problem::Problems;
use crate::domain::rings::{Ring, rings};
use crate::ids::ContactId;
use crate::store::{circles, contact_text, contacts};

/// People who look for something that are offered to be looked at.
const SEEKING: i64 = 100;

/// What the page of the circles shows.
#[derive(Clone, Debug)]
pub struct Overview {
    pub rings: Vec<Ring>,
    /// Who stands in none yet.
    pub unfiled: i64,
    /// Whose field the rings were looked through for.
    pub seeker: Option<Contact>,
    /// Everybody who looks for something.
    pub seeking: Vec<Contact>,
}

/// The circles; with a seeker, also who in them works in the seeker's field.
pub async fn overview(cx: &Cx, who: &Connector, seeker: Option<ContactId>) -> Result<Overview, Failure> {
    let mut tx = cx.db.read().await?;
    let counted = circles::count(&mut tx, who.id).await?;
    let unfiled = counted.iter().filter(|(circle, _)| circle.is_none()).map(|(_, number)| number).sum();
    let seeker = match seeker {
        Some(id) => contacts::get(&mut tx, who.id, id).await?,
        None => None,
    };
    let field = match &seeker {
        Some(seeker) => {
            let of = &seeker.facts.facets;
            let wanted = [of.looking_for.as_str(), &of.field, &of.role].join(" ");
            let roots = Terms::of(&wanted).widened();
            Some(filed(circles::count_in_field(&mut tx, who.id, &roots).await?))
        }
        None => None,
    };
    let seeking = contact_text::seeking(&mut tx, who.id, None, SEEKING).await?;
    Ok(Overview { rings: rings(&filed(counted), field.as_deref()), unfiled, seeker, seeking })
}

/// The next who stand in no circle, by name, from behind `after`.
pub async fn unfiled(
    cx: &Cx,
    who: &Connector,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, Failure> {
    members(cx, who, None, after, limit).await
}

/// A page of those in one circle, or in none.
pub async fn members(
    cx: &Cx,
    who: &Connector,
    circle: Option<Circle>,
    after: Option<ContactId>,
    limit: i64,
) -> Result<Vec<Contact>, Failure> {
    Ok(circles::members(&mut cx.db.read().await?, who.id, circle, after, limit).await?)
}

/// Files a contact in a circle (empty: in none), or leaves them out.
///
/// # Errors
/// [`ContactError::Invalid`] for a circle that is none.
pub async fn file(
    cx: &Cx,
    who: &Connector,
    id: ContactId,
    circle: &str,
    left_out: bool,
) -> Result<(), ContactError> {
    let mut problems = Problems::default();
    let raw = RawFacets { circle: circle.to_owned(), ..RawFacets::default() };
    let Some(facets) = raw.check(&mut problems) else { return Err(ContactError::Invalid(problems)) };
    let (now, owner) = (cx.now(), who.id);
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                if circles::file(tx, owner, id, facets.circle, left_out, now).await? {
                    Ok(())
                } else {
                    Err(ContactError::NotFound)
                }
            })
        })
        .await
}

fn filed(counted: Vec<(Option<Circle>, i64)>) -> Vec<(Circle, i64)> {
    counted.into_iter().filter_map(|(circle, number)| Some((circle?, number))).collect()
}
