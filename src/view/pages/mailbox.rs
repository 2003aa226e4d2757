//! The local mailbox: mails that stay in this process.

use serde::Serialize;

use super::Frame;
use crate::clock::Ts;
use crate::urls::path;
use crate::view::Page;

/// All of them, the newest first.
#[derive(Clone, Debug, Serialize)]
pub struct Mailbox {
    pub frame: Frame,
    pub mails: Vec<MailRow>,
    /// What time it is here, where time can be moved.
    pub now: Option<Ts>,
    /// It was moved just now.
    pub moved: bool,
    /// Where the buttons that move it go.
    pub later: &'static str,
    pub time_zone: String,
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
pub struct MailRow {
    pub path: String,
    pub to: String,
    pub subject: String,
    pub at: Ts,
}

/// A mail, opened.
#[derive(Clone, Debug, Serialize)]
pub struct OneMail {
    pub frame: Frame,
    pub from: String,
    pub to: String,
    pub reply_to: String,
    pub subject: String,
    pub date: String,
    pub text: Vec<Piece>,
    /// Where its HTML part is, if it has one.
    pub html: Option<String>,
    /// The vCard file that goes with it.
    pub card: Option<String>,
    /// The headers as they were transmitted.
    pub headers: String,
}

/// A piece of text, with the path it leads to when it is a link to this site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    pub text: String,
    pub href: Option<String>,
}

impl Page for Mailbox {
    const FILE: &'static str = "mailbox";

    fn samples() -> Vec<Self> {
        let mail = MailRow {
            path: "/mailbox/1".into(),
            to: "grace@example.org".into(),
            subject: "May I introduce you?".into(),
            at: Ts(1_772_528_400_000_000),
        };
        let now = Some(mail.at);
        [(Vec::new(), None), (vec![mail.clone()], None), (vec![mail], now)]
            .map(|(mails, now)| Self {
                frame: Frame { user: None, ..Frame::sample() },
                mails,
                now,
                moved: now.is_some(),
                later: path::LATER,
                time_zone: "Europe/Berlin".into(),
            })
            .to_vec()
    }
}

impl Page for OneMail {
    const FILE: &'static str = "mail";

    fn samples() -> Vec<Self> {
        let link = Piece { text: "https://intro.example.org/c/x".into(), href: Some("/c/x".into()) };
        let full = Self {
            frame: Frame { user: None, ..Frame::sample() },
            from: "Ada <intro@example.org>".into(),
            to: "Grace <grace@example.org>".into(),
            reply_to: "ada@example.org".into(),
            subject: "May I introduce you?".into(),
            date: "Tue, 3 Mar 2026 09:00:00 +0000".into(),
            text: vec![Piece { text: "Answer here:\n".into(), href: None }, link],
            html: Some("/mailbox/1/html".into()),
            card: Some("BEGIN:VCARD".into()),
            headers: "Subject: x".into(),
        };
        vec![Self { html: None, card: None, reply_to: String::new(), ..full.clone() }, full]
    }
}
