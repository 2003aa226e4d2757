//! `/admin/acts`: what admins did.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::paging::{Before, behind, limit};
use super::super::session::{Admin, frame};
use super::super::show;
use crate::domain::admin_act::Act;
use crate::flow::admin_acts::{self, Deed};
use crate::ids::ActId;
use crate::urls::{self, path};
use crate::view::pages::{self, ActLine, Here};
use crate::web::Web;
use crate::web::error::WebError;

/// What admins did, newest first.
pub async fn acts(
    State(web): State<Web>,
    Admin(who): Admin,
    Query(query): Query<Before>,
) -> Result<Response, WebError> {
    let before = query.id::<ActId>();
    let mut found = admin_acts::page(&web.cx, before, limit()).await?;
    let more = behind(&mut found, |deed| deed.id);
    let page = pages::Acts {
        frame: frame(&web, &who).at(Here::Health),
        lines: found.into_iter().map(act_line).collect(),
        older: before.is_some(),
        more: more.map(|id| format!("{}?before={id}", path::ADMIN_ACTS)),
        time_zone: who.time_zone.clone(),
    };
    show(&web, &who.language, StatusCode::OK, &page)
}

/// A deed; one about a delivery leads to it.
pub(super) fn act_line(deed: Deed) -> ActLine {
    let (subject, path) = match deed.what {
        Act::AddressOpened | Act::DeliveryRetried | Act::DeliveryCounted | Act::DeliveryCancelled => {
            (String::new(), Some(urls::of(path::ADMIN_DELIVERY, &deed.subject)))
        }
        Act::ConnectorInvited
        | Act::ConnectorInvitedAgain
        | Act::MadeAdmin
        | Act::MadeConnector
        | Act::ConnectorSuspended
        | Act::ConnectorResumed
        | Act::ConnectorCleared => (String::new(), Some(urls::of(path::CONNECTOR, &deed.subject))),
        Act::RouteTried
        | Act::SuppressionLookedUp
        | Act::SuppressionAdded
        | Act::SuppressionLifted
        | Act::PersonErased => (deed.subject, None),
    };
    ActLine { at: deed.at, who: deed.admin_name, what: deed.what, subject, path, reason: deed.detail }
}
