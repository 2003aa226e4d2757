//! What an admin did to somebody's mail or rights, for the record that all admins can read.

/// The deeds that are written down; the word `act-{word}` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    AddressOpened,
    DeliveryRetried,
    DeliveryCounted,
    DeliveryCancelled,
    RouteTried,
    SuppressionLookedUp,
    SuppressionAdded,
    SuppressionLifted,
    PersonErased,
    ConnectorInvited,
    ConnectorInvitedAgain,
    MadeAdmin,
    MadeConnector,
    ConnectorSuspended,
    ConnectorResumed,
    ConnectorCleared,
}

super::text_enum!(Act {
    AddressOpened = "address_opened",
    DeliveryRetried = "delivery_retried",
    DeliveryCounted = "delivery_counted",
    DeliveryCancelled = "delivery_cancelled",
    RouteTried = "route_tried",
    SuppressionLookedUp = "suppression_looked_up",
    SuppressionAdded = "suppression_added",
    SuppressionLifted = "suppression_lifted",
    PersonErased = "person_erased",
    ConnectorInvited = "connector_invited",
    ConnectorInvitedAgain = "connector_invited_again",
    MadeAdmin = "made_admin",
    MadeConnector = "made_connector",
    ConnectorSuspended = "connector_suspended",
    ConnectorResumed = "connector_resumed",
    ConnectorCleared = "connector_cleared",
});

/// Longest reason that an admin may give, in characters.
pub const REASON_MAX: usize = 500;
