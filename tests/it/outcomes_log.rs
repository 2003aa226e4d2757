//! The admin's outcome log: filters, search, paging, figures and files.

use axum::http::Method;
use axum::http::header::COOKIE;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;
use twoyes::clock::Span;
use twoyes::domain::connector::Role;
use twoyes::flow::account;
use twoyes::ids::ConnectorId;

use crate::support::app::{TestApp, request};
use crate::support::log_bulk::{Bulk, fill};
use crate::support::sqlite;

const LOG: &str = "/admin/outcomes";

/// So many introductions of two connectors, over a year.
async fn filled(number: u64) -> (TestApp, Vec<ConnectorId>) {
    let app = TestApp::new().await;
    let mut connectors = Vec::new();
    for (email, name) in
        [("lena@connect.example", "=Lena Brandt"), ("yusuf@connect.example", "Yusuf \"Y\", Demir")]
    {
        let cleaned = name.replace('"', "'");
        connectors.push(account::add(app.cx(), email, &cleaned, Role::Connector).await.unwrap().id);
    }
    let bulk = Bulk { connectors: &connectors, now: app.cx().now(), days: 365 };
    fill(&app.database_url(), number, &bulk);
    app.later(Span::minutes(1));
    (app, connectors)
}

async fn json(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app.see(&format!("/admin/outcomes.json{query}")).await.is(200);
    serde_json::from_str(&page.body).unwrap_or_else(|_| panic!("not JSON: {}", page.body))
}

fn field<'a>(line: &'a Value, name: &str) -> &'a str {
    line[name].as_str().unwrap_or_default()
}

/// Whether an item of the API belongs to what was asked for.
type Fits = Box<dyn Fn(&Value) -> bool>;

#[tokio::test]
async fn an_empty_log_says_what_will_stand_here() {
    let app = TestApp::new().await;
    app.drafted().await;
    app.see(LOG).await.is(200).says("Nobody has been asked yet").hides("Grace").hides("<form method=\"get\"");
    assert_eq!(json(&app, "").await, Vec::<Value>::new());
}

#[tokio::test]
async fn each_filter_finds_exactly_what_it_says() {
    let (app, connectors) = filled(400).await;
    let all = json(&app, "?when=all").await;
    assert_eq!(all.len(), 400);
    let lena = connectors[0].to_string();
    let queries: [(&str, String, Fits); 7] = [
        ("connector", format!("connector={lena}"), Box::new(|one| field(one, "connector") == "=Lena Brandt")),
        ("purpose", "purpose=peers".into(), Box::new(|one| field(one, "purpose") == "peers")),
        ("closed", "outcome=closed".into(), Box::new(|one| field(one, "state").starts_with("closed"))),
        ("met", "outcome=met".into(), Box::new(|one| field(one, "outcome") == "met")),
        ("introduced", "outcome=introduced".into(), Box::new(|one| field(one, "state") == "introduced")),
        (
            "unheard",
            "outcome=unheard".into(),
            Box::new(|one| field(one, "state") == "introduced" && one["outcome"].is_null()),
        ),
        (
            "two",
            format!("outcome=met&connector={lena}"),
            Box::new(|one| field(one, "outcome") == "met" && field(one, "connector") == "=Lena Brandt"),
        ),
    ];
    for (name, query, fits) in queries {
        let found = json(&app, &format!("?when=all&{query}")).await;
        let wanted: Vec<&Value> = all.iter().filter(|one| fits(one)).collect();
        assert!(!wanted.is_empty() && wanted.len() < 400, "{name} tells nothing");
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{name}");
    }
}

#[tokio::test]
async fn days_are_those_of_the_admins_zone_in_the_lines_and_in_the_sums() {
    let (app, _) = filled(400).await;
    let all = json(&app, "?when=all").await;
    let zone = jiff::tz::TimeZone::get(&app.connector.time_zone).unwrap();
    let on = |one: &Value| {
        let at: jiff::Timestamp = field(one, "created_at").parse().unwrap();
        at.to_zoned(zone.clone()).date().to_string()
    };
    for (from, to) in
        [("2025-09-01", "2025-09-30"), ("2025-10-26", "2025-10-26"), ("2026-02-20", "2026-03-02")]
    {
        let wanted = all.iter().filter(|one| (from..=to).contains(&on(one).as_str())).count();
        let query = format!("?from={from}&to={to}");
        assert_eq!(json(&app, &query).await.len(), wanted, "{query}");
        app.see(&format!("{LOG}{query}")).await.is(200).says(&format!("Asked for{wanted} "));
    }
}

#[tokio::test]
async fn a_search_finds_beginnings_of_names_and_an_id() {
    let (app, connectors) = filled(400).await;
    let all = json(&app, "?when=all").await;
    let named = |one: &Value, word: &str| {
        format!(" {} {}", field(one, "first"), field(one, "second")).contains(&format!(" {word}"))
    };
    for (typed, word) in [("hanna", "Hanna"), ("TAN", "Tanaka")] {
        let wanted: Vec<&Value> = all.iter().filter(|one| named(one, word)).collect();
        let found = json(&app, &format!("?when=all&q={typed}")).await;
        assert!(!wanted.is_empty());
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{typed}");
    }
    let of_lena = all.iter().filter(|one| field(one, "connector") == "=Lena Brandt");
    assert_eq!(json(&app, "?when=all&q=brandt").await.len(), of_lena.clone().count());
    let both = of_lena.filter(|one| named(one, "Hanna")).count();
    assert_eq!(json(&app, "?when=all&q=Lena+Hanna").await.len(), both);
    let other = connectors[1];
    assert!(json(&app, &format!("?when=all&q=brandt&connector={other}")).await.is_empty());
    let id = field(&all[7], "id").to_owned();
    assert_eq!(json(&app, &format!("?when=all&q={id}")).await, [all[7].clone()]);
    assert!(json(&app, &format!("?when=all&q={id}&to=1999-01-01")).await.is_empty());
    app.see(&format!("{LOG}?q=zzyzx")).await.is(200).says("Nothing fits");
}

#[tokio::test]
async fn bad_values_are_named_and_the_page_goes_on() {
    let (app, _) = filled(20).await;
    let page = app
        .see(&format!(
            "{LOG}?from=31.3.2026&connector=me&purpose=fun&outcome=no&when=ever&before=x&q={}",
            "a".repeat(81)
        ))
        .await;
    let page = page.is(200);
    for sentence in [
        "The first day is not a day",
        "The connector is none",
        "The purpose is none",
        "The outcome is none",
        "The search",
    ] {
        assert!(page.plain().contains(sentence), "{sentence}: {}", page.plain());
    }
    assert!(page.body.contains("value=\"31.3.2026\""), "what was typed is kept");
    app.see(&format!("{LOG}?%FF=%FE&q=%00&q=lena&x")).await.is(200);
    app.see(&format!("{LOG}?from=2026-03-02&to=2026-03-01")).await.is(200).says("before the first one");
}

#[tokio::test]
async fn pages_hold_each_line_once_and_keep_the_filter() {
    let (app, _) = filled(230).await;
    let (mut path, mut lines, mut pages) = (format!("{LOG}?when=all&outcome=introduced"), 0, 0);
    loop {
        let page = app.see(&path).await.is(200);
        assert_eq!(page.body.contains("<svg"), pages == 0, "figures with the first page only");
        let body = page.body.split("id=\"lines\"").nth(1).unwrap();
        lines += body.matches("<tr><td>").count();
        pages += 1;
        let Some(rest) = body.split("Older ones").next().filter(|rest| rest.len() < body.len()) else {
            break;
        };
        path = rest.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&amp;", "&");
        assert!(path.contains("outcome=introduced") && path.contains("before="), "{path}");
    }
    assert_eq!(lines, json(&app, "?when=all&outcome=introduced").await.len());
    assert_eq!(pages, lines.div_ceil(50));
}

#[tokio::test]
async fn the_files_are_what_the_page_finds_and_harmless() {
    let (app, _) = filled(60).await;
    let query = "?when=all&outcome=closed";
    let lines = json(&app, query).await;
    let file = app.see(&format!("/admin/outcomes.csv{query}")).await.is(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"outcomes-2026-03-02.csv\"");
    assert_eq!(file.header("cache-control"), "no-store");
    let rows: Vec<&str> = file.body.split_terminator("\r\n").collect();
    assert_eq!(rows[0], "id,connector,purpose,order,state,created,introduced,closed,outcome,first,second");
    assert_eq!(rows.len(), lines.len() + 1);
    for (row, line) in rows[1..].iter().zip(&lines) {
        let name =
            if field(line, "connector").starts_with('=') { "'=Lena Brandt" } else { "\"Yusuf 'Y', Demir\"" };
        let golden = format!(
            "{},{name},{},one_by_one,closed without introduction,{},,{},,,",
            field(line, "id"),
            field(line, "purpose"),
            field(line, "created_at"),
            field(line, "closed_at"),
        );
        assert_eq!(*row, golden);
    }
}

/// Kilobytes that this process has had in memory at most.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_large_file_is_written_piece_by_piece() {
    let (app, _) = filled(20_000).await;
    let ask = request(Method::GET, "/admin/outcomes.csv?when=all").header(COOKIE, &app.cookie);
    let response = app.router.clone().oneshot(ask.body(axum::body::Body::empty()).unwrap()).await.unwrap();
    let (mut body, mut pieces, mut largest, mut all) = (response.into_body(), 0, 0, 0);
    let before = peak();
    while let Some(frame) = body.frame().await {
        let data = frame.unwrap().into_data().unwrap();
        (pieces, largest, all) = (pieces + 1, largest.max(data.len()), all + data.len());
    }
    println!("{all} bytes in {pieces} pieces of at most {largest}; peak grew by {} kB", peak() - before);
    assert!(pieces >= 40 && largest < 200_000 && all > 2_000_000);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_to_its_end_is_cut_off() {
    let (app, _) = filled(1_200).await;
    for kind in ["csv", "json"] {
        let ask =
            request(Method::GET, &format!("/admin/outcomes.{kind}?when=all")).header(COOKIE, &app.cookie);
        let response =
            app.router.clone().oneshot(ask.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        let mut body = response.into_body();
        // A purpose that this version does not know stands in the last piece.
        let spoil = "UPDATE introduction SET purpose = 'x' WHERE id = (SELECT id FROM introduction ORDER BY id LIMIT 1)";
        sqlite::run(&app.database_url(), spoil);
        let mut text = String::new();
        let cut = loop {
            match body.frame().await {
                Some(Ok(frame)) => text.push_str(&String::from_utf8_lossy(&frame.into_data().unwrap())),
                Some(Err(_)) => break true,
                None => break false,
            }
        };
        assert!(cut, "{kind} must not end like a whole file");
        assert!(!text.ends_with("]\n"));
        let mend = "UPDATE introduction SET purpose = 'peers' WHERE purpose = 'x'";
        sqlite::run(&app.database_url(), mend);
    }
}
