//! The owner matrix: what belongs to one connector, asked for by another and by an admin, over every route
//! of the table. A route without a row fails.

use twoyes::domain::connector::Role;
use twoyes::flow::account;
use twoyes::web::routes::{Access, Route, table};

use crate::support::app::Page;
use crate::web_owners_cast::Cast;

/// What a route is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Whoever asks; nothing of a connector is in it without the secret in its path.
    Everybody,
    /// What belongs to whoever asks: another's is not in it.
    OnesOwn,
    /// One introduction, by its id.
    Introduction,
    /// One contact, by its id.
    Contact,
    /// One file of contacts, by its id.
    Import,
    /// One plan, by its id.
    Plan,
    /// One notice that somebody landed, by its id.
    Landed,
    /// A request for an introduction, by its id.
    Request,
    /// A draft that was not finished, by its id.
    Unfinished,
    /// A session, by its id.
    Session,
    /// A token of the API, by its id.
    Token,
    /// The account of a connector, by its id: for admins.
    Account,
    /// The instance: for admins, and without names and addresses.
    Instance,
    /// The outcome log: for admins, with the names of two who were introduced to each other, and no address.
    Log,
    /// One mail on its way, by its id: for admins, and without names and addresses.
    Delivery,
}

/// What each route is about.
const MATRIX: &[(&str, Row)] = &[
    ("/", Row::OnesOwn),
    ("/c/{token}", Row::Everybody),
    ("/stop/{token}", Row::Everybody),
    ("/met/{token}", Row::Everybody),
    ("/met/{token}/words", Row::Everybody),
    ("/card/{token}", Row::Everybody),
    ("/ask/{slug}", Row::Everybody),
    ("/asked/{token}", Row::Everybody),
    ("/you/{token}", Row::Everybody),
    ("/you/{token}/never", Row::Everybody),
    ("/you/{token}/erase", Row::Everybody),
    ("/you/{token}/data", Row::Everybody),
    ("/address/{token}", Row::Everybody),
    ("/sign-in", Row::Everybody),
    ("/sign-in/code", Row::Everybody),
    ("/sign-in/{token}", Row::Everybody),
    ("/sign-out", Row::Everybody),
    ("/enter/{token}", Row::Everybody),
    ("/static/app.css", Row::Everybody),
    ("/healthz", Row::Everybody),
    ("/readyz", Row::Everybody),
    ("/metrics", Row::Instance),
    ("/inbound", Row::Everybody),
    ("/api/openapi.json", Row::Everybody),
    ("/introductions/new", Row::OnesOwn),
    ("/introductions/{id}", Row::Introduction),
    ("/introductions/{id}/edit", Row::Introduction),
    ("/introductions/{id}/preview", Row::Introduction),
    ("/introductions/{id}/preview/{kind}", Row::Introduction),
    ("/introductions/{id}/ask", Row::Introduction),
    ("/introductions/{id}/ask-again", Row::Introduction),
    ("/introductions/{id}/withdraw", Row::Introduction),
    ("/introductions/{id}/outcome", Row::Introduction),
    ("/introductions/{id}/delete", Row::Introduction),
    ("/introductions/{id}/copy", Row::Introduction),
    ("/introductions/{id}/new-draft", Row::Introduction),
    ("/introductions/{id}/put-back", Row::Introduction),
    ("/introductions/{id}/settled", Row::Introduction),
    ("/admin/outcomes.csv", Row::Log),
    ("/admin/outcomes.json", Row::Log),
    ("/mailbox/later", Row::Everybody),
    ("/unfinished/{id}", Row::Unfinished),
    ("/unfinished/{id}/discard", Row::Unfinished),
    ("/contacts", Row::OnesOwn),
    ("/contacts/new", Row::OnesOwn),
    ("/contacts/import", Row::OnesOwn),
    ("/contacts/import/{id}", Row::Import),
    ("/contacts/import/{id}/columns", Row::Import),
    ("/contacts/import/{id}/choices", Row::Import),
    ("/contacts/import/{id}/start", Row::Import),
    ("/contacts/import/{id}/undo", Row::Import),
    ("/contacts/import/{id}/discard", Row::Import),
    ("/contacts/export/{format}", Row::OnesOwn),
    ("/contacts/circles", Row::OnesOwn),
    ("/contacts/circles/file", Row::OnesOwn),
    ("/contacts/{id}/meet", Row::Contact),
    ("/contacts/{id}/plan", Row::Contact),
    ("/contacts/{id}/landed", Row::Contact),
    ("/keep-in-touch", Row::OnesOwn),
    ("/contacts/{id}/card", Row::Contact),
    ("/contacts/{id}/card/decide", Row::Contact),
    ("/contacts/{id}/recruiter", Row::Contact),
    ("/contacts/{id}/recruiters", Row::Contact),
    ("/recruiters", Row::OnesOwn),
    ("/ask-me", Row::OnesOwn),
    ("/ask-me/{id}/settle", Row::Request),
    ("/thanks", Row::OnesOwn),
    ("/thanks/read", Row::OnesOwn),
    ("/contacts/{id}/rhythm", Row::Contact),
    ("/contacts/{id}/touched", Row::Contact),
    ("/plans", Row::OnesOwn),
    ("/plans/{id}", Row::Plan),
    ("/plans/{id}/edit", Row::Plan),
    ("/plans/{id}/people", Row::Plan),
    ("/plans/{id}/remove", Row::Plan),
    ("/plans/{id}/start", Row::Plan),
    ("/plans/{id}/delete", Row::Plan),
    ("/landed/{id}", Row::Landed),
    ("/landed/{id}/settled", Row::Landed),
    ("/you/{token}/landed", Row::Everybody),
    ("/contacts/{id}", Row::Contact),
    ("/contacts/{id}/edit", Row::Contact),
    ("/contacts/{id}/delete", Row::Contact),
    ("/settings", Row::OnesOwn),
    ("/settings/address", Row::OnesOwn),
    ("/settings/address/code", Row::OnesOwn),
    ("/settings/tokens", Row::OnesOwn),
    ("/settings/tokens/{id}/revoke", Row::Token),
    ("/settings/sessions/end", Row::OnesOwn),
    ("/settings/sessions/{id}/end", Row::Session),
    ("/settings/weekly", Row::OnesOwn),
    ("/settings/export", Row::OnesOwn),
    ("/settings/delete", Row::OnesOwn),
    ("/admin/connectors", Row::Instance),
    ("/admin/connectors/invite", Row::Instance),
    ("/admin/connectors/{id}", Row::Account),
    ("/admin/connectors/{id}/role", Row::Account),
    ("/admin/connectors/{id}/suspend", Row::Account),
    ("/admin/connectors/{id}/resume", Row::Account),
    ("/admin/connectors/{id}/clear", Row::Account),
    ("/admin/connectors/{id}/invite-again", Row::Account),
    ("/admin/deliveries/{id}", Row::Delivery),
    ("/admin/deliveries/{id}/count-as-sent", Row::Delivery),
    ("/admin/deliveries/{id}/cancel", Row::Delivery),
    ("/admin/deliveries/{id}/address", Row::Delivery),
    ("/admin/route/try", Row::Instance),
    ("/admin/suppressions", Row::Instance),
    ("/admin/suppressions/look-up", Row::Instance),
    ("/admin/suppressions/add", Row::Instance),
    ("/admin/suppressions/lift", Row::Instance),
    ("/admin/erase", Row::Instance),
    ("/admin/health", Row::Instance),
    ("/admin/health/records", Row::Instance),
    ("/admin/acts", Row::Instance),
    ("/admin/outcomes", Row::Log),
    ("/admin/deliveries", Row::Instance),
    ("/admin/deliveries/{id}/retry", Row::Delivery),
    ("/api/v1/introductions", Row::OnesOwn),
    ("/api/v1/introductions/{id}", Row::Introduction),
    ("/api/v1/introductions/{id}/preview", Row::Introduction),
    ("/api/v1/introductions/{id}/events", Row::Introduction),
    ("/api/v1/introductions/{id}/ask", Row::Introduction),
    ("/api/v1/introductions/{id}/ask-again", Row::Introduction),
    ("/api/v1/introductions/{id}/withdraw", Row::Introduction),
    ("/api/v1/introductions/{id}/outcome", Row::Introduction),
    ("/api/v1/contacts", Row::OnesOwn),
    ("/api/v1/contacts/{id}", Row::Contact),
    ("/api/v1/contacts/{id}/suggestions", Row::Contact),
    ("/api/v1/introductions/{id}/thanked", Row::Introduction),
    ("/api/v1/introductions/{id}/ask-second", Row::Introduction),
    ("/api/v1/contacts/export/{format}", Row::OnesOwn),
    ("/api/v1/contacts/{id}/plans", Row::Contact),
    ("/api/v1/contacts/{id}/landed", Row::Contact),
    ("/api/v1/contacts/{id}/touch", Row::Contact),
    ("/api/v1/contacts/{id}/card", Row::Contact),
    ("/api/v1/contacts/{id}/card/ask", Row::Contact),
    ("/api/v1/contacts/{id}/recruiters", Row::Contact),
    ("/api/v1/contacts/{id}/recruiters/preview", Row::Contact),
    ("/api/v1/circles", Row::OnesOwn),
    ("/api/v1/imports", Row::OnesOwn),
    ("/api/v1/imports/{id}", Row::Import),
    ("/api/v1/imports/{id}/columns", Row::Import),
    ("/api/v1/imports/{id}/entries", Row::Import),
    ("/api/v1/imports/{id}/choices", Row::Import),
    ("/api/v1/imports/{id}/start", Row::Import),
    ("/api/v1/imports/{id}/undo", Row::Import),
    ("/api/v1/plans", Row::OnesOwn),
    ("/api/v1/plans/{id}", Row::Plan),
    ("/api/v1/plans/{id}/people", Row::Plan),
    ("/api/v1/plans/{id}/people/{person}", Row::Plan),
    ("/api/v1/plans/{id}/people/{person}/start", Row::Plan),
    ("/api/v1/keep-in-touch", Row::OnesOwn),
    ("/api/v1/thanks/received", Row::OnesOwn),
    ("/api/v1/thanks/received/read", Row::OnesOwn),
    ("/api/v1/thanks/owed", Row::OnesOwn),
    ("/api/v1/thanks/given", Row::OnesOwn),
    ("/api/v1/recruiters", Row::OnesOwn),
    ("/api/v1/ask-me", Row::OnesOwn),
    ("/api/v1/requests", Row::OnesOwn),
    ("/api/v1/requests/{id}/settle", Row::Request),
    ("/api/v1/outcomes", Row::Log),
    ("/api/v1/outcomes.csv", Row::Log),
    ("/api/v1/deliveries", Row::Instance),
    ("/api/v1/deliveries/{id}", Row::Delivery),
    ("/api/v1/deliveries/{id}/retry", Row::Delivery),
    ("/api/v1/deliveries/{id}/count-as-sent", Row::Delivery),
];

/// The local mailbox shows every mail there is: it is there in demos and tests only.
const DEMO: [&str; 3] = ["/mailbox", "/mailbox/{id}", "/mailbox/{id}/html"];

/// Words of Mara's people and of what she wrote about them.
const WORDS: [&str; 8] =
    ["Zuleika", "zuleika@", "Quillfeather", "Otto", "otto@", "xylophone", "marzipan", "Ferdinand"];
/// Those of them that are names of people who were introduced to each other.
const INTRODUCED: [&str; 3] = ["Zuleika", "Quillfeather", "Otto"];

fn row(route: &Route) -> Option<Row> {
    MATRIX.iter().find(|(path, _)| *path == route.path).map(|(_, row)| *row)
}

#[track_caller]
fn has_none_of_it(page: &Page, what: &str, row: Row) {
    let may_be_there = |word: &&str| row == Row::Log && INTRODUCED.contains(word);
    for word in WORDS.iter().filter(|word| !may_be_there(word)) {
        assert!(!page.body.contains(word), "{what} says `{word}`:\n{}", page.body);
    }
}

#[test]
fn every_route_has_its_row_and_every_row_its_route() {
    let routes = table();
    let missing: Vec<&str> = routes
        .iter()
        .filter(|route| row(route).is_none() && !DEMO.contains(&route.path))
        .map(|route| route.path)
        .collect();
    assert_eq!(missing, Vec::<&str>::new(), "routes without a row");
    for (path, row) in MATRIX {
        let of: Vec<&Route> = routes.iter().filter(|route| route.path == *path).collect();
        assert!(!of.is_empty(), "no route {path}");
        let for_admins = |access| match access {
            Access::Admin => true,
            Access::Token(scope) => !scope.is_for(Role::Connector),
            Access::Public | Access::Connector => false,
        };
        let admins = of.iter().all(|route| for_admins(route.access));
        assert_eq!(matches!(row, Row::Instance | Row::Log | Row::Delivery | Row::Account), admins, "{path}");
    }
}

#[tokio::test]
async fn nobody_sees_or_changes_what_is_another_connectors() {
    let cast = Cast::new().await;
    let kim = account::add(cast.app.cx(), "kim@connect.example", "Kim", Role::Connector).await.unwrap();
    let admin = cast.app.connector.clone();
    let estate = cast.estate().await;
    assert!(
        WORDS.iter().all(|word| estate.to_lowercase().contains(&word.to_lowercase())),
        "Mara sees her own"
    );
    let mut requests = 0;
    for route in table().iter().filter(|route| !DEMO.contains(&route.path)) {
        let row = row(route).unwrap_or_else(|| panic!("no row for {}", route.path));
        for path in cast.paths(route, row) {
            for who in [&kim, &admin] {
                // What an admin does to an account or a mail is meant to be seen.
                let admins = matches!(row, Row::Delivery | Row::Account);
                if admins && who.role == Role::Admin && route.method != "GET" {
                    continue;
                }
                let what = format!("{} {path} as {}", route.method, who.name);
                let page = cast.call(who, route.method, &path).await;
                requests += 1;
                has_none_of_it(&page, &what, row);
                let status = page.status.as_u16();
                match row {
                    // Back to one's own settings, with nothing done.
                    Row::Session | Row::Token => assert_eq!(status, 303, "{what}"),
                    Row::Introduction
                    | Row::Contact
                    | Row::Import
                    | Row::Plan
                    | Row::Landed
                    | Row::Request
                    | Row::Unfinished => {
                        assert_eq!(status, 404, "{what}: {}", page.plain());
                    }
                    Row::Instance | Row::Log | Row::Delivery | Row::Account
                        if who.role == Role::Connector =>
                    {
                        assert_eq!(status, 403, "{what}: {}", page.body);
                    }
                    Row::Everybody
                    | Row::OnesOwn
                    | Row::Instance
                    | Row::Log
                    | Row::Delivery
                    | Row::Account => {
                        assert!(![401, 405, 500].contains(&status), "{what}: {status} {}", page.body);
                    }
                }
            }
        }
    }
    println!("{requests} requests");
    assert_eq!(cast.estate().await, estate, "nothing of Mara's was changed");
}

#[tokio::test]
async fn what_is_refused_leaves_the_database_as_it_was() {
    let cast = Cast::new().await;
    let kim = account::add(cast.app.cx(), "kim@connect.example", "Kim", Role::Connector).await.unwrap();
    // When somebody was seen last is noted once an hour.
    cast.call(&kim, "GET", "/").await.is(200);
    for route in table().iter().filter(|route| route.method != "GET") {
        let Some(row) = row(route).filter(|row| !matches!(row, Row::Everybody | Row::OnesOwn)) else {
            continue;
        };
        for path in cast.paths(route, row) {
            let before = cast.app.rows();
            let page = cast.call(&kim, route.method, &path).await;
            let refused = page.status.is_client_error() || matches!(row, Row::Session | Row::Token);
            assert!(refused, "{} {path}: {}", route.method, page.status);
            let mut after = cast.app.rows();
            after.retain(|row| !before.contains(row));
            assert_eq!(after, Vec::<String>::new(), "{} {path} changed something", route.method);
        }
    }
}
