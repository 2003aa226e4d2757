//! `/mailbox`: mails that stay in this process. Only there when the instance has such a mailbox.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{IntoResponse, Response};

use super::super::connector::preview::{FRAMING, framed};
use super::super::session::{self, Barred, SignedIn, see_other, signed_in};
use super::super::{Form, Id, show};
use crate::clock::Span;
use crate::domain::problem::{Problem, Problems};
use crate::flow::account;
use crate::mail::{Decoded, LocalMail, LocalMailbox, Mailbox, decode};
use crate::urls::{self, path};
use crate::view::FALLBACK;
use crate::view::pages::{self, Frame, Here, MailRow, Piece};
use crate::web::Web;
use crate::web::error::WebError;

/// How many days may pass at once.
const STRIDES: [i64; 2] = [1, 7];

/// Whether the clock was moved just now.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Look {
    #[serde(default)]
    moved: String,
}

/// The printed link of the demo: puts the session that it names into this browser. Only where every mail
/// can be read anyway.
pub async fn enter(State(web): State<Web>, Path(session): Path<String>) -> Result<Response, WebError> {
    mailbox(&web)?;
    if account::who_is(&web.cx, &session).await?.is_none() {
        return Err(WebError::not_found());
    }
    Ok((signed_in(&web, &session), see_other(path::DESK)).into_response())
}

/// All mails, the newest first.
pub async fn list(
    State(web): State<Web>,
    who: Result<SignedIn, Barred>,
    Query(look): Query<Look>,
) -> Result<Response, WebError> {
    let mails = mailbox(&web)?.list();
    let clock = &web.cx.clock;
    let page = pages::Mailbox {
        frame: frame(&web, who),
        now: clock.can_move().then(|| clock.now()),
        moved: !look.moved.is_empty(),
        later: path::LATER,
        mails: mails.iter().rev().map(row).collect(),
        time_zone: web.cx.sender.time_zone.clone(),
    };
    show(&web, FALLBACK, StatusCode::OK, &page)
}

/// Lets some days pass, in the demo: reminders, deadlines and check-ins can be seen by hand.
pub async fn later(
    State(web): State<Web>,
    who: Result<SignedIn, Barred>,
    form: Form,
) -> Result<Response, WebError> {
    mailbox(&web)?;
    if !web.cx.clock.can_move() {
        return Err(WebError::not_found());
    }
    let days = form.get("days").parse().ok().filter(|days| STRIDES.contains(days));
    let Some(days) = days else {
        let allowed = STRIDES.map(|days| days.to_string()).join(", ");
        let problem = Problem::new("days", "unknown-value").text("allowed", allowed);
        return Err(WebError::invalid(Problems(vec![problem])));
    };
    web.cx.clock.advance(Span::days(days));
    web.cx.wake.ring();
    let to = see_other(&format!("{}?moved=yes", path::MAILBOX));
    Ok(match who {
        // A session lasts some days: whoever lets them pass shall not have to sign in again.
        Ok(SignedIn(who)) => {
            (signed_in(&web, &account::session_for(&web.cx, &who).await?), to).into_response()
        }
        Err(_) => to,
    })
}

/// One mail.
pub async fn one(
    State(web): State<Web>,
    who: Result<SignedIn, Barred>,
    Id(id): Id<u64>,
) -> Result<Response, WebError> {
    let mail = mailbox(&web)?.get(id).ok_or_else(WebError::not_found)?;
    let decoded = decode(&mail.raw);
    let page = pages::OneMail {
        frame: frame(&web, who),
        from: people(&decoded.from),
        to: people(&decoded.to),
        reply_to: people(&decoded.reply_to),
        subject: decoded.subject.clone(),
        date: decoded.date.clone(),
        text: pieces(&decoded.text, web.cx.urls.base()),
        html: decoded.html.as_ref().map(|_| urls::of(path::MAILBOX_HTML, id)),
        card: decoded.card,
        headers: headers(&mail),
    };
    let page = show(&web, FALLBACK, StatusCode::OK, &page)?;
    Ok(([(CONTENT_SECURITY_POLICY, FRAMING)], page).into_response())
}

/// The HTML part of one mail.
pub async fn html(State(web): State<Web>, Id(id): Id<u64>) -> Result<Response, WebError> {
    let mail = mailbox(&web)?.get(id).ok_or_else(WebError::not_found)?;
    let Decoded { html, .. } = decode(&mail.raw);
    html.map(framed).ok_or_else(WebError::not_found)
}

fn mailbox(web: &Web) -> Result<&LocalMailbox, WebError> {
    web.mailbox.as_ref().ok_or_else(WebError::not_found)
}

/// The bar of whoever is signed in: the mailbox belongs to nobody, so nobody has to be.
fn frame(web: &Web, who: Result<SignedIn, Barred>) -> Frame {
    match who {
        Ok(SignedIn(who)) => session::frame(web, &who).at(Here::Mailbox),
        Err(_) => Frame { mailbox: true, ..Frame::public() }.at(Here::Mailbox),
    }
}

fn row(mail: &LocalMail) -> MailRow {
    MailRow {
        path: urls::of(path::MAILBOX_MAIL, mail.id),
        to: mail.recipient.clone(),
        subject: decode(&mail.raw).subject,
        at: mail.received_at,
    }
}

fn people(list: &[Mailbox]) -> String {
    let one = |person: &Mailbox| match &person.name {
        Some(name) => format!("{name} <{}>", person.address),
        None => person.address.clone(),
    };
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The text with the links to this site apart, as paths: other addresses stay plain text.
fn pieces(text: &str, base: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let (link, space) = word.split_at(word.trim_end().len());
        match link.strip_prefix(base).filter(|path| path.starts_with('/')) {
            Some(path) => {
                out.push(Piece { text: link.to_owned(), href: Some(path.to_owned()) });
                out.push(Piece { text: space.to_owned(), href: None });
            }
            None => match out.last_mut().filter(|last| last.href.is_none()) {
                Some(last) => last.text.push_str(word),
                None => out.push(Piece { text: word.to_owned(), href: None }),
            },
        }
    }
    out
}

fn headers(mail: &LocalMail) -> String {
    let raw = String::from_utf8_lossy(&mail.raw);
    let head = raw.split("\r\n\r\n").next().unwrap_or_default();
    head.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_this_site_are_links() {
        let text = "See\nhttps://a.example/c/x#yes\nor https://a.example.evil/ or https://b.example/y";
        let links: Vec<_> =
            pieces(text, "https://a.example").into_iter().filter_map(|one| one.href).collect();
        assert_eq!(links, ["/c/x#yes"]);
        let whole: String = pieces(text, "https://a.example").into_iter().map(|one| one.text).collect();
        assert_eq!(whole, text);
    }
}
