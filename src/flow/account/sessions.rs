//! Browser sessions: an opaque secret in a cookie, its hash in the database.

use super::super::{Cx, Failure};
use super::{AccountError, IDLE_LIFE, SESSION_LIFE, secret, sha256};
use crate::clock::{Span, Ts};
use crate::domain::connector::Connector;
use crate::domain::device::Device;
use crate::ids::{ConnectorId, SessionId};
use crate::store::sessions::{self, Session};
use crate::store::{Tx, connectors};

/// How old the note of a session's last use may be before it is renewed.
const NOTE_EVERY: Span = Span::minutes(5);

/// A session about to be opened. Its secret is new: nothing that was in the browser before becomes one.
#[derive(Clone)]
pub(super) struct NewSession {
    pub secret: String,
    pub now: Ts,
    id: SessionId,
    device: Device,
    /// The hash of the session that this browser had before.
    old: Option<[u8; 32]>,
}

impl NewSession {
    pub fn draw(cx: &Cx, device: Device, old: Option<&str>) -> Self {
        let (now, secret) = (cx.now(), secret(cx, "session"));
        let id = SessionId(cx.ids.uuid(now, &format!("session/{secret}")));
        Self { secret, now, id, device, old: old.map(sha256) }
    }
}

pub(super) async fn open(tx: &mut Tx, connector: ConnectorId, new: &NewSession) -> Result<(), AccountError> {
    if let Some(old) = new.old {
        sessions::end_token(tx, old).await?;
    }
    let session = Session {
        id: new.id,
        connector,
        device: new.device,
        created_at: new.now,
        seen_at: new.now,
        expires_at: new.now + SESSION_LIFE,
    };
    sessions::add(tx, &session, sha256(&new.secret)).await?;
    sessions::touch(tx, &session, new.now).await?;
    Ok(())
}

/// A session without a mail: the demo's printed link and tests.
pub async fn session_for(cx: &Cx, who: &Connector) -> Result<String, AccountError> {
    let new = NewSession::draw(cx, Device::default(), None);
    let (connector, secret) = (who.id, new.secret.clone());
    cx.db
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move { open(tx, connector, &new).await })
        })
        .await?;
    Ok(secret)
}

/// Who a session cookie belongs to.
pub async fn who_is(cx: &Cx, session: &str) -> Result<Option<(Session, Connector)>, Failure> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    let Some(found) = sessions::find(&mut tx, sha256(session), now, now - IDLE_LIFE).await? else {
        return Ok(None);
    };
    let who = connectors::get(&mut tx, found.connector).await?;
    Ok(who.filter(Connector::is_active).map(|who| (found, who)))
}

/// Notes that something was done in a session, every few minutes at most. Only acts count: looking must
/// not write, so a session ends twelve hours after the last thing that was sent in it.
pub async fn note_use(cx: &Cx, of: &Session) -> Result<(), Failure> {
    let (now, of) = (cx.now(), *of);
    if now - of.seen_at < NOTE_EVERY {
        return Ok(());
    }
    cx.db.write(move |tx| Box::pin(async move { Ok(sessions::touch(tx, &of, now).await?) })).await
}

/// The living sessions of an account, newest first.
pub async fn sessions_of(cx: &Cx, who: &Connector) -> Result<Vec<Session>, Failure> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    Ok(sessions::of_connector(&mut tx, who.id, now, now - IDLE_LIFE).await?)
}

/// Ends a session.
pub async fn sign_out(cx: &Cx, of: &Session) -> Result<(), Failure> {
    let (owner, id) = (of.connector, of.id);
    cx.db.write(move |tx| Box::pin(async move { Ok(sessions::end(tx, owner, id).await.map(drop)?) })).await
}

/// Ends one session of one's own. `false` when there is no such session.
pub async fn end_session(cx: &Cx, who: &Connector, id: SessionId) -> Result<bool, Failure> {
    let owner = who.id;
    cx.db.write(move |tx| Box::pin(async move { Ok(sessions::end(tx, owner, id).await?) })).await
}

/// Ends all sessions of an account, this one too, and every sign-in that is under way.
pub async fn sign_out_everywhere(cx: &Cx, who: &Connector) -> Result<(), Failure> {
    let owner = who.id;
    cx.db.write(move |tx| Box::pin(async move { Ok(sessions::end_all(tx, owner, None).await?) })).await
}
