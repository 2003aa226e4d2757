//! Keeping in touch, giving first: who has not been heard of for too long, and who was only ever asked.

use super::people::ContactError;
use super::{Cx, Failure};
use crate::clock::Ts;
use crate::domain::circle::Circle;
use crate::domain::connector::Connector;
use crate::domain::contact::Contact;
use crate::domain::party::NOBODY;
use crate::domain::problem::Problems;
use crate::domain::rhythm::Rhythm;
use crate::ids::{ContactId, IntroductionId};
use crate::store::touch;

/// People on the page.
const LISTED: i64 = 50;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Whose time has come, with when it was last.
    pub due: Vec<(Contact, Ts)>,
    pub circles: Vec<(Circle, Rhythm)>,
    /// Name, how often they were asked, and the last introduction.
    pub only_asked: Vec<(String, i64, IntroductionId)>,
}

/// How a contact stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub rhythm: Option<Rhythm>,
    pub touched_at: Option<Ts>,
    /// Introductions in which they gained.
    pub gained: i64,
    /// Introductions in which they were asked to help.
    pub asked: i64,
}

pub async fn overview(cx: &Cx, who: &Connector) -> Result<Overview, Failure> {
    let mut tx = cx.db.read().await?;
    let mut only_asked = touch::only_asked(&mut tx, who.id, LISTED).await?;
    // Whose name was forgotten cannot be given anything.
    only_asked.retain(|(name, ..)| name != NOBODY);
    Ok(Overview {
        due: touch::due(&mut tx, who.id, cx.now(), LISTED).await?,
        circles: touch::circles(&mut tx, who.id).await?,
        only_asked,
    })
}

/// How many wait to be heard of, counted no further than the page lists.
pub async fn waiting(cx: &Cx, who: &Connector) -> Result<usize, Failure> {
    Ok(touch::due(&mut cx.db.read().await?, who.id, cx.now(), LISTED).await?.len())
}

pub async fn standing(cx: &Cx, who: &Connector, of: &Contact) -> Result<Standing, Failure> {
    let mut tx = cx.db.read().await?;
    let (rhythm, touched_at) = touch::of(&mut tx, who.id, of.id).await?;
    let (gained, asked) = match &of.facts.email {
        Some(email) => touch::balance(&mut tx, who.id, cx.person(email)).await?,
        None => (0, 0),
    };
    Ok(Standing { rhythm, touched_at, gained, asked })
}

/// How often one keeps in touch with a contact; empty follows the circle.
pub async fn set(cx: &Cx, who: &Connector, id: ContactId, raw: &str) -> Result<(), ContactError> {
    let rhythm = Rhythm::typed("rhythm", raw).map_err(|one| ContactError::Invalid(Problems(vec![one])))?;
    let owner = who.id;
    found(cx.db.write(move |tx| Box::pin(touch::set(tx, owner, id, rhythm))).await.map_err(Failure::from)?)
}

/// The connector was in touch with them just now, or was not after all.
pub async fn touched(cx: &Cx, who: &Connector, id: ContactId, really: bool) -> Result<(), ContactError> {
    let (owner, at) = (who.id, really.then(|| cx.now()));
    found(cx.db.write(move |tx| Box::pin(touch::touched(tx, owner, id, at))).await.map_err(Failure::from)?)
}

/// The rhythm of every circle, as typed.
pub async fn set_circles(cx: &Cx, who: &Connector, raw: &[(Circle, String)]) -> Result<(), ContactError> {
    let mut problems = Problems::default();
    let mut read = Vec::new();
    for (circle, typed) in raw {
        if let Some(rhythm) = problems.take(Rhythm::typed(circle.as_str(), typed)) {
            read.push((*circle, rhythm));
        }
    }
    problems.into_result().map_err(ContactError::Invalid)?;
    let owner = who.id;
    cx.db
        .write(move |tx| {
            let read = read.clone();
            Box::pin(async move {
                for (circle, rhythm) in read {
                    touch::set_circle(tx, owner, circle, rhythm).await?;
                }
                Ok::<_, ContactError>(())
            })
        })
        .await
}

const fn found(is: bool) -> Result<(), ContactError> {
    if is { Ok(()) } else { Err(ContactError::NotFound) }
}
