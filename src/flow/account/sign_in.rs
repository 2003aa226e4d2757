//! Signing in: a mailed link that works in the browser that asked, or the code of that mail typed there.

use subtle::ConstantTimeEq;

use super::super::{Ctx, Cx, Failure};
use super::post::{Envelope, Reader, service_letter};
use super::sessions::{NewSession, open};
use super::{
    ALL_MAILS_AT_ONCE, ALL_MAILS_EVERY, AccountError, CODE_TRIES, MAIL_EVERY, MAILS_AT_ONCE, SIGN_IN_LIFE,
    code, invalid, limit_key, secret, sha256, typed_code,
};
use crate::clock::Ts;
use crate::domain::address::EmailAddress;
use crate::domain::connector::Connector;
use crate::domain::device::Device;
use crate::domain::letter::{LinkName, LinkSpec, NewMessage, mark};
use crate::domain::link::{self, LinkFault};
use crate::domain::message::MessageKind;
use crate::domain::problem::Problem;
use crate::ids::LinkRef;
use crate::store::sessions::SignIn;
use crate::store::{Tx, addresses, connectors, outbox, sessions};
use crate::view::mails::{self, Who};

/// Where a sign-in link was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// In the browser that asked: a button there signs in.
    Here,
    /// Somewhere else: the code of the mail is to be typed in the browser that asked.
    Elsewhere,
}

/// One request to sign in, with everything random about it.
#[derive(Clone)]
struct Request {
    email: EmailAddress,
    browser: [u8; 32],
    link: LinkRef,
    code: String,
    now: Ts,
}

/// Somebody asks to sign in. Returns the secret for the cookie of this browser, whoever asks: whether
/// the address has an account, is suspended, or had too many mails, shows in that mailbox alone. The same
/// is written and rendered for all of them, so that the time it takes does not tell either.
///
/// # Errors
/// [`AccountError::Invalid`] when it is not an address.
pub async fn ask_to_sign_in(cx: &Cx, email: &str) -> Result<String, AccountError> {
    let email = EmailAddress::parse("email", email).map_err(invalid)?;
    let browser = secret(cx, "browser");
    let hash = sha256(&browser);
    let link = cx.ids.link_ref(&format!("sign-in/{}", data_encoding::HEXLOWER.encode(&hash)));
    let request = Request { email, browser: hash, link, code: code(cx), now: cx.now() };
    let shared = cx.clone();
    cx.db
        .write(move |tx| {
            let (cx, request) = (shared.clone(), request.clone());
            Box::pin(async move { mail_link(tx, &cx, &request).await })
        })
        .await?;
    cx.wake.ring();
    Ok(browser)
}

async fn mail_link(tx: &mut Tx, cx: &Ctx, of: &Request) -> Result<(), AccountError> {
    let allowed = addresses::take(tx, limit_key(cx, &of.email), of.now, MAILS_AT_ONCE, MAIL_EVERY).await?;
    let found = connectors::find(tx, &of.email).await?;
    let who = found.filter(|who| who.is_active() && allowed);
    let who = of_all(tx, cx, who, of.now).await?;
    let row = SignIn {
        link: of.link,
        connector: who.as_ref().map(|who| who.id),
        browser: of.browser,
        code: sha256(&of.code),
        tries: 0,
        created_at: of.now,
        expires_at: of.now + SIGN_IN_LIFE,
        used_at: None,
    };
    sessions::add_sign_in(tx, &row).await?;
    let letter = letter(cx, of, who.as_ref())?;
    outbox::enqueue(tx, &letter, of.now).await?;
    // The decoy goes again; for the others the same statement finds nothing.
    let decoy = if who.is_none() { letter.key } else { format!("decoy/{}", letter.key) };
    outbox::discard(tx, &decoy).await?;
    Ok(())
}

/// Takes a mail out of the allowance of all accounts together. Mails that never leave cost the same writing, and
/// nothing of that allowance: nobody can use it up with addresses that they made up.
async fn of_all(
    tx: &mut Tx,
    cx: &Ctx,
    who: Option<Connector>,
    now: Ts,
) -> Result<Option<Connector>, AccountError> {
    let key = |name| crate::ids::derive(&cx.secrets.internal, name);
    let Some(who) = who else {
        const ENDLESS: i64 = i64::MAX / ALL_MAILS_EVERY.0 / 2;
        addresses::take(tx, key("no-mails"), now, ENDLESS, ALL_MAILS_EVERY).await?;
        return Ok(None);
    };
    let allowed = addresses::take(tx, key("all-mails"), now, ALL_MAILS_AT_ONCE, ALL_MAILS_EVERY).await?;
    if !allowed {
        tracing::warn!("too many sign-in mails in a short time; some do not leave");
    }
    Ok(Some(who).filter(|_| allowed))
}

/// The mail; without an account one like it, which never leaves.
fn letter(cx: &Ctx, of: &Request, who: Option<&Connector>) -> Result<NewMessage, AccountError> {
    let (name, language) =
        who.map_or((of.email.as_str(), ""), |who| (who.name.as_str(), who.language.as_str()));
    let expires_at = of.now + SIGN_IN_LIFE;
    let mail = mails::SignIn {
        connector: Who::new(name),
        link: mark(LinkName::SignIn),
        code: of.code.clone(),
        minutes: SIGN_IN_LIFE.as_seconds() / 60,
    };
    let key = format!("sign_in/{}", data_encoding::HEXLOWER.encode(&of.browser));
    let kid = cx.ring().active_kid().ok_or(Failure::NoKey)?;
    let to = Reader { name, email: who.map_or(&of.email, |who| &who.email), language };
    let links = vec![LinkSpec::new(LinkName::SignIn, kid, 0, expires_at.minutes_ceil(), of.link)];
    let envelope = Envelope { kind: MessageKind::SignIn, key, links, expires_at: Some(expires_at) };
    let mut letter = service_letter(cx, to, envelope, &mail, of.now)?;
    letter.connector = who.map(|who| who.id);
    Ok(letter)
}

/// Where a good sign-in link was opened. Looking at it uses nothing up.
///
/// # Errors
/// [`AccountError::Link`] when it is not good.
pub async fn look_at_sign_in(cx: &Cx, token: &str, browser: &str) -> Result<Opened, AccountError> {
    let now = cx.now();
    let claims = cx.ring().verify(link::Purpose::SignIn, token, now)?;
    let mut tx = cx.db.read().await?;
    let found = sessions::find_sign_in(&mut tx, claims.reference).await?;
    let row = good(found, now)?;
    let same = bool::from(row.browser.ct_eq(&sha256(browser)));
    Ok(if same { Opened::Here } else { Opened::Elsewhere })
}

/// Uses the link up and opens a session; only in the browser that asked for it. A session that this
/// browser had before (`old`, its secret) ends.
///
/// # Errors
/// [`AccountError::Elsewhere`] in any other browser: nothing is used up.
pub async fn sign_in_by_link(
    cx: &Cx,
    token: &str,
    browser: &str,
    device: Device,
    old: Option<&str>,
) -> Result<String, AccountError> {
    let claims = cx.ring().verify(link::Purpose::SignIn, token, cx.now())?;
    let hash = sha256(browser);
    let new = NewSession::draw(cx, device, old);
    let secret = new.secret.clone();
    cx.db
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move {
                let row = good(sessions::find_sign_in(tx, claims.reference).await?, new.now)?;
                if !bool::from(row.browser.ct_eq(&hash)) {
                    return Err(AccountError::Elsewhere);
                }
                use_up(tx, &row, &new).await
            })
        })
        .await?;
    Ok(secret)
}

/// Signs in by the code of the mail, typed into the browser that asked.
///
/// # Errors
/// [`AccountError::Invalid`] for a wrong code; after ten of them the sign-in is dead.
pub async fn sign_in_by_code(
    cx: &Cx,
    browser: &str,
    typed: &str,
    device: Device,
    old: Option<&str>,
) -> Result<String, AccountError> {
    let (hash, typed) = (sha256(browser), typed_code(typed));
    let new = NewSession::draw(cx, device, old);
    let secret = new.secret.clone();
    let opened = cx
        .db
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move {
                let Some(row) = sessions::newest_of_browser(tx, hash, new.now).await? else {
                    return Ok(false);
                };
                // Without an account the right code, which nobody has, is wrong too.
                let right = row.connector.is_some() && bool::from(row.code.ct_eq(&typed));
                if row.tries >= CODE_TRIES || !right {
                    // Kept, although the caller gets an error: tries must count.
                    sessions::count_try(tx, row.link).await?;
                    return Ok(false);
                }
                use_up(tx, &row, &new).await?;
                Ok::<_, AccountError>(true)
            })
        })
        .await?;
    if opened { Ok(secret) } else { Err(invalid(Problem::new("code", "wrong-code"))) }
}

/// A sign-in that was not used and whose time is not over.
fn good(found: Option<SignIn>, now: Ts) -> Result<SignIn, LinkFault> {
    found.filter(|row| row.used_at.is_none() && now < row.expires_at).ok_or(LinkFault::Closed)
}

async fn use_up(tx: &mut Tx, row: &SignIn, new: &NewSession) -> Result<(), AccountError> {
    let connector = row.connector.ok_or(LinkFault::Closed)?;
    if !sessions::use_sign_in(tx, row.link, new.now).await? {
        return Err(LinkFault::Closed.into());
    }
    open(tx, connector, new).await
}
