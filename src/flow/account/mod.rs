//! Connectors and admins: how they come, sign in, look after their account, and leave.

mod address;
mod export;
mod invite;
mod leave;
mod manage;
mod post;
mod profile;
mod sessions;
mod sign_in;
mod tokens;

use sha2::{Digest, Sha256};

use super::error::unit_error;
use super::{Ctx, Cx, Failure};
use crate::clock::Span;
use crate::domain::address::EmailAddress;
use crate::domain::connector::{Connector, Role};
use crate::domain::link::LinkFault;
use crate::domain::problem::{Problem, Problems};
use crate::domain::text;
use crate::ids::ConnectorId;
use crate::store::{Tx, accounts, connectors};

pub use crate::store::accounts::Account;
pub use crate::store::sessions::Session;
pub use crate::store::tokens::Token;
pub use address::{ask_for_address, confirm_address, waiting_address};
pub use export::{Cursor, Network, Piece, next_piece};
pub use invite::{invite, invite_again};
pub use leave::{delete, finish_leaving, former};
pub use manage::{list, look_up, resume, set_role, suspend};
pub use profile::{RawProfile, save_profile};
pub use sessions::{end_session, note_use, session_for, sessions_of, sign_out, sign_out_everywhere, who_is};
pub use sign_in::{Opened, ask_to_sign_in, look_at_sign_in, sign_in_by_code, sign_in_by_link};
pub use tokens::{add_token, revoke_own_token, revoke_token, tokens_of, who_holds};

/// How long a sign-in link and its code work.
pub const SIGN_IN_LIFE: Span = Span::minutes(10);
/// How long a session lasts at most.
pub const SESSION_LIFE: Span = Span::days(7);
/// How long a session lasts in which nothing is done.
pub const IDLE_LIFE: Span = Span::hours(12);
/// Wrong codes before a sign-in is dead.
const CODE_TRIES: i64 = 10;
/// Mails to one address that somebody types: this many at once, and one more every hour.
const MAILS_AT_ONCE: i64 = 3;
const MAIL_EVERY: Span = Span::hours(1);
/// Sign-in mails to all accounts together: this many at once, and one more every minute. Whoever has a list of all of
/// them cannot make the relay look like a sender of junk.
const ALL_MAILS_AT_ONCE: i64 = 120;
const ALL_MAILS_EVERY: Span = Span::minutes(1);

/// Why somebody is not signed in, or an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("problems in the account: {0}")]
    Invalid(Problems),
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// The link was opened in another browser than the one that asked: the code is to be typed there.
    #[error("opened elsewhere")]
    Elsewhere,
    #[error("no such account")]
    NotFound,
    #[error(transparent)]
    Failure(#[from] Failure),
}

unit_error!(AccountError);

/// Adds a connector or an admin.
pub async fn add(cx: &Cx, email: &str, name: &str, role: Role) -> Result<Connector, AccountError> {
    let new = new_account(cx, email, name, role)?;
    let saved = new.clone();
    cx.db
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move { insert(tx, &new).await })
        })
        .await?;
    Ok(saved)
}

/// The account of an address.
pub async fn find(cx: &Cx, email: &str) -> Result<Connector, AccountError> {
    let email = EmailAddress::parse("email", email).map_err(invalid)?;
    let mut tx = cx.db.read().await?;
    connectors::find(&mut tx, &email).await?.ok_or(AccountError::NotFound)
}

fn new_account(cx: &Cx, email: &str, name: &str, role: Role) -> Result<Connector, AccountError> {
    let mut problems = Problems::default();
    let email = problems.take(EmailAddress::typed("email", email));
    let name = problems.take(text::person_name("name", name));
    let (Some(email), Some(name)) = (email, name) else {
        return Err(AccountError::Invalid(problems));
    };
    let now = cx.now();
    let nonce = data_encoding::HEXLOWER.encode(&cx.ids.bytes::<8>("connector"));
    Ok(Connector {
        id: ConnectorId(cx.ids.uuid(now, &format!("connector/{nonce}"))),
        email,
        name,
        role,
        signature: String::new(),
        time_zone: cx.sender.time_zone.clone(),
        language: cx.languages().first().cloned().unwrap_or_default(),
        created_at: now,
        suspended_at: None,
        deleted_at: None,
    })
}

async fn insert(tx: &mut Tx, new: &Connector) -> Result<(), AccountError> {
    if connectors::insert(tx, new).await? {
        return Ok(());
    }
    Err(invalid(Problem::new("email", "account-exists")))
}

/// Refuses what would leave nobody to run the instance. The admins stay locked until the unit ends.
async fn keep_an_admin(tx: &mut Tx, without: ConnectorId) -> Result<(), AccountError> {
    let admins = accounts::active_admins(tx).await?;
    if admins == [without] { Err(invalid(Problem::new("account", "last-admin"))) } else { Ok(()) }
}

fn invalid(problem: Problem) -> AccountError {
    AccountError::Invalid(Problems(vec![problem]))
}

/// The key of an address's allowance: nobody reads from the table who tried to sign in.
fn limit_key(cx: &Ctx, email: &EmailAddress) -> [u8; 32] {
    crate::ids::derive(&cx.secrets.internal, &format!("address-limit/{}", email.limit_key()))
}

/// 256 random bits as 52 letters and digits.
fn secret(cx: &Ctx, label: &str) -> String {
    data_encoding::BASE32_NOPAD.encode(&cx.ids.bytes::<32>(label)).to_lowercase()
}

fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Six digits.
fn code(cx: &Ctx) -> String {
    format!("{:06}", u64::from_be_bytes(cx.ids.bytes::<8>("code")) % 1_000_000)
}

/// What somebody types from a mail: spaces and dashes do not count.
fn typed_code(typed: &str) -> [u8; 32] {
    sha256(&typed.replace([' ', '-'], ""))
}
