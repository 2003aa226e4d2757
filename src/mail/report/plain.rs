//! Bounces in words: qmail's (<https://cr.yp.to/proto/qsbmf.txt>) and those of an Exim without reports. Without a
//! code that a machine can read nothing is made of them.

use super::fields::Fields;
use super::words;
use crate::domain::enhanced::Status;
use crate::domain::report::{Action, Fate};

const QMAIL: &str = "Hi. This is the qmail-send program";
const EXIM: &str = "This message was created automatically by mail delivery software";
const EXIM_WAITS: &str = "has not yet been delivered";

/// What became of the recipients, when the text begins as one of those programs does.
pub(super) fn fates(head: &Fields, text: &str) -> Option<Vec<Fate>> {
    let text = text.trim_start().replace("\r\n", "\n");
    if text.starts_with(QMAIL) {
        return Some(qmail(&text));
    }
    let exim = text.starts_with(EXIM) && head.first("x-failed-recipients").is_some();
    if exim || (text.starts_with(EXIM) && text.contains(EXIM_WAITS)) {
        let action = if text.contains(EXIM_WAITS) { Action::Delayed } else { Action::Failed };
        return Some(vec![fate(action, before(&text, "------"))]);
    }
    None
}

/// A paragraph for each recipient, `<address>:` first; then a line of dashes and the mail.
fn qmail(text: &str) -> Vec<Fate> {
    let paragraphs = before(text, "\n--- ").split("\n\n").filter_map(|paragraph| {
        let (first, said) = paragraph.trim_start().split_once('\n')?;
        (first.starts_with('<') && first.ends_with(">:")).then_some(said)
    });
    paragraphs.take(super::MANY).map(|said| fate(Action::Failed, said)).collect()
}

fn fate(action: Action, said: &str) -> Fate {
    Fate { action, status: Status::find(said), code: code(said), words: words(said) }
}

fn before<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split_once(mark).map_or(text, |(before, _)| before)
}

/// The digits of SMTP where programs quote a reply: `said: 550 ..`, `host [192.0.2.1]: 550 ..`.
fn code(said: &str) -> Option<u16> {
    said.split(": ").skip(1).find_map(|reply| {
        let (code, after) = reply.split_at_checked(3)?;
        let quoted = after.starts_with([' ', '-']) && code.starts_with(['4', '5']);
        code.parse().ok().filter(|_| quoted)
    })
}
