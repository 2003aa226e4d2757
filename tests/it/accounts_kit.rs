//! A browser with its cookies, and short ways to sign in.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, COOKIE, USER_AGENT};
use std::net::SocketAddr;
use twoyes::domain::connector::{Connector, Role};
use twoyes::flow::account;
use twoyes::store::{Db, migrate};

use crate::support::app::{MONDAY, Page, TestApp, encode, request};
use crate::support::db::{Engine, TestDb, fresh};

pub const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The site on this engine. The database is kept as long as the second value.
pub async fn site(engine: Engine) -> (TestApp, TestDb) {
    let db = fresh(engine).await;
    let again: Db = db.again().await;
    migrate(&again, MONDAY).await.unwrap();
    (TestApp::on(db.db.clone(), tempfile::tempdir().unwrap()).await, db)
}

/// Keeps cookies as a browser does.
pub struct Browser<'a> {
    pub app: &'a TestApp,
    pub cookies: Vec<(String, String)>,
    pub agent: &'static str,
    /// The peer, when the request comes through a socket.
    pub peer: Option<SocketAddr>,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: Vec::new(), agent: FIREFOX, peer: None }
    }

    /// One that has this session cookie, `name=value`.
    pub fn with(app: &'a TestApp, cookie: &str) -> Self {
        let (name, value) = cookie.split_once('=').unwrap();
        Self { cookies: vec![(name.into(), value.into())], ..Self::new(app) }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(name, value)| format!("{name}={value}"))
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, &[]).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        self.send(Method::POST, path, form).await
    }

    async fn send(&mut self, method: Method, path: &str, form: &[(&str, &str)]) -> Page {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request(method, path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header(USER_AGENT, self.agent);
        if !jar.is_empty() {
            request = request.header(COOKIE, jar.join("; "));
        }
        if let Some(peer) = self.peer {
            request = request.extension(ConnectInfo(peer));
        }
        let page = self.app.send(request.body(encode(form)).unwrap()).await;
        for cookie in page.cookies() {
            let (name, value) = cookie.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.into(), value.into()));
            }
        }
        page
    }

    /// Asks for a mail; what it carries.
    pub async fn ask(&mut self, email: &str) -> Mailed {
        self.post("/sign-in", &[("email", email)]).await.is(200);
        mailed(self.app).await
    }

    /// Signs in by the mailed link.
    pub async fn sign_in(&mut self, email: &str) {
        let mail = self.ask(email).await;
        self.get(&mail.link).await.is(200);
        self.post(&mail.link, &[]).await.is(303);
    }
}

/// What a sign-in mail carries.
pub struct Mailed {
    /// The path of its link.
    pub link: String,
    pub code: String,
}

/// The newest sign-in mail.
pub async fn mailed(app: &TestApp) -> Mailed {
    let mails = app.deliver().await;
    let mail = mails.iter().rev().find(|mail| mail.subject.starts_with("Sign in")).unwrap();
    let lines = || mail.text.lines();
    let link = lines().find(|line| line.contains("/sign-in/")).unwrap();
    Mailed { link: format!("/{}", link.splitn(4, '/').nth(3).unwrap()), code: code_of(&mail.text) }
}

/// The six digits that stand alone on a line.
pub fn code_of(text: &str) -> String {
    let is_code = |line: &&str| line.len() == 6 && line.chars().all(|digit| digit.is_ascii_digit());
    text.lines().find(is_code).unwrap().to_owned()
}

/// A connector who is no admin.
pub async fn grace(app: &TestApp) -> Connector {
    account::add(app.cx(), "grace@connect.example", "Grace Hopper", Role::Connector).await.unwrap()
}

/// The body without what differs between two requests.
pub fn plain(page: &Page) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = page
        .headers
        .iter()
        .filter(|(name, _)| name.as_str() != "x-request-id")
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            let secret = |cookie: &str| match cookie.split_once(';') {
                Some((first, rest)) => {
                    let (name, value) = first.split_once('=').unwrap();
                    format!("{name}={}; {rest}", value.len())
                }
                None => cookie.to_owned(),
            };
            let value = if name.as_str() == "set-cookie" { secret(value) } else { value.to_owned() };
            (name.to_string(), value)
        })
        .collect();
    headers.sort();
    (page.status.as_u16(), headers, page.body.clone())
}

/// Nothing to send.
pub fn empty() -> Body {
    Body::empty()
}
