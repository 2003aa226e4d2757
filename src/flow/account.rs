//! Connectors and how they sign in: mailed links, sessions, API tokens.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::unit_error;
use super::{Ctx, Cx, Failure, letters};
use crate::clock::{Span, Ts};
use crate::domain::address::EmailAddress;
use crate::domain::connector::{Connector, Role, Scope};
use crate::domain::letter::{LinkName, LinkSpec, NewDelivery, mark};
use crate::domain::link::{self, LinkFault};
use crate::domain::message::MessageKind;
use crate::domain::problem::{Problem, Problems};
use crate::domain::text;
use crate::ids::{ConnectorId, LinkRef, SessionId, TokenId};
use crate::store::sessions::SignIn;
use crate::store::tokens::Token;
use crate::store::{Tx, connectors, outbox, sessions, tokens};
use crate::view::mails::{self, Who};

/// How long a sign-in link and its code work.
pub const SIGN_IN_LIFE: Span = Span::minutes(10);
/// How long a session lasts.
pub const SESSION_LIFE: Span = Span::days(7);
/// Sign-in mails to one address within an hour.
const SIGN_INS_PER_HOUR: i64 = 5;
/// Wrong codes before a sign-in is dead.
const CODE_TRIES: i64 = 10;

/// Why somebody is not signed in, or an account was not made.
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
    let mut problems = Problems::default();
    let email = problems.take(EmailAddress::parse("email", email));
    let name = problems.take(text::person_name("name", name));
    let (Some(email), Some(name)) = (email, name) else {
        return Err(AccountError::Invalid(problems));
    };
    let now = cx.now();
    let nonce = data_encoding::HEXLOWER.encode(&cx.ids.bytes::<8>("connector"));
    let new = Connector {
        id: ConnectorId(cx.ids.uuid(now, &format!("connector/{nonce}"))),
        email,
        name,
        role,
        signature: String::new(),
        time_zone: cx.sender.time_zone.clone(),
        language: cx.languages().first().cloned().unwrap_or_default(),
        created_at: now,
        suspended_at: None,
    };
    let saved = new.clone();
    cx.db
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move {
                if connectors::insert(tx, &new).await? {
                    return Ok(());
                }
                Err(AccountError::Invalid(Problems(vec![Problem::new("email", "account-exists")])))
            })
        })
        .await?;
    Ok(saved)
}

/// The account of an address.
pub async fn find(cx: &Cx, email: &str) -> Result<Connector, AccountError> {
    let email = EmailAddress::parse("email", email)
        .map_err(|problem| AccountError::Invalid(Problems(vec![problem])))?;
    let mut tx = cx.db.read().await?;
    connectors::find(&mut tx, &email).await?.ok_or(AccountError::NotFound)
}

/// Somebody asks to sign in. Returns the secret for the cookie of this browser, whoever asks: whether
/// the address has an account does not show in the page, only in that mailbox.
///
/// # Errors
/// [`AccountError::Invalid`] when it is not an address.
pub async fn ask_to_sign_in(cx: &Cx, email: &str) -> Result<String, AccountError> {
    let email = EmailAddress::parse("email", email)
        .map_err(|problem| AccountError::Invalid(Problems(vec![problem])))?;
    let now = cx.now();
    let browser = secret(cx, "browser");
    let hash = sha256(&browser);
    let link = cx.ids.link_ref(&format!("sign-in/{}", data_encoding::HEXLOWER.encode(&hash)));
    let code = code(cx.ids.bytes::<8>("code"));
    let shared = cx.clone();
    cx.db
        .write(move |tx| {
            let (cx, email, code) = (shared.clone(), email.clone(), code.clone());
            Box::pin(async move { mail_link(tx, &cx, &email, hash, link, &code, now).await })
        })
        .await?;
    cx.wake.notify_waiters();
    Ok(browser)
}

async fn mail_link(
    tx: &mut Tx,
    cx: &Ctx,
    email: &EmailAddress,
    browser: [u8; 32],
    link: LinkRef,
    code: &str,
    now: Ts,
) -> Result<(), AccountError> {
    let Some(who) = connectors::find(tx, email).await?.filter(|who| who.suspended_at.is_none()) else {
        return Ok(());
    };
    if sessions::count_sign_ins(tx, who.id, now - Span::hours(1)).await? >= SIGN_INS_PER_HOUR {
        return Ok(());
    }
    let expires_at = now + SIGN_IN_LIFE;
    let row = SignIn {
        link,
        connector: who.id,
        browser,
        code: sha256(code),
        tries: 0,
        created_at: now,
        expires_at,
        used_at: None,
    };
    sessions::add_sign_in(tx, &row).await?;
    let mail = mails::SignIn {
        connector: Who::new(&who.name),
        link: mark(LinkName::SignIn),
        code: code.to_owned(),
        minutes: SIGN_IN_LIFE.as_seconds() / 60,
    };
    let rendered = cx.views.mail(&who.language, &mail).map_err(Failure::from)?;
    let key = format!("sign_in/{}", data_encoding::HEXLOWER.encode(&browser));
    let to = letters::correspondent(&who.name, who.email.as_str());
    let kid = cx.ring().active_kid().ok_or(Failure::NoKey)?;
    let mut letter = letters::service_mail(cx, MessageKind::SignIn, key.clone(), to, rendered, now);
    letter.connector = Some(who.id);
    letter.deliveries.push(NewDelivery {
        id: letters::delivery_id(cx, &key, 0, now),
        side: None,
        recipient: who.email.clone(),
        person: None,
        links: vec![LinkSpec::new(LinkName::SignIn, kid, 0, expires_at.minutes_ceil(), link)],
        not_before: None,
        expires_at: Some(expires_at),
    });
    outbox::enqueue(tx, &letter, now).await?;
    Ok(())
}

/// Whether a sign-in link is good. Looking at it uses nothing up.
pub async fn look_at_sign_in(cx: &Cx, token: &str) -> Result<(), AccountError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::SignIn, token, now)?;
    let mut tx = cx.db.read().await?;
    let found = sessions::find_sign_in(&mut tx, claims.reference).await?;
    let good = found.is_some_and(|row| row.used_at.is_none() && now < row.expires_at);
    if good { Ok(()) } else { Err(LinkFault::Closed.into()) }
}

/// Uses the link up and opens a session; only in the browser that asked for it.
///
/// # Errors
/// [`AccountError::Elsewhere`] in any other browser: nothing is used up.
pub async fn sign_in_by_link(cx: &Cx, token: &str, browser: &str) -> Result<String, AccountError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::SignIn, token, now)?;
    let hash = sha256(browser);
    let session = secret(cx, "session");
    let (id, token_hash) = (SessionId(cx.ids.uuid(now, &format!("session/{session}"))), sha256(&session));
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                let row = sessions::find_sign_in(tx, claims.reference).await?.ok_or(LinkFault::Closed)?;
                if !bool::from(row.browser.ct_eq(&hash)) {
                    return Err(AccountError::Elsewhere);
                }
                open_session(tx, &row, id, token_hash, now).await
            })
        })
        .await?;
    Ok(session)
}

/// Signs in by the code of the mail, typed into the browser that asked.
///
/// # Errors
/// [`AccountError::Invalid`] for a wrong code; after ten of them the sign-in is dead.
pub async fn sign_in_by_code(cx: &Cx, browser: &str, typed: &str) -> Result<String, AccountError> {
    let now = cx.now();
    let (hash, typed) = (sha256(browser), sha256(&typed.replace([' ', '-'], "")));
    let session = secret(cx, "session");
    let (id, token_hash) = (SessionId(cx.ids.uuid(now, &format!("session/{session}"))), sha256(&session));
    let opened = cx
        .db
        .write(move |tx| {
            Box::pin(async move {
                let Some(row) = sessions::newest_of_browser(tx, hash, now).await? else {
                    return Ok(false);
                };
                if row.tries >= CODE_TRIES || !bool::from(row.code.ct_eq(&typed)) {
                    // Kept, although the caller gets an error: tries must count.
                    sessions::count_try(tx, row.link).await?;
                    return Ok(false);
                }
                open_session(tx, &row, id, token_hash, now).await?;
                Ok::<_, AccountError>(true)
            })
        })
        .await?;
    if opened {
        return Ok(session);
    }
    Err(AccountError::Invalid(Problems(vec![Problem::new("code", "wrong-code")])))
}

async fn open_session(
    tx: &mut Tx,
    row: &SignIn,
    id: SessionId,
    token_hash: [u8; 32],
    now: Ts,
) -> Result<(), AccountError> {
    if !sessions::use_sign_in(tx, row.link, now).await? {
        return Err(LinkFault::Closed.into());
    }
    sessions::add(tx, id, row.connector, token_hash, now, now + SESSION_LIFE).await?;
    Ok(())
}

/// A session without a mail: the demo's printed link and tests.
pub async fn session_for(cx: &Cx, who: &Connector) -> Result<String, AccountError> {
    let now = cx.now();
    let session = secret(cx, "session");
    let (id, hash) = (SessionId(cx.ids.uuid(now, &format!("session/{session}"))), sha256(&session));
    let connector = who.id;
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                sessions::add(tx, id, connector, hash, now, now + SESSION_LIFE).await?;
                Ok::<_, AccountError>(())
            })
        })
        .await?;
    Ok(session)
}

/// Who a session cookie belongs to.
pub async fn who_is(cx: &Cx, session: &str) -> Result<Option<(SessionId, Connector)>, Failure> {
    let mut tx = cx.db.read().await?;
    let Some((id, connector)) = sessions::find(&mut tx, sha256(session), cx.now()).await? else {
        return Ok(None);
    };
    let found = connectors::get(&mut tx, connector).await?;
    Ok(found.filter(|who| who.suspended_at.is_none()).map(|who| (id, who)))
}

/// Ends a session.
pub async fn sign_out(cx: &Cx, id: SessionId) -> Result<(), Failure> {
    cx.db.write(move |tx| Box::pin(async move { Ok(sessions::end(tx, id).await?) })).await
}

/// Makes an API token. The returned secret is shown once and never again.
pub async fn add_token(
    cx: &Cx,
    who: &Connector,
    name: &str,
    scopes: &[Scope],
) -> Result<(Token, String), AccountError> {
    let mut problems = Problems::default();
    let name = problems.take(text::line("name", name, 60));
    if scopes.contains(&Scope::Admin) && who.role != Role::Admin {
        problems.push(Problem::new("scopes", "admin-scope"));
    }
    let (Some(name), true) = (name, problems.0.is_empty()) else {
        return Err(AccountError::Invalid(problems));
    };
    let now = cx.now();
    let secret = format!("twoyes_{}", secret(cx, "token"));
    let new = Token {
        id: TokenId(cx.ids.uuid(now, &format!("token/{secret}"))),
        connector: who.id,
        name,
        scopes: scopes.to_vec(),
        created_at: now,
        used_at: None,
        revoked_at: None,
    };
    let (saved, hash) = (new.clone(), sha256(&secret));
    cx.db
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move {
                tokens::insert(tx, &new, hash).await?;
                Ok::<_, AccountError>(())
            })
        })
        .await?;
    Ok((saved, secret))
}

/// The tokens of an account, without their secrets.
pub async fn tokens_of(cx: &Cx, who: &Connector) -> Result<Vec<Token>, Failure> {
    let mut tx = cx.db.read().await?;
    Ok(tokens::of_connector(&mut tx, who.id).await?)
}

/// Revokes a token at once. `false` when it was not there or revoked before.
pub async fn revoke_token(cx: &Cx, id: TokenId) -> Result<bool, Failure> {
    let now = cx.now();
    cx.db.write(move |tx| Box::pin(async move { Ok(tokens::revoke(tx, id, now).await?) })).await
}

/// Whose token this is, and what it may do. Notes its use, to the hour.
pub async fn who_holds(cx: &Cx, secret: &str) -> Result<Option<(Connector, Vec<Scope>)>, Failure> {
    let now = cx.now();
    let mut tx = cx.db.read().await?;
    let Some(token) = tokens::find(&mut tx, sha256(secret)).await? else {
        return Ok(None);
    };
    let found = connectors::get(&mut tx, token.connector).await?.filter(|who| who.suspended_at.is_none());
    drop(tx);
    if token.used_at.is_none_or(|at| now - at > Span::hours(1)) {
        let id = token.id;
        cx.db
            .write(move |tx| Box::pin(async move { Ok::<_, Failure>(tokens::touch(tx, id, now).await?) }))
            .await?;
    }
    Ok(found.map(|who| {
        // A role that was taken away takes the scope with it.
        let keep = |scope: &Scope| *scope != Scope::Admin || who.role == Role::Admin;
        let scopes = token.scopes.into_iter().filter(keep).collect();
        (who, scopes)
    }))
}

/// 256 random bits as 52 letters and digits.
fn secret(cx: &Ctx, label: &str) -> String {
    data_encoding::BASE32_NOPAD.encode(&cx.ids.bytes::<32>(label)).to_lowercase()
}

fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Six digits.
fn code(bytes: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(bytes) % 1_000_000)
}
