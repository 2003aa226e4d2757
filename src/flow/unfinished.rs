//! What a connector has typed into the composer and cannot be a draft yet.

use std::collections::BTreeMap;

use super::error::unit_error;
use super::{Cx, Failure};
use crate::clock::Ts;
use crate::domain::connector::Connector;
use crate::domain::problem::{Problem, Problems};
use crate::ids::UnfinishedId;
use crate::store::unfinished;

/// So many may lie around.
pub const MOST: usize = 50;

/// The fields of the form and what stands in them.
pub type Typed = BTreeMap<String, String>;

/// One unfinished form.
#[derive(Clone, Debug)]
pub struct Unfinished {
    pub id: UnfinishedId,
    pub typed: Typed,
    pub updated_at: Ts,
}

/// Why it was not kept.
#[derive(Debug, thiserror::Error)]
pub enum UnfinishedError {
    #[error("problems with what was typed: {0}")]
    Invalid(Problems),
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(UnfinishedError);

/// Keeps what was typed; over an older one when `id` names it.
///
/// # Errors
/// [`UnfinishedError::Invalid`] when there are [`MOST`] already.
pub async fn keep(
    cx: &Cx,
    who: &Connector,
    id: Option<UnfinishedId>,
    typed: &Typed,
) -> Result<UnfinishedId, UnfinishedError> {
    let (now, owner) = (cx.now(), who.id);
    let nonce = data_encoding::HEXLOWER.encode(&cx.ids.bytes::<8>("unfinished"));
    let fresh = UnfinishedId(cx.ids.uuid(now, &format!("unfinished/{nonce}")));
    let typed = serde_json::to_string(typed).unwrap_or_default();
    cx.db
        .write(move |tx| {
            let typed = typed.clone();
            Box::pin(async move {
                let all = unfinished::of(tx, owner).await?;
                let known = id.filter(|id| all.iter().any(|one| one.id == *id));
                if known.is_none() && all.len() >= MOST {
                    let problem = Problem::new("unfinished", "too-many-unfinished").number("max", MOST);
                    return Err(UnfinishedError::Invalid(Problems(vec![problem])));
                }
                let id = known.unwrap_or(fresh);
                let row = unfinished::Unfinished { id, connector: owner, typed, updated_at: now };
                unfinished::put(tx, &row).await?;
                Ok(id)
            })
        })
        .await
}

/// One of this connector.
pub async fn get(cx: &Cx, who: &Connector, id: UnfinishedId) -> Result<Option<Unfinished>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(unfinished::get(&mut tx, who.id, id).await?.as_ref().map(read))
}

/// All of this connector, the newest first.
pub async fn all(cx: &Cx, who: &Connector) -> Result<Vec<Unfinished>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(unfinished::of(&mut tx, who.id).await?.iter().map(read).collect())
}

/// Throws it away, or does nothing when it is gone already.
pub async fn discard(cx: &Cx, who: &Connector, id: UnfinishedId) -> Result<(), Failure> {
    let owner = who.id;
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                unfinished::discard(tx, owner, id).await?;
                Ok(())
            })
        })
        .await
}

fn read(row: &unfinished::Unfinished) -> Unfinished {
    // What cannot be read any more is an empty form, not a page that fails.
    Unfinished {
        id: row.id,
        typed: serde_json::from_str(&row.typed).unwrap_or_default(),
        updated_at: row.updated_at,
    }
}
