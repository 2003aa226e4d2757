//! Every page and every mail with every sample, behind a port of its own: a new page hangs here by itself,
//! since it must stand in the lists of the view to be served at all.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use twoyes::urls::path::STYLE as SHEET;
use twoyes::view::pages::{self, STYLE};
use twoyes::view::{FALLBACK, MARK, Site, Views, mails};

/// A page or mail on the wall.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Such as `recipient/answer.3`.
    pub name: String,
    pub html: String,
}

pub struct Gallery {
    pub base: String,
    pub pages: Vec<Sample>,
    pub mails: Vec<Sample>,
    serving: JoinHandle<()>,
}

impl Sample {
    pub fn path(&self) -> String {
        format!("/sample/{}", self.name)
    }

    /// The page without the number of the sample.
    pub fn of(&self) -> &str {
        self.name.rsplit_once('.').map_or(&self.name, |(of, _)| of)
    }
}

/// Every sample of every page.
pub fn page_samples() -> Vec<Sample> {
    let views = views();
    let mut all = Vec::new();
    for entry in pages::all() {
        let each = (entry.render_samples)(&views, FALLBACK).unwrap().into_iter().enumerate();
        all.extend(each.map(|(nth, html)| Sample { name: format!("{}.{}", entry.file, nth + 1), html }));
    }
    all
}

/// The HTML part of every sample of every mail.
pub fn mail_samples() -> Vec<Sample> {
    let views = views();
    let mut all = Vec::new();
    for entry in mails::MAILS {
        let each = (entry.render_samples)(&views, FALLBACK).unwrap().into_iter().enumerate();
        // The marks of links, as if it had left.
        let html = |html: String| html.replace(MARK, "");
        all.extend(each.map(|(nth, mail)| Sample {
            name: format!("mail/{}.{}", entry.kind, nth + 1),
            html: html(mail.html),
        }));
    }
    all
}

fn views() -> Views {
    let site =
        Site { name: "intro.example.org".into(), operator: "Analytical Society".into(), ..Site::default() };
    Views::compile(None).unwrap().for_site(&site)
}

impl Gallery {
    pub async fn open() -> Self {
        let (pages, mails) = (page_samples(), mail_samples());
        let hung = pages.iter().chain(&mails).map(|sample| (sample.path(), sample.html.clone()));
        let hung: Arc<HashMap<String, String>> = Arc::new(hung.collect());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route(SHEET, get(async || ([("content-type", "text/css; charset=utf-8")], STYLE)))
            .fallback(show)
            .with_state(hung);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, pages, mails, serving }
    }
}

async fn show(State(hung): State<Arc<HashMap<String, String>>>, at: Uri) -> Response {
    match hung.get(at.path()) {
        Some(html) => Html(html.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Drop for Gallery {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
