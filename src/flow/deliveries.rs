//! Deliveries, for the admin: look, and send again.

use super::once::Keep;
use super::{Cx, Failure};
use crate::domain::letter::DeliveryState;
use crate::ids::DeliveryId;
use crate::store::deliveries;

pub use crate::store::deliveries::{Delivery, PastAttempt};

/// A page of deliveries, newest first.
pub async fn page(
    cx: &Cx,
    state: Option<DeliveryState>,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(deliveries::page(&mut tx, state, before, limit).await?)
}

/// One delivery with its attempts.
pub async fn get(cx: &Cx, id: DeliveryId) -> Result<Option<(Delivery, Vec<PastAttempt>)>, Failure> {
    let mut tx = cx.db.read().await?;
    let Some(found) = deliveries::get(&mut tx, id).await? else {
        return Ok(None);
    };
    let attempts = deliveries::attempts(&mut tx, id).await?;
    Ok(Some((found, attempts)))
}

/// Puts it at the front of the queue. `None` when there is no such delivery, `false` when it cannot be
/// sent again (sent, cancelled, or on its way).
pub async fn retry(cx: &Cx, id: DeliveryId) -> Result<Option<bool>, Failure> {
    let again = retry_once(cx, id, Keep::nothing()).await?;
    Ok(again.map(|again| again.is_some()))
}

/// The same, and keeps the answer to it. Gives the delivery as it is then, or `Some(None)` when it
/// cannot be sent again.
pub async fn retry_once(
    cx: &Cx,
    id: DeliveryId,
    keep: Keep<Delivery>,
) -> Result<Option<Option<Delivery>>, Failure> {
    let now = cx.now();
    let again = cx
        .db
        .write(move |tx| {
            let keep = keep.clone();
            Box::pin(async move {
                if deliveries::get(tx, id).await?.is_none() {
                    return Ok::<_, Failure>(None);
                }
                if !deliveries::retry(tx, id, now).await? {
                    return Ok(Some(None));
                }
                let again = deliveries::get(tx, id).await?;
                if let Some(again) = &again {
                    keep.write(tx, again, now).await?;
                }
                Ok(Some(again))
            })
        })
        .await?;
    cx.wake.notify_waiters();
    Ok(again)
}
