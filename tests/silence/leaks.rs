//! Leaks, planted one at a time, so that the properties have something to find.
//!
//! They are planted where the product meets the world (its rows, its responses, its mails), so that no code of the
//! product knows of them: each is what the product would show if it had that fault. The list is that of the threat
//! model; what has no place here is told at [`NOT_PLANTED`].

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use twoyes::domain::asking::Side;
use twoyes::ids::IntroductionId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// A round ends with the first refusal, not on its deadline.
    ClosesOnDecline,
    /// The closing note has other words after a refusal than after silence.
    ClosingWords,
    /// The connector's page says how many have answered.
    OneOfTwo,
    /// The API says when.
    AnsweredAt,
    /// A mail to one says that the other waits.
    TheOtherWaits,
    /// A mail carries a number that counts everything.
    CountingNumber,
    /// A page says when its row last changed.
    LastModified,
    /// One's data holds the other's answer.
    ExportOfTheOther,
    /// The figures count single answers.
    BareFigures,
    /// An erased person vanishes from the other's page at once.
    VanishesAtOnce,
    /// How long the audit chain is can be read from a response.
    ChainLength,
    /// Asked together, the page has the words that came with the other's yes.
    WordsOfToday,
}

pub const LEAKS: [Leak; 12] = [
    Leak::ClosesOnDecline,
    Leak::ClosingWords,
    Leak::OneOfTwo,
    Leak::AnsweredAt,
    Leak::TheOtherWaits,
    Leak::CountingNumber,
    Leak::LastModified,
    Leak::ExportOfTheOther,
    Leak::BareFigures,
    Leak::VanishesAtOnce,
    Leak::ChainLength,
    Leak::WordsOfToday,
];

/// Those of the threat model that cannot be here, and why.
pub const NOT_PLANTED: [(&str, &str); 6] = [
    ("a quota that is given back on a refusal", "there is no quota yet"),
    ("another sentence, or no ask, for somebody who is suppressed", "the ask is over before a run begins"),
    ("an earlier new ask after silence", "the service never asks again by itself"),
    ("a webhook that tells early", "there are no webhooks"),
    (
        "a shared stream of randomness",
        "what others see is derived from their own rows: sharing it changes nothing",
    ),
    ("a receipt for a yes alone", "nobody but the one who answered gets it"),
];

/// The database, as a leak reads it and spoils it.
pub struct Inside {
    url: String,
    id: IntroductionId,
    side: &'static str,
}

impl Inside {
    pub fn new(url: &str, id: IntroductionId, side: Side) -> Self {
        Self { url: url.to_owned(), id, side: side.as_str() }
    }

    fn file(&self) -> Connection {
        let file = Connection::open(twoyes::store::sqlite_file(&self.url).unwrap()).unwrap();
        file.busy_timeout(Duration::from_secs(5)).unwrap();
        file
    }

    fn ask(&self, sql: &str) -> String {
        let text = self.file().query_row(sql, params![self.id.0.as_bytes(), self.side], |row| row.get(0));
        text.optional().unwrap().flatten().unwrap_or_default()
    }

    fn choice(&self) -> String {
        self.ask("SELECT choice FROM party WHERE introduction_id = ?1 AND side = ?2")
    }

    fn answered_at(&self) -> String {
        let sql = "SELECT CAST(answered_at AS TEXT) FROM party WHERE introduction_id = ?1 AND side = ?2";
        self.ask(sql)
    }

    /// How many rows a table has.
    fn many(&self, table: &str) -> String {
        self.ask(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table} WHERE ?1 = ?1 AND ?2 = ?2"))
    }

    /// What the leak does after somebody did something.
    pub fn spoil(&self, leak: Leak) {
        let sql = match leak {
            Leak::ClosesOnDecline => {
                "UPDATE introduction SET deadline = 1, due_at = 1 WHERE id = ?1 AND state = 'asking' AND EXISTS
                 (SELECT 1 FROM party WHERE introduction_id = ?1 AND side = ?2 AND choice IN ('no', 'never', 'not_now'))"
            }
            Leak::VanishesAtOnce => {
                "UPDATE party SET name = 'N. N.', blurb = '', described = ''
                 WHERE introduction_id = ?1 AND side = ?2 AND erased_at IS NOT NULL"
            }
            Leak::WordsOfToday => {
                "UPDATE party SET other_blurb = NULL WHERE introduction_id = ?1 AND side <> ?2"
            }
            _ => return,
        };
        self.file().execute(sql, params![self.id.0.as_bytes(), self.side]).unwrap();
    }

    /// What the leak adds to a mail to somebody else.
    pub fn in_mail(&self, leak: Leak, subject_line: &str) -> String {
        match leak {
            Leak::ClosingWords if subject_line.contains("did not come about") => self.choice(),
            Leak::TheOtherWaits if self.choice() == "yes" => "The other one waits for you.".into(),
            Leak::CountingNumber => self.many("message"),
            _ => String::new(),
        }
    }

    /// What the leak adds to a response to somebody else.
    pub fn in_reply(&self, leak: Leak, who: &str, path: &str) -> String {
        let connector = who.starts_with("connector");
        match leak {
            Leak::OneOfTwo if connector && path.starts_with("/introductions/") => {
                self.choice().len().to_string()
            }
            Leak::AnsweredAt if connector && path.starts_with("/api/") => self.answered_at(),
            Leak::BareFigures if connector && path == "/admin/outcomes" => {
                self.many("(SELECT 1 FROM party WHERE choice IS NOT NULL)")
            }
            Leak::ExportOfTheOther if path.ends_with("/data") => self.choice(),
            Leak::LastModified if path.starts_with("/c/") => {
                self.ask("SELECT CAST(updated_at AS TEXT) FROM introduction WHERE id = ?1 AND ?2 = ?2")
            }
            Leak::ChainLength if !connector => self.many("event"),
            _ => String::new(),
        }
    }
}
