//! Who is signed in, by an opaque cookie; and the cookie of the browser that asks to sign in.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::header::{LOCATION, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum_extra::extract::CookieJar;

use crate::clock::Span;
use crate::domain::connector::{Connector, Role};
use crate::domain::device::Device;
use crate::flow::Failure;
use crate::flow::account::{self, SESSION_LIFE, SIGN_IN_LIFE};
use crate::urls::path;
use crate::view::pages::{Frame, User};
use crate::web::Web;
use crate::web::error::WebError;

/// A signed-in connector. Without one, looking leads to the sign-in page and acting is refused.
pub struct SignedIn(pub Connector);

/// Whoever it is: a form that somebody typed for an hour must not be thrown away at the door.
pub struct Visitor(pub Option<Connector>);

impl FromRequestParts<Web> for Visitor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        match Session::from_request_parts(parts, web).await {
            Ok(Session(_, who)) => Ok(Self(Some(who))),
            Err(Barred::SignIn) => Ok(Self(None)),
            Err(Barred::Error(error)) if error.status == StatusCode::UNAUTHORIZED => Ok(Self(None)),
            Err(Barred::Error(error)) => Err(error),
        }
    }
}

/// A signed-in admin.
pub struct Admin(pub Connector);

/// A session with the one it belongs to.
pub struct Session(pub account::Session, pub Connector);

/// Why nobody is let in.
pub enum Barred {
    /// To the sign-in page.
    SignIn,
    Error(WebError),
}

impl IntoResponse for Barred {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn => see_other(path::SIGN_IN),
            Self::Error(error) => error.into_response(),
        }
    }
}

impl FromRequestParts<Web> for Session {
    type Rejection = Barred;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Barred> {
        let looks = parts.method == Method::GET || parts.method == Method::HEAD;
        let barred = |failure: Failure| Barred::Error(failure.into());
        let secret = session_secret(&parts.headers, web);
        let found = match secret {
            Some(secret) => account::who_is(&web.cx, &secret).await.map_err(barred)?,
            None => None,
        };
        match found {
            Some((session, who)) => {
                if !looks {
                    account::note_use(&web.cx, &session).await.map_err(barred)?;
                }
                Ok(Self(session, who))
            }
            None if looks => Err(Barred::SignIn),
            None => Err(Barred::Error(WebError::unauthorized())),
        }
    }
}

/// The secret in the session cookie.
fn session_secret(headers: &HeaderMap, web: &Web) -> Option<String> {
    CookieJar::from_headers(headers).get(session_name(web)).map(|cookie| cookie.value().to_owned())
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Barred;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Barred> {
        Session::from_request_parts(parts, web).await.map(|Session(_, who)| Self(who))
    }
}

impl FromRequestParts<Web> for Admin {
    type Rejection = Barred;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Barred> {
        let Session(_, who) = Session::from_request_parts(parts, web).await?;
        match who.role {
            Role::Admin => Ok(Self(who)),
            Role::Connector => Err(Barred::Error(WebError::forbidden())),
        }
    }
}

/// The browser that signs in.
pub struct Browser {
    /// The secret that it got when it asked; empty in any other.
    pub secret: String,
    /// The secret of the session that it has already.
    pub session: Option<String>,
    pub device: Device,
}

impl FromRequestParts<Web> for Browser {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self {
            secret: jar.get(browser_name(web)).map(|cookie| cookie.value().to_owned()).unwrap_or_default(),
            session: session_secret(&parts.headers, web),
            device: Device::of(agent),
        })
    }
}

/// The frame of a signed-in person's page.
pub fn frame(web: &Web, who: &Connector) -> Frame {
    let user = User { name: who.name.clone(), admin: who.role == Role::Admin };
    Frame { user: Some(user), mailbox: web.mailbox.is_some(), ..Frame::public() }
}

/// 303: what follows a form that worked.
pub fn see_other(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// Cookies to be set.
pub type Cookies = AppendHeaders<Vec<(HeaderName, String)>>;

/// Opens a session in this browser, which need not remember any more that it asked.
pub fn signed_in(web: &Web, session: &str) -> Cookies {
    let session = cookie(web, session_name(web), session, SESSION_LIFE);
    AppendHeaders(vec![session, cookie(web, browser_name(web), "", Span::ZERO)])
}

/// Ends it.
pub fn signed_out(web: &Web) -> Cookies {
    AppendHeaders(vec![cookie(web, session_name(web), "", Span::ZERO)])
}

/// Remembers that this browser asked, for as long as the mailed link works.
pub fn asked_here(web: &Web, browser: &str) -> Cookies {
    AppendHeaders(vec![cookie(web, browser_name(web), browser, SIGN_IN_LIFE)])
}

/// `__Host-` binds a cookie to this very host, and needs TLS (RFC 6265bis, 4.1.3.2).
fn session_name(web: &Web) -> &'static str {
    if web.https { "__Host-twoyes" } else { "twoyes" }
}

fn browser_name(web: &Web) -> &'static str {
    if web.https { "__Host-twoyes-browser" } else { "twoyes-browser" }
}

fn cookie(web: &Web, name: &str, value: &str, life: Span) -> (HeaderName, String) {
    let (seconds, secure) = (life.as_seconds(), if web.https { "; Secure" } else { "" });
    (SET_COOKIE, format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"))
}
