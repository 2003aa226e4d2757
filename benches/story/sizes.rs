//! What an answer, the desk, a page of the outcome log and a claim cost after 1,000, 100,000 and 1,000,000
//! introductions, which statements read more than an index shows them, and how fast all of it is exported.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use axum::http::header::COOKIE;
use hyper::Method;
use tower::ServiceExt;
use twoyes::clock::Ts;
use twoyes::domain::connector::{Connector, Role};
use twoyes::flow::{Cx, account, answer};
use twoyes::store::courier;
use twoyes::web::routes;

use super::support::http::Http;
use super::support::process::Instance;
use super::table::{Row, Table, number, times};
use super::{backlog, house, load, people, statements, years};

const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
const OPERATIONS: [&str; 4] = ["answer", "desk", "outcome log", "claim of 10"];

/// Each size is looked at so often, in turns: what the machine does meanwhile meets all of them.
const ROUNDS: usize = 8;
/// What is done of each operation in one round.
const EACH: usize = 25;

/// `most`: the largest size to go to.
pub async fn measure(table: &mut Table, most: u64) {
    let mut houses = Vec::new();
    for size in SIZES.into_iter().filter(|size| *size <= most) {
        houses.push(House::of(size).await);
    }
    let columns = costs(&houses).await;
    if let Some(largest) = houses.last() {
        largest.export(table).await;
        largest.print_scans().await;
    }
    for (nth, what) in OPERATIONS.iter().enumerate() {
        let costs: Vec<f64> = columns.iter().map(|column| column[nth]).collect();
        let worst = costs.iter().copied().fold(0.0, f64::max) / costs[0];
        let told: Vec<String> = costs.iter().map(|cost| format!("{cost:.2}")).collect();
        table.add(Row {
            what: format!(
                "{what} after 1,000 to {} introductions",
                number(times(usize::try_from(most).unwrap()))
            ),
            reached: format!("{} ms", told.join(", ")),
            limit: "the first".into(),
            goal: "1.3 times".into(),
            good: Some(worst <= 1.3),
        });
    }
}

/// Medians of each size, in milliseconds. Claims come first: a service that runs would claim, too.
async fn costs(houses: &[House]) -> Vec<[f64; 4]> {
    let mut took: Vec<[Vec<Duration>; 4]> = houses.iter().map(|_| Default::default()).collect();
    for _ in 0..ROUNDS {
        for (house, [.., claim]) in houses.iter().zip(&mut took) {
            house.claim(claim).await;
        }
    }
    let mut running = Vec::new();
    for house in houses {
        running.push(house.instance.serve().await);
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    for round in 0..ROUNDS {
        for (house, [answer, desk, log, _]) in houses.iter().zip(&mut took) {
            house.look("/", desk).await;
            house.look("/admin/outcomes", log).await;
            house.answer(round, answer).await;
        }
    }
    drop(running);
    took.into_iter().map(|column| column.map(median)).collect()
}

struct House {
    instance: Instance,
    cx: Cx,
    admin: Connector,
    answers: Vec<people::Answer>,
}

impl House {
    async fn of(size: u64) -> Self {
        let instance = house::with_relay(house::NO_RELAY);
        let cx = house::inside(&instance).await;
        let admin = account::add(&cx, "ada@admin.example", "Ada Lovelace", Role::Admin).await.unwrap();
        let answers = people::asked(&cx, 200).await;
        years::add(&instance, admin.id, size, cx.now()).unwrap();
        backlog::queue(&cx, 4_000).await;
        Self { instance, cx, admin, answers }
    }

    async fn look(&self, path: &str, took: &mut Vec<Duration>) {
        let mut http = Http::new(self.instance.port);
        let session = account::session_for(&self.cx, &self.admin).await.unwrap();
        let cookie = format!("twoyes={session}");
        // The first finds everything cold after the others' turns.
        for nth in 0..=EACH {
            let sent = Instant::now();
            let page = http.send(Method::GET, path, &[("cookie", &cookie)], String::new()).await.unwrap();
            assert_eq!(page.status, 200, "{path}");
            if nth > 0 {
                took.push(sent.elapsed());
            }
        }
    }

    async fn answer(&self, round: usize, took: &mut Vec<Duration>) {
        let forms = self.answers.iter().skip(round * EACH).take(EACH).map(people::Answer::form).collect();
        took.extend(load::send_all(&[self.instance.port], 1, forms).await.latencies());
    }

    async fn claim(&self, took: &mut Vec<Duration>) {
        for _ in 0..EACH {
            let (now, sent) = (self.cx.now(), Instant::now());
            let leased = self.cx.db.write(move |tx| {
                Box::pin(async move { courier::lease(tx, now, Ts(now.0 + 900_000_000), &[], 10).await })
            });
            assert_eq!(leased.await.unwrap().len(), 10);
            took.push(sent.elapsed());
        }
    }

    /// What the four run that goes through a table, an index or a sort from end to end.
    async fn print_scans(&self) {
        let session = account::session_for(&self.cx, &self.admin).await.unwrap();
        let cookie = format!("twoyes={session}");
        let router = routes::router(&house::web(&self.instance).await);
        let again = people::asked_of(&self.cx, 200..201).await;
        let heard = statements::heard(async {
            for path in ["/", "/admin/outcomes"] {
                let get = Request::get(path).header(COOKIE, &cookie).body(Body::empty()).unwrap();
                assert_eq!(router.clone().oneshot(get).await.unwrap().status(), 200);
            }
            drop(answer::give(&self.cx, &again[0].token, &again[0].reply).await.unwrap());
            self.claim(&mut Vec::new()).await;
        })
        .await;
        let scans = statements::scans(&self.instance.path("twoyes.db"), &heard);
        println!("{} statements, {} of them read more than their rows:", heard.len(), scans.len());
        for scan in scans {
            println!("  {scan}");
        }
    }

    /// The outcome log as CSV, against reading the same rows.
    async fn export(&self, table: &mut Table) {
        let session = account::session_for(&self.cx, &self.admin).await.unwrap();
        let cookie = format!("twoyes={session}");
        let running = self.instance.serve().await;
        let mut http = Http::new(self.instance.port);
        let before = house::resident(running.id());
        let begun = Instant::now();
        let csv = http
            .send(Method::GET, "/admin/outcomes.csv", &[("cookie", &cookie)], String::new())
            .await
            .unwrap();
        let took = begun.elapsed().as_secs_f64();
        let grown = house::resident(running.id()).saturating_sub(before) >> 20;
        let rows = times(csv.body.lines().count() - 1);
        let raw = raw(&self.instance);
        let (reached, limit) = (rows / took, raw.0 / raw.1);
        table.add(Row {
            what: format!("export of {} introductions as CSV, rows/s", number(rows)),
            reached: format!("{}, {grown} MB more memory", number(reached)),
            limit: format!("{} read raw", number(limit)),
            goal: "a third, memory flat".into(),
            good: Some(reached >= limit / 3.0 && grown < 10),
        });
    }
}

/// How many rows, and how many seconds.
fn raw(instance: &Instance) -> (f64, f64) {
    let file = rusqlite::Connection::open(instance.path("twoyes.db")).unwrap();
    let begun = Instant::now();
    let mut statement = file
        .prepare(
            "SELECT i.id, i.connector_id, i.state, i.purpose, i.ask_order, i.created_at, i.introduced_at, i.closed_at,
               i.outcome, a.name, b.name
             FROM introduction i
             LEFT JOIN party a ON a.introduction_id = i.id AND a.side = 'first'
             LEFT JOIN party b ON b.introduction_id = i.id AND b.side = 'second' ORDER BY i.id DESC",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut all = 0.0;
    while let Some(row) = rows.next().unwrap() {
        assert!(row.get_ref(0).is_ok());
        all += 1.0;
    }
    (all, begun.elapsed().as_secs_f64())
}

fn median(mut took: Vec<Duration>) -> f64 {
    took.sort_unstable();
    took[took.len() / 2].as_secs_f64() * 1e3
}
