//! What admins do to accounts is noted in one place.

use super::super::Failure;
use crate::domain::connector::Connector;
use crate::ids::ConnectorId;
use crate::store::Tx;

/// An admin's act on somebody's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Invited,
    InvitedAgain,
    MadeAdmin,
    MadeConnector,
    Suspended,
    Resumed,
}

/// Notes it, in the unit of work that does it.
pub(super) async fn note(
    _tx: &mut Tx,
    admin: &Connector,
    act: Act,
    whose: ConnectorId,
) -> Result<(), Failure> {
    tracing::info!(admin.id = %admin.id, ?act, connector.id = %whose, "an admin changed an account");
    Ok(())
}
