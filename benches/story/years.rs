//! What years of use leave behind, written straight into the SQLite file while nobody serves it: introductions with
//! their people, ten events each, a place on the desk, a mail that was sent, and their entries in the outcome log.

use rusqlite::{Connection, Statement, params};
use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Purpose;
use twoyes::domain::name_words::{prefixes, words};
use twoyes::domain::tally::{Came, Share, day};
use twoyes::ids::{ConnectorId, derive, uuid_v7};
use uuid::Uuid;

use super::support::process::Instance;

const FIRST: [&str; 8] = ["Amara", "Bruno", "Chidi", "Dalia", "Emeka", "Farah", "Goran", "Hanna"];
const LAST: [&str; 8] = ["Okafor", "Silva", "Novak", "Haddad", "Berg", "Moreau", "Tanaka", "Rossi"];
/// None is old enough to be forgotten while it is measured.
const DAYS: i64 = 5;
const EVENTS: [&str; 10] = [
    "drafted",
    "edited",
    "asked",
    "answered",
    "edited",
    "asked",
    "answered",
    "edited",
    "introduced",
    "outcome",
];

/// The statements that write one introduction.
struct Pens<'c> {
    introduction: Statement<'c>,
    party: Statement<'c>,
    event: Statement<'c>,
    desk: Statement<'c>,
    message: Statement<'c>,
    delivery: Statement<'c>,
    tallied: Statement<'c>,
    list: Statement<'c>,
    word: Statement<'c>,
}

/// Adds so many introductions of this connector.
pub fn add(instance: &Instance, who: ConnectorId, number: u64, now: Ts) -> rusqlite::Result<()> {
    let file = Connection::open(instance.path("twoyes.db"))?;
    file.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN IMMEDIATE")?;
    {
        let mut pens = Pens::new(&file)?;
        for nth in 0..number {
            let back =
                Span::days(DAYS).0 / i64::try_from(number).unwrap() * i64::try_from(number - nth).unwrap();
            pens.write(who, nth, Ts(now.0 - back))?;
        }
    }
    // Summed anew, with what was there before.
    file.execute_batch("DELETE FROM tally")?;
    for (connector, purpose) in [
        ("connector_id", "purpose"),
        ("connector_id", "''"),
        ("zeroblob(16)", "purpose"),
        ("zeroblob(16)", "''"),
    ] {
        let sums: Vec<String> =
            Came::ALL.iter().map(|came| format!("SUM(came = '{}')", came.as_str())).collect();
        let sums = sums.join(", ");
        file.execute_batch(&format!(
            "INSERT INTO tally SELECT {connector}, {purpose}, day, {sums} FROM tallied GROUP BY 1, 2, 3"
        ))?;
    }
    file.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
}

impl<'c> Pens<'c> {
    fn new(file: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            introduction: file.prepare(
                "INSERT INTO introduction (id, connector_id, version, state, purpose, ask_order, asked_for_this,
                   names_second, writes_first, same_employer, coworker_confirmed, shared, step, round, introduced_at,
                   closed_at, outcome, events, created_at, updated_at)
                 VALUES (?1, ?2, 1, ?3, ?4, 'one_by_one', 0, 0, 'first', 0, 0, 'You two should meet.', 'A call', 1,
                   ?5, ?6, ?7, 10, ?8, ?8)",
            )?,
            party: file.prepare(
                "INSERT INTO party (introduction_id, side, name, email, person, described, how_known, why, blurb,
                   language, link, generation, note, quiet, shown_note, answers, check_ins)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'an engineer', 'we met at work', 'You build the same thing.', '', 'en',
                   ?6, 1, '', 0, '', 1, 0)",
            )?,
            event: file.prepare(
                "INSERT INTO event (introduction_id, seq, connector_id, at, what, quiet) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            )?,
            desk: file.prepare(
                "INSERT INTO desk (introduction_id, connector_id, place, at) VALUES (?1, ?2, ?3, ?4)",
            )?,
            message: file.prepare(
                "INSERT INTO message (id, key, kind, introduction_id, connector_id, headers, subject, text_part,
                   html_part, dated_at) VALUES (?1, ?2, 'introduction', ?1, ?3, '{}', '', '', '', ?4)",
            )?,
            delivery: file.prepare(
                "INSERT INTO delivery (id, message_id, kind, introduction_id, side, recipient, domain, person, links,
                   state, due_at, fence, attempts, unknowns, last_words, created_at, finished_at)
                 VALUES (?1, ?1, 'introduction', ?1, 'first', ?2, 'example.org', ?3, '[]', 'sent', ?4, 1, 1, 0, '', ?4, ?4)",
            )?,
            tallied: file.prepare("INSERT INTO tallied VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)")?,
            list: file.prepare("INSERT INTO outcome_list VALUES (?1, ?2)")?,
            word: file.prepare("INSERT INTO outcome_word VALUES (?1, ?2)")?,
        })
    }

    fn write(&mut self, who: ConnectorId, nth: u64, at: Ts) -> rusqlite::Result<()> {
        let random: [u8; 16] = derive(b"years", &nth.to_string());
        let id = uuid_v7(at, random);
        let came = came(random[0]);
        let purpose = Purpose::ALL[usize::from(random[1]) % Purpose::ALL.len()];
        let introduced = came.is_introduced();
        let state = match came {
            Came::Waiting => "asking",
            Came::Closed => "closed",
            _ => "introduced",
        };
        let outcome = came.as_str();
        let outcome = (introduced && came != Came::Unheard).then_some(outcome);
        let (met, closed) = (introduced.then_some(at.0), (came == Came::Closed).then_some(at.0));
        let raw = id.as_bytes();
        self.introduction.execute(params![
            raw,
            who.0.as_bytes(),
            state,
            purpose.as_str(),
            met,
            closed,
            outcome,
            at.0
        ])?;
        let mut found_by = Vec::new();
        for (side, byte) in [("first", 2), ("second", 4)] {
            let name = format!(
                "{} {}",
                FIRST[usize::from(random[byte]) % 8],
                LAST[usize::from(random[byte + 1]) % 8]
            );
            found_by.extend(words(&name));
            self.person(id, side, &name)?;
        }
        for (seq, what) in (1_i64..).zip(EVENTS) {
            self.event.execute(params![raw, seq, who.0.as_bytes(), at.0 + seq, what])?;
        }
        let place = if came == Came::Waiting { "waiting" } else { "done" };
        self.desk.execute(params![raw, who.0.as_bytes(), place, at.0])?;
        self.message.execute(params![raw, id.to_string(), who.0.as_bytes(), at.0])?;
        self.delivery.execute(params![raw, format!("first{nth}@example.org"), [0_u8; 32], at.0])?;
        found_by.sort();
        found_by.dedup();
        let words = if introduced { found_by } else { Vec::new() };
        self.outcome(id, &Share { day: day(at), connector: who, purpose, came, days: Vec::new(), words })
    }

    fn person(&mut self, id: Uuid, side: &str, name: &str) -> rusqlite::Result<()> {
        let key: [u8; 16] = derive(b"years link", &format!("{id}{side}"));
        let person = [key, key].concat();
        self.party.execute(params![
            id.as_bytes(),
            side,
            name,
            format!("{side}@{id}.example"),
            person,
            key
        ])?;
        Ok(())
    }

    fn outcome(&mut self, id: Uuid, of: &Share) -> rusqlite::Result<()> {
        let (raw, who) = (id.as_bytes(), of.connector.0);
        let words = of.words.join(" ");
        let (purpose, came) = (of.purpose.as_str(), of.came.as_str());
        self.tallied.execute(params![raw, of.day, who.as_bytes(), purpose, came, "", words])?;
        for list in of.lists() {
            self.list.execute(params![list, raw])?;
        }
        for word in prefixes(&of.words) {
            self.word.execute(params![word, raw])?;
        }
        Ok(())
    }
}

/// Most meet, two of five close, few wait, a job is rare.
const fn came(random: u8) -> Came {
    match random {
        0..=9 => Came::Waiting,
        10..=109 => Came::Closed,
        110..=129 => Came::Unheard,
        130..=200 => Came::Met,
        201..=225 => Came::Scheduled,
        226..=240 => Came::NoReply,
        241..=253 => Came::NotAFit,
        254..=255 => Came::Landed,
    }
}
