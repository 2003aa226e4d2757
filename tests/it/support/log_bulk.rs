//! Many introductions at once, written as the flows would have left them.

use rusqlite::{Connection, params};
use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Purpose;
use twoyes::domain::name_words::{prefixes, words};
use twoyes::domain::tally::{Came, Share, day};
use twoyes::ids::{ConnectorId, derive, uuid_v7};

use super::sqlite;

const FIRST: [&str; 12] = [
    "Amara", "Bruno", "Chidi", "Dalia", "Emeka", "Farah", "Goran", "Hanna", "Ines", "Jonas", "Keiko", "Luca",
];
const LAST: [&str; 12] = [
    "Okafor", "Silva", "Novak", "Haddad", "Berg", "Moreau", "Tanaka", "Rossi", "Klein", "Santos", "Iqbal",
    "Larsen",
];

/// Connectors with their names; they must be in the database.
pub struct Bulk<'a> {
    pub connectors: &'a [ConnectorId],
    /// The newest is drafted shortly before.
    pub now: Ts,
    /// Over how many days before it they are spread.
    pub days: i64,
}

/// Writes `number` of them into a SQLite file that nobody else writes to.
pub fn fill(url: &str, number: u64, of: &Bulk<'_>) {
    let file = &sqlite::open(url);
    file.execute_batch("PRAGMA synchronous = OFF; BEGIN IMMEDIATE").unwrap();
    let mut waiting = Waiting::default();
    for n in 0..number {
        one(file, n, number, of, &mut waiting);
        if n % 500 == 499 {
            waiting.write(file);
        }
    }
    waiting.write(file);
    sums(file);
    file.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// What comes of the `n`th: most introductions meet, two of five close, the newest wait, a job is rare.
fn came(random: &[u8; 16], age: i64) -> Came {
    if age < 14 && random[0] < 150 {
        return Came::Waiting;
    }
    match random[1] {
        0..=104 => Came::Closed,
        105..=125 => Came::Unheard,
        126..=200 => Came::Met,
        201..=225 => Came::Scheduled,
        226..=240 => Came::NoReply,
        241..=253 => Came::NotAFit,
        254..=255 => Came::Landed,
    }
}

/// Entries of the lists and of the words, written many at once: a statement for each takes minutes.
#[derive(Default)]
struct Waiting {
    lists: Vec<(String, String)>,
    words: Vec<(String, String)>,
}

impl Waiting {
    fn write(&mut self, file: &Connection) {
        for (sql, entries) in [
            (
                "INSERT INTO outcome_list SELECT value ->> 0, unhex(value ->> 1) FROM json_each($1)",
                std::mem::take(&mut self.lists),
            ),
            (
                "INSERT INTO outcome_word SELECT value ->> 0, unhex(value ->> 1) FROM json_each($1)",
                std::mem::take(&mut self.words),
            ),
        ] {
            let entries = serde_json::to_string(&entries).unwrap();
            file.prepare_cached(sql).unwrap().execute([entries]).unwrap();
        }
    }
}

fn one(file: &Connection, n: u64, number: u64, of: &Bulk<'_>, waiting: &mut Waiting) {
    let random: [u8; 16] = derive(b"bulk", &n.to_string());
    let back = Span::days(of.days).0 / i64::try_from(number).unwrap() * i64::try_from(number - n).unwrap();
    let at = Ts(of.now.0 - back);
    let (came, id) = (came(&random, back / Span::days(1).0), uuid_v7(at, random));
    let connector = of.connectors[usize::from(random[2]) % of.connectors.len()];
    let purpose = Purpose::ALL[usize::from(random[3].min(random[4])) * Purpose::ALL.len() / 256];
    let state = match came {
        Came::Waiting => "asking",
        Came::Closed => "closed",
        _ => "introduced",
    };
    let days: Vec<i64> = if came.is_introduced() {
        vec![i64::from(random[5] % 5), i64::from(random[6] % 4) + i64::from(random[3] % 3)]
    } else {
        Vec::new()
    };
    let ended = at + Span::days(days.iter().sum::<i64>() + 1);
    let outcome = came.is_introduced().then_some(came).filter(|came| *came != Came::Unheard);
    let sql =
        "INSERT INTO introduction (id, connector_id, version, state, purpose, ask_order, asked_for_this,
           names_second, writes_first, same_employer, coworker_confirmed, shared, step, round, introduced_at,
           closed_at, outcome, events, created_at, updated_at)
         VALUES ($1, $2, 1, $3, $4, 'one_by_one', 0, 0, 'first', 0, 0, 'Meet.', 'A call', 1, $5, $6, $7, 1, $8, $8)";
    let introduced_at = (state == "introduced").then_some(ended.0);
    let closed_at = (state == "closed").then_some(at.0 + Span::days(14).0);
    let values = params![
        id.as_bytes(),
        connector.0.as_bytes(),
        state,
        purpose.as_str(),
        introduced_at,
        closed_at,
        outcome.map(Came::as_str),
        at.0
    ];
    file.prepare_cached(sql).unwrap().execute(values).unwrap();
    let mut found_by = Vec::new();
    for (side, byte) in [("first", 7), ("second", 9)] {
        let pick = |byte: usize, of: [&'static str; 12]| of[usize::from(random[byte]) % of.len()];
        let name = format!("{} {}", pick(byte, FIRST), pick(byte + 1, LAST));
        found_by.extend(words(&name));
        party(file, id, side, &name);
    }
    found_by.sort();
    found_by.dedup();
    let words = if came.is_introduced() { found_by } else { Vec::new() };
    let share = Share { day: day(at), connector, purpose, came, days, words };
    tallied(file, id, &share, waiting);
}

fn party(file: &Connection, id: uuid::Uuid, side: &str, name: &str) {
    let link: [u8; 16] = derive(b"bulk link", &format!("{id}{side}"));
    let sql =
        "INSERT INTO party (introduction_id, side, name, email, person, described, how_known, why, blurb,
           language, link, generation, note, quiet, shown_note, answers, check_ins)
         VALUES ($1, $2, $3, 'x@example.org', $4, '', '', '', '', 'en', $4, 1, '', 0, '', 0, 0)";
    file.prepare_cached(sql).unwrap().execute(params![id.as_bytes(), side, name, link]).unwrap();
}

fn tallied(file: &Connection, id: uuid::Uuid, share: &Share, waiting: &mut Waiting) {
    let days = share.days.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
    let sql = "INSERT INTO tallied VALUES ($1, $2, $3, $4, $5, $6, $7, 1)";
    let (connector, purpose) = (share.connector.0.as_bytes(), share.purpose.as_str());
    let values = params![
        id.as_bytes(),
        share.day,
        connector,
        purpose,
        share.came.as_str(),
        days,
        share.words.join(" ")
    ];
    file.prepare_cached(sql).unwrap().execute(values).unwrap();
    let own = data_encoding::HEXLOWER.encode(id.as_bytes());
    waiting.lists.extend(share.lists().into_iter().map(|list| (list, own.clone())));
    waiting.words.extend(prefixes(&share.words).into_iter().map(|word| (word, own.clone())));
}

/// The sums over all of `tallied`, and full batches as if every second closing had been answered.
fn sums(file: &Connection) {
    for (connector, purpose) in [
        ("connector_id", "purpose"),
        ("connector_id", "''"),
        ("zeroblob(16)", "purpose"),
        ("zeroblob(16)", "''"),
    ] {
        let columns = Came::ALL
            .iter()
            .map(|came| format!("SUM(came = '{}')", came.as_str()))
            .collect::<Vec<_>>()
            .join(", ");
        let sql = format!(
            "INSERT INTO tally SELECT {connector}, {purpose}, day, {columns} FROM tallied GROUP BY 1, 2, 3"
        );
        file.execute_batch(&sql).unwrap();
        let sql = format!(
            "INSERT INTO tally_days SELECT {connector}, {purpose}, day - (day + 3) % 7, n, SUM(times) FROM
               (SELECT connector_id, purpose, day, CAST(substr(days, 1, 1) AS INTEGER) AS n, 1 AS times
                FROM tallied WHERE days <> ''
                UNION ALL SELECT connector_id, purpose, day, CAST(substr(days, 3, 1) AS INTEGER), 1
                FROM tallied WHERE days <> '')
             GROUP BY 1, 2, 3, 4"
        );
        file.execute_batch(&sql).unwrap();
    }
    file.execute_batch(
        "INSERT INTO tally_batch
         SELECT purpose, nth / 10 + 1, MIN(at), MAX(at), COUNT(*), COUNT(*) / 2 FROM
           (SELECT t.purpose, i.created_at AS at,
              ROW_NUMBER() OVER (PARTITION BY t.purpose ORDER BY t.introduction_id) - 1 AS nth
            FROM tallied t JOIN introduction i ON i.id = t.introduction_id WHERE t.came = 'closed')
         GROUP BY 1, 2",
    )
    .unwrap();
}
