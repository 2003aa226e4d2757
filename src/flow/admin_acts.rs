//! What admins did, for all admins to read. Whoever may look into others' mail is looked at as well.

use super::{Ctx, Cx, Failure, evidence};
use crate::clock::Ts;
use crate::domain::admin_act::Act;
use crate::domain::audit::Kind;
use crate::domain::connector::Connector;
use crate::ids::{ActId, ConnectorId};
use crate::store::admin_acts::{self, AdminAct};
use crate::store::{StoreError, Tx, connectors};

/// One deed with the name of its doer; empty when the account is gone.
#[derive(Clone, Debug)]
pub struct Deed {
    pub id: ActId,
    pub at: Ts,
    pub admin_name: String,
    pub what: Act,
    pub subject: String,
    pub detail: String,
}

/// Writes a deed down, in the unit of work that does it. `subject` is an id, the name of a route or a masked
/// address, never an address in clear.
pub async fn note(
    tx: &mut Tx,
    cx: &Ctx,
    who: &Connector,
    what: Act,
    subject: &str,
    detail: &str,
    now: Ts,
) -> Result<(), StoreError> {
    let act = AdminAct {
        id: ActId(cx.ids.uuid(now, "admin-act")),
        at: now,
        admin: who.id,
        what,
        subject: subject.to_owned(),
        detail: detail.to_owned(),
    };
    // The subject and the reason may lead to a person; their row has them, the chain does not.
    let payload =
        serde_json::json!({ "id": act.id.to_string(), "admin": who.id.to_string(), "act": what.as_str() });
    evidence::note(tx, cx, Kind::AdminAct, &payload, now).await?;
    admin_acts::append(tx, &act).await
}

/// A page of deeds, newest first.
pub async fn page(cx: &Cx, before: Option<ActId>, limit: i64) -> Result<Vec<Deed>, Failure> {
    let mut tx = cx.db.read().await?;
    let acts = admin_acts::page(&mut tx, before, limit).await?;
    named(&mut tx, acts).await
}

/// The last deeds about one thing, newest first.
pub(super) async fn about(tx: &mut Tx, subject: &str) -> Result<Vec<Deed>, Failure> {
    let acts = admin_acts::about(tx, subject, 20).await?;
    named(tx, acts).await
}

async fn named(tx: &mut Tx, acts: Vec<AdminAct>) -> Result<Vec<Deed>, Failure> {
    let mut names: Vec<(ConnectorId, String)> = Vec::new();
    let mut deeds = Vec::with_capacity(acts.len());
    for act in acts {
        if !names.iter().any(|(id, _)| *id == act.admin) {
            let found = connectors::get(tx, act.admin).await?;
            names.push((act.admin, found.map(|admin| admin.name).unwrap_or_default()));
        }
        let known = names.iter().find(|(id, _)| *id == act.admin);
        let admin_name = known.map(|(_, name)| name.clone()).unwrap_or_default();
        let AdminAct { id, at, what, subject, detail, .. } = act;
        deeds.push(Deed { id, at, admin_name, what, subject, detail });
    }
    Ok(deeds)
}
