//! Three years of a small world, a day at a time: everything is there until its time in `docs/PRIVACY.md` is
//! over, and gone on the day after. Each row of that table is named here.

use std::collections::BTreeMap;

use twoyes::cards::{Column, Format, Head};
use twoyes::clock::{Span, Ts};
use twoyes::domain::asking::Side;
use twoyes::domain::contact::RawContact;
use twoyes::domain::letter::LinkName::{CheckIn, Manage};
use twoyes::domain::retention::Rules;
use twoyes::flow::{draft, erasure, import, landed, people, suppressions, unfinished};
use twoyes::ids::IntroductionId;
use twoyes::store::idempotency::{self, Saved};
use twoyes::store::persons::{self, Refusal, Whom};

use crate::retention_kit::{asked, say};
use crate::support::app::{TestApp, raw_draft};
use crate::support::sqlite::{self, dump};
use crate::your_page_kit::send;

const YEARS: i64 = 3;

/// How to see whether it is still there.
enum Held {
    /// These words, anywhere in the database.
    Word(&'static str),
    /// A count that is not 0.
    Sql(String),
}

struct Datum {
    /// The row of `docs/PRIVACY.md`.
    row: &'static str,
    held: Held,
    /// `None`: for ever.
    due: Option<Ts>,
    last_seen: Option<Ts>,
}

fn datum(row: &'static str, held: Held, due: Option<Ts>) -> Datum {
    Datum { row, held, due, last_seen: None }
}

fn hex(id: IntroductionId) -> String {
    format!("x'{}'", id.0.simple())
}

/// Who was asked, and what they did.
struct Cast {
    silent: IntroductionId,
    no: IntroductionId,
    later: IntroductionId,
    left: IntroductionId,
}

async fn begin(app: &TestApp) -> Cast {
    let alan = ("Alan Turing", "alan@turing.example");
    let silent = asked(app, "Silas Silent", "silas@silent.example", alan).await;
    let no = asked(app, "Nora Nein", "nora@nein.example", alan).await;
    say(app, no, Side::First, "no", &[("note", "notemarkerno"), ("quiet", "yes")]).await;
    let later = asked(app, "Nils Notnow", "nils@notnow.example", alan).await;
    say(app, later, Side::First, "not_now", &[("until", "2026-05-01"), ("note", "notemarkerlater")]).await;
    let left =
        asked(app, "Ina Introduced", "ina@introduced.example", ("Hans Host", "hans@host.example")).await;
    say(app, left, Side::First, "yes", &[]).await;
    say(app, left, Side::Second, "yes", &[]).await;
    app.later(Span::minutes(11));
    app.deliver().await;
    Cast { silent, no, later, left }
}

/// What lies beside the introductions.
async fn clutter(app: &TestApp, cast: &Cast) {
    let cx = app.cx();
    let contact = RawContact {
        name: "Clara Contact".into(),
        email: "clara@contact.example".into(),
        ..RawContact::default()
    };
    let clara = people::add(cx, &app.connector, &contact).await.unwrap();
    landed::by_connector(cx, &app.connector, &clara).await.unwrap();
    let begun = import::begin(cx, &app.connector, "people.csv").await.unwrap();
    let head = Head { format: Format::Table, columns: vec!["name".into()], mapping: vec![Column::Name] };
    let row = (2, vec!["Imre Importmarker".to_owned()]);
    let taken = import::take(cx, &begun, Some(&head), vec![row]).await.unwrap();
    import::was_read(cx, &taken).await.unwrap();
    let mut raw = raw_draft();
    raw.first.name = "Dora Draft".into();
    draft::create(cx, &app.connector, &raw).await.unwrap();
    let typed = BTreeMap::from([("first.name".to_owned(), "Felix Form".to_owned())]);
    unfinished::keep(cx, &app.connector, None, &typed).await.unwrap();
    suppressions::add(cx, &app.connector, "stop@stopped.example", "actmarker").await.unwrap();
    erasure::by_operator(cx, "rita@label.example").await.unwrap();
    app.mailbox.refuse("wished@new.example", 550, "5.1.1 no such user");
    let page = app.link(cast.left, Side::First, Manage).await;
    send(app, &page, &[("what", "address"), ("email", "wished@new.example")]).await.is(303);
    app.post("/sign-in", &[("email", "ada@lovelace.example")]).await;
    app.deliver().await;
    let page = [("slug", "ada"), ("welcome", ""), ("is_open", "yes")];
    app.act("/ask-me", &page).await.is(303);
    for (who, wish) in [("una", "unconfirmedmarker"), ("conny", "confirmedmarker")] {
        let email = format!("{who}@asks.example");
        let form = [("name", who), ("email", &email), ("wish", wish), ("about", "a person")];
        app.post("/ask/ada", &form).await.is(200);
    }
    let mails = app.deliver().await;
    let theirs = mails.iter().find(|mail| mail.to[0].address == "conny@asks.example").unwrap();
    let link = crate::network_kit::link_in(theirs, "/asked/");
    let nonce = app.get(&link).await.is(200).value("nonce");
    app.post(&link, &[("nonce", &nonce), ("sure", "yes"), ("do", "yes")]).await.is(200);
    let words = format!("{}/words", app.link(cast.left, Side::First, CheckIn).await);
    let nonce = app.get(&words).await.is(200).value("nonce");
    app.post(&words, &[("nonce", &nonce), ("words", "thanksmarker"), ("say", "yes")]).await.is(200);
    let (now, who) = (cx.now(), app.connector.id);
    let rita =
        cx.person(&twoyes::domain::address::EmailAddress::parse("email", "rita@label.example").unwrap());
    let refuser = app.load(cast.no).await.parties.first.person;
    let id = cx.ids.uuid(now, "refusal");
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                let label = "Rita Label".to_owned();
                let new = Refusal { id, person: refuser, whom: Whom::Person(rita), label, created_at: now };
                persons::refuse(tx, &new).await?;
                let kept = Saved { request: [0; 32], status: 201, body: "idempotencymarker".into() };
                idempotency::take(tx, who, "key", &kept, now).await
            })
        })
        .await
        .unwrap();
}

/// Every row of the table, by what is in this world.
async fn data(app: &TestApp, cast: &Cast, start: Ts) -> Vec<Datum> {
    use Held::{Sql, Word};
    let (rules, day) = (Rules::default(), Span::days);
    let closes = |id: IntroductionId| async move {
        let of = app.load(id).await;
        of.deadline.unwrap() + app.cx().policy.hold
    };
    let (silent, no) = (closes(cast.silent).await + rules.closed, closes(cast.no).await + rules.closed);
    let later = app.load(cast.later).await.parties.first.shown.unwrap().until.unwrap();
    let later_closed = closes(cast.later).await + rules.closed;
    let left = app.load(cast.left).await.introduced_at.unwrap();
    let words = left + day(28) + rules.introduced;
    let of = |sql: &str, id: IntroductionId| Sql(sql.replace("ID", &hex(id)));
    let one = |sql: &str| Sql(sql.to_owned());
    let mail =
        "SELECT COUNT(*) FROM message WHERE introduction_id = ID AND text_part <> '' AND kind = 'ask_first'";
    let answered = "SELECT COUNT(*) FROM event WHERE introduction_id = ID AND what = 'answered'";
    let choice =
        "SELECT COUNT(*) FROM party WHERE introduction_id = ID AND (choice IS NOT NULL OR answers > 0)";
    let receipts =
        "SELECT COUNT(*) FROM message WHERE introduction_id = ID AND kind IN ('receipt', 'reminder')";
    let hash = "SELECT COUNT(*) FROM delivery WHERE introduction_id = ID AND person IS NOT NULL";
    let mut all = vec![
        datum("mail", of(mail, cast.silent), Some(start + rules.mail)),
        datum("failed_mail", Word("wished@new.example"), Some(start + rules.failed_mail)),
        datum("closed", Word("Silas Silent"), Some(silent)),
        datum("closed", Word("silas@silent.example"), Some(silent)),
        datum("closed", Word("Nora Nein"), Some(no)),
        datum("closed", Word("Nils Notnow"), Some(later + rules.closed)),
        datum("answers", Word("notemarkerno"), Some(no)),
        datum("answers", Word("notemarkerlater"), Some(later_closed)),
        datum("answers", of(answered, cast.no), Some(no)),
        datum("answers", of(choice, cast.no), Some(no)),
        datum("answers", of(receipts, cast.no), Some(no)),
        datum("introduced", Word("Ina Introduced has built compilers"), Some(words)),
        datum("introduced", Word("ina@introduced.example"), Some(words)),
        datum("names", Word("Ina Introduced"), Some(left + rules.names)),
        datum("names", one("SELECT COUNT(*) FROM outcome_word WHERE word = 'ina'"), Some(left + rules.names)),
        datum("draft", Word("Dora Draft"), Some(start + rules.draft)),
        datum("unfinished", Word("Felix Form"), Some(start + rules.unfinished)),
        datum("asks", of(hash, cast.silent), Some(start + rules.asks)),
        datum("admin_acts", Word("actmarker"), None),
        datum("admin_acts", one("SELECT COUNT(*) FROM admin_act"), Some(start + rules.admin_acts)),
        datum("erasures", one("SELECT COUNT(*) FROM erasure"), Some(start + rules.erasures)),
        datum("labels", Word("Rita Label"), Some(start + day(25))),
        datum("api_answers", Word("idempotencymarker"), Some(start + day(1))),
        datum("sign_in", one("SELECT COUNT(*) FROM sign_in"), Some(start + day(1))),
        datum("sessions", one("SELECT COUNT(*) FROM session"), Some(start + day(7))),
        datum("wishes", one("SELECT COUNT(*) FROM address_change"), Some(start + day(1))),
        datum("contacts", Word("Clara Contact"), None),
        datum("never", one("SELECT COUNT(*) FROM suppression WHERE source = 'admin'"), None),
        datum("figures", one("SELECT COUNT(*) FROM tally WHERE closed > 0"), None),
    ];
    all.extend(of_the_network(start, &rules));
    all
}

/// What came with the network around the introductions.
fn of_the_network(start: Ts, rules: &Rules) -> Vec<Datum> {
    use Held::{Sql, Word};
    let (one, day) = (|sql: &str| Sql(sql.to_owned()), Span::days);
    vec![
        datum("imports", Word("Imre Importmarker"), Some(start + rules.unfinished)),
        datum("landed", one("SELECT COUNT(*) FROM landed"), Some(start + rules.names)),
        datum(
            "ask_me",
            one("SELECT COUNT(*) FROM ask_me_request WHERE wish = 'unconfirmedmarker'"),
            Some(start + day(3)),
        ),
        datum("ask_me", Word("confirmedmarker"), Some(start + day(90))),
        datum("asks", one("SELECT COUNT(*) FROM outside_link"), Some(start + rules.asks)),
        datum("thanks", Word("thanksmarker"), Some(start + rules.names)),
    ]
}

#[tokio::test]
async fn everything_is_kept_until_its_time_and_gone_the_day_after() {
    let app = TestApp::new().await;
    let start = app.cx().now();
    let cast = begin(&app).await;
    clutter(&app, &cast).await;
    let mut all = data(&app, &cast, start).await;
    let file = sqlite::open(&app.database_url());
    let mut figures = None;
    let mut looks = 0;
    for day in 0..365 * YEARS {
        let now = app.cx().now();
        let rows = dump(&app.database_url(), &[]);
        let (proofs, rest): (Vec<String>, Vec<String>) = rows.into_iter().partition(|row| is_proof(row));
        for one in &mut all {
            let held = match &one.held {
                // The proof of the yeses goes with the names.
                Held::Word(word) if one.row == "introduced" => rest.iter().any(|row| row.contains(word)),
                Held::Word(word) => proofs.iter().chain(&rest).any(|row| row.contains(word)),
                Held::Sql(sql) => sqlite::number(&file, sql) > 0,
            };
            looks += 1;
            if held {
                one.last_seen = Some(now);
            }
        }
        if day == 100 {
            figures = Some(tally(&file));
        }
        app.later(Span::days(1));
        app.deliver().await;
    }
    assert_eq!(Some(tally(&file)), figures, "the outcome log counts what it counted");
    let faults = faults(&all, start, app.cx().now());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    println!(
        "figure: retention: {} data of {} rows of the table over {} days, {looks} looks",
        all.len(),
        rows_of(&all).len(),
        365 * YEARS
    );
    assert_eq!(rows_of(&all), documented(), "docs/PRIVACY.md has these rows");
}

/// What was seen too long, or not long enough.
fn faults(all: &[Datum], start: Ts, end: Ts) -> Vec<String> {
    let mut faults = Vec::new();
    for one in all {
        let what = match &one.held {
            Held::Word(word) => (*word).to_owned(),
            Held::Sql(sql) => sql.clone(),
        };
        let (first, last) = match one.due {
            // Looked at once a day, and the world took some minutes to begin.
            Some(due) => (due - Span::hours(25), due + Span::hours(1)),
            None => (end - Span::hours(25), end),
        };
        let seen = one.last_seen;
        if !seen.is_some_and(|seen| first <= seen && seen < last) {
            let days = |at: Ts| (at - start).as_seconds() / 86_400;
            faults.push(format!(
                "{} ({what}): seen until day {:?}, due on {:?}",
                one.row,
                seen.map(days),
                one.due.map(days)
            ));
        }
    }
    faults
}

fn is_proof(row: &str) -> bool {
    row.starts_with("shown_text: ") || row.starts_with("audit_payload: ")
}

fn tally(file: &rusqlite::Connection) -> Vec<String> {
    let sql = "SELECT SUM(closed) || ' ' || SUM(unheard) FROM tally GROUP BY purpose ORDER BY purpose";
    sqlite::texts(file, sql)
}

fn rows_of(all: &[Datum]) -> Vec<String> {
    let mut rows: Vec<String> = all.iter().map(|one| one.row.to_owned()).collect();
    rows.sort();
    rows.dedup();
    rows
}

/// The rows of the table: the word in the first column.
fn documented() -> Vec<String> {
    let text = std::fs::read_to_string("docs/PRIVACY.md").unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut rows: Vec<String> = rows.filter_map(|rest| rest.split('`').next()).map(str::to_owned).collect();
    rows.sort();
    rows
}

/// The numbers of the table are the defaults of the configuration.
#[test]
fn the_table_names_each_key_with_its_default() {
    let text = std::fs::read_to_string("docs/PRIVACY.md").unwrap();
    let config = twoyes::config::Config::default();
    assert_eq!(twoyes::app::rules(&config.retention), Rules::default());
    for (key, value, ..) in config.retention.ranges() {
        let line = text.lines().find(|line| line.contains(&format!("`{key}`")));
        let line = line.unwrap_or_else(|| panic!("docs/PRIVACY.md does not name {key}"));
        assert!(line.contains(&format!("{value} days")), "{key} = {value}: {line}");
    }
}

/// A round over nothing that is due takes nothing, and leaves every byte as it was.
#[tokio::test]
async fn a_second_round_changes_nothing() {
    let app = TestApp::new().await;
    let cast = begin(&app).await;
    clutter(&app, &cast).await;
    for days in [1, 7, 20, 40, 100, 900] {
        app.later(Span::days(days));
        app.deliver().await;
        let rules = Rules::default();
        twoyes::flow::retention::round(app.cx(), &rules, app.cx().now()).await.unwrap();
        let before = dump(&app.database_url(), &[]);
        let again = twoyes::flow::retention::round(app.cx(), &rules, app.cx().now()).await.unwrap();
        assert_eq!((again.all(), dump(&app.database_url(), &[])), (0, before), "after {days} more days");
    }
}
