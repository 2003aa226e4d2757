//! "They found a job": the switch of the connector, and the thanks after it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::super::session::{SignedIn, frame, see_other};
use super::super::{Id, show};
use super::letters::signature;
use crate::domain::asking::Side;
use crate::domain::connector::Connector;
use crate::domain::introduction::Introduction;
use crate::domain::party::given_name;
use crate::flow::{landed, people};
use crate::ids::ContactId;
use crate::urls::{self, path};
use crate::view::Arg;
use crate::view::pages::{self, Here, OwnLetter};
use crate::web::Web;
use crate::web::error::WebError;

/// The switch.
pub async fn switch(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<ContactId>,
) -> Result<Response, WebError> {
    let contact = people::get(&web.cx, &who, id).await?;
    let notice = landed::by_connector(&web.cx, &who, &contact).await?;
    Ok(see_other(&urls::of(path::LANDED, notice)))
}

/// Whom to thank.
pub async fn open(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<Uuid>,
) -> Result<Response, WebError> {
    let (notice, helped) = landed::look(&web.cx, &who, id).await?;
    let page = pages::Landed {
        frame: frame(&web, &who).at(Here::Desk),
        letters: letters(&web, &who, &notice.name, &helped),
        name: notice.name,
        at: notice.at,
        settled: notice.settled_at.is_some(),
        settle: urls::of(path::LANDED_SETTLED, id),
        time_zone: who.time_zone.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// Everybody is thanked.
pub async fn settled(
    State(web): State<Web>,
    SignedIn(who): SignedIn,
    Id(id): Id<Uuid>,
) -> Result<Response, WebError> {
    landed::settle(&web.cx, &who, id).await?;
    Ok(see_other(path::DESK))
}

/// One for each who was introduced, each person once.
fn letters(web: &Web, who: &Connector, seeker: &str, helped: &[Introduction]) -> Vec<OwnLetter> {
    let mut thanked = Vec::new();
    let mut letters = Vec::new();
    for of in helped {
        let to = of.parties.get(Side::Second);
        // Whoever was erased, or whose address was forgotten, cannot be written to.
        if to.email.is_nowhere() || thanked.contains(&to.person) {
            continue;
        }
        thanked.push(to.person);
        let args: [(&str, Arg<'_>); 3] = [
            ("to", to.given_name().into()),
            ("other", given_name(seeker).into()),
            ("signature", signature(who).into()),
        ];
        let say = |key: &str| web.cx.views.words(&who.language, &format!("letter-landed-helper{key}"), &args);
        letters.push(OwnLetter::new(Side::Second, &to.name, to.email.as_str(), &say("-subject"), say("")));
    }
    letters
}
