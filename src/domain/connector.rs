//! People who sign in.

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;
use crate::clock::Ts;
use crate::ids::ConnectorId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Connector,
    /// Also sees the outcome log and runs the instance.
    Admin,
}

super::text_enum!(Role { Connector = "connector", Admin = "admin" });

#[derive(Clone, Debug)]
pub struct Connector {
    pub id: ConnectorId,
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    /// Closing lines under their asks; may be empty.
    pub signature: String,
    /// IANA name, for dates on their pages and in their mails.
    pub time_zone: String,
    pub language: String,
    pub created_at: Ts,
    pub suspended_at: Option<Ts>,
    /// Deleted by its owner. The row stays for the introductions that it is part of.
    pub deleted_at: Option<Ts>,
}

impl Connector {
    /// Whether this account may sign in and act.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        self.suspended_at.is_none() && self.deleted_at.is_none()
    }
}

/// What an API token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read one's own introductions and contacts.
    Read,
    /// Draft, ask, withdraw, record outcomes, edit contacts.
    Write,
    /// Outcome log and deliveries of the whole instance; for admins.
    Admin,
    /// The numbers for monitoring, and nothing else; for admins. They move when somebody answers, so whoever
    /// may read them at any moment could tell that somebody did.
    Metrics,
}

super::text_enum!(Scope { Read = "read", Write = "write", Admin = "admin", Metrics = "metrics" });

impl Scope {
    /// Whether an account of this role may hold it.
    #[must_use]
    pub const fn is_for(self, role: Role) -> bool {
        match (self, role) {
            (Self::Read | Self::Write, _) | (_, Role::Admin) => true,
            (Self::Admin | Self::Metrics, Role::Connector) => false,
        }
    }
}
