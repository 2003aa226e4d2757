//! Contacts from a file: looked into, confirmed, taken back.

use std::fmt::Write as _;
use std::time::Instant;

use axum::body::Body;
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use proptest::prelude::*;
use twoyes::cards::{Format, write};
use twoyes::clock::Span;
use twoyes::domain::contact::RawContact;
use twoyes::domain::facets::RawFacets;
use twoyes::domain::merge::{Choice, Kind};
use twoyes::domain::retention::Rules;
use twoyes::flow::{import, people, retention};

use crate::network_kit::{add, corpus, everybody, looked_into, send_file, work};
use crate::support::app::{TestApp, request};

fn names(all: &[RawContact]) -> Vec<&str> {
    all.iter().map(|one| one.name.as_str()).collect()
}

#[tokio::test]
async fn a_file_changes_nothing_before_the_yes_and_all_of_it_can_be_taken_back() {
    let app = TestApp::new().await;
    add(&app, "Grace Hopper", RawFacets { place: "Arlington".into(), ..RawFacets::default() }).await;
    let before = everybody(&app).await;
    let path = looked_into(&app, "Connections.csv", &corpus("linkedin.csv")).await;
    let page = app.see(&path).await.is(200).says("LinkedIn connections").says("4 entries");
    page.says("Nothing has changed yet")
        .says("3 new contacts")
        .says("The same name")
        .says("The name is needed");
    assert_eq!(everybody(&app).await, before);

    app.act(&format!("{path}/start"), &[]).await.is(303);
    app.see(&path).await.says("being taken over");
    work(&app).await;
    app.see(&path).await.is(200).says("3 added, 0 filled in or changed");
    // Two people of one name with two addresses stay two.
    let all = everybody(&app).await;
    assert_eq!(names(&all), ["Grace Hopper", "Grace Hopper", "José García, PhD", "Zoë Świątek"]);
    assert_eq!(all[3].facets.role, "Head of Design, Europe");
    assert_eq!(all[3].email, "", "LinkedIn seldom gives one");
    app.see("/contacts").await.says("no address yet");

    app.act(&format!("{path}/undo"), &[]).await.is(303);
    work(&app).await;
    app.see(&path).await.is(200).says("It was taken back");
    assert_eq!(everybody(&app).await, before);
}

#[tokio::test]
async fn whoever_is_there_is_filled_in_overwritten_or_left_as_chosen() {
    let app = TestApp::new().await;
    let file = "Name,Email,Company,City\nAda,ada@x.example,Engines,London\nBob,bob@x.example,New,Paris\n\
                Cy,cy@x.example,C,\nAda again,ada@x.example,Other,Bath\n";
    for (name, employer) in [("Ada", ""), ("Bob", "Old")] {
        let raw = RawContact {
            name: format!("{name} of old"),
            email: format!("{}@x.example", name.to_lowercase()),
            employer: employer.into(),
            ..RawContact::default()
        };
        people::add(app.cx(), &app.connector, &raw).await.unwrap();
    }
    let before = everybody(&app).await;
    let path = looked_into(&app, "a.csv", file.as_bytes()).await;
    let shown = app.see(&format!("{path}?show=address")).await.is(200);
    let shown = shown.says("Ada of old").says("in your contacts").says("in the file");
    assert!(shown.body.contains("name=\"row.1\""), "Bob can be chosen for");
    app.act(&format!("{path}/choices"), &[("kind", "address"), ("row.1", "replace")]).await.is(303);
    // What cannot be chosen is refused: two contacts never share an address.
    app.act(&format!("{path}/choices"), &[("kind", "address"), ("all", "add")]).await.is(422);
    app.act(&format!("{path}/start"), &[]).await.is(303);
    work(&app).await;
    let told = |all: &[RawContact]| -> Vec<String> {
        all.iter().map(|one| format!("{}/{}/{}", one.name, one.employer, one.facets.place)).collect()
    };
    assert_eq!(told(&everybody(&app).await), ["Ada of old/Engines/London", "Bob/New/Paris", "Cy/C/"]);
    app.act(&format!("{path}/undo"), &[]).await.is(303);
    work(&app).await;
    assert_eq!(everybody(&app).await, before);
}

/// Two entries about one contact: the first, by the name, gives them another address, and the second has the old one.
#[tokio::test]
async fn whoever_got_another_address_is_not_found_by_the_old_one_any_more() {
    let app = TestApp::new().await;
    let raw = RawContact { name: "Bob".into(), email: "old@x.example".into(), ..RawContact::default() };
    people::add(app.cx(), &app.connector, &raw).await.unwrap();
    let before = everybody(&app).await;
    let file = b"Name,Email\nBob,new@x.example\nAda,old@x.example\nRob,new@x.example\n";
    let path = looked_into(&app, "a.csv", file).await;
    app.act(&format!("{path}/choices"), &[("kind", "name"), ("all", "replace")]).await.is(303);
    app.act(&format!("{path}/start"), &[]).await.is(303);
    work(&app).await;
    let told = |all: Vec<RawContact>| -> Vec<String> {
        all.iter().map(|one| format!("{} {}", one.name, one.email)).collect()
    };
    assert_eq!(told(everybody(&app).await), ["Ada old@x.example", "Bob new@x.example"]);
    app.act(&format!("{path}/undo"), &[]).await.is(303);
    work(&app).await;
    assert_eq!(everybody(&app).await, before);
}

#[tokio::test]
async fn what_was_changed_since_stays_when_an_import_is_taken_back() {
    let app = TestApp::new().await;
    let path = looked_into(&app, "a.csv", b"Name,Email\nAda,ada@x.example\nBob,bob@x.example\n").await;
    app.act(&format!("{path}/start"), &[]).await.is(303);
    work(&app).await;
    let ada = people::by_name(app.cx(), &app.connector, "ada", None, 1).await.unwrap().pop().unwrap();
    let raw = RawContact { notes: "mine".into(), ..RawContact::from(ada.facts) };
    people::change(app.cx(), &app.connector, ada.id, &raw).await.unwrap();
    app.act(&format!("{path}/undo"), &[]).await.is(303);
    work(&app).await;
    app.see(&path).await.says("One contact stayed, because it was changed since");
    assert_eq!(names(&everybody(&app).await), ["Ada"]);
}

#[tokio::test]
async fn columns_that_nobody_knows_are_asked_about() {
    let app = TestApp::new().await;
    let path = looked_into(&app, "people.tsv", &corpus("generic.tsv")).await;
    let page = app.see(&path).await.is(200).says("needs your help").says("Who").says("Mary Ross");
    assert!(page.body.contains("id=\"column-0\""));
    app.act(&format!("{path}/columns"), &[("column-0", "nothing"), ("column-1", "employer")])
        .await
        .is(422)
        .says("which column holds the name or the address");
    let good = [("column-0", "name"), ("column-1", "employer"), ("column-2", "email")];
    app.act(&format!("{path}/columns"), &good).await.is(303);
    work(&app).await;
    app.act(&format!("{path}/start"), &[]).await.is(303);
    work(&app).await;
    let all = everybody(&app).await;
    assert_eq!(names(&all), ["Ida Rhodes", "Mary Ross"]);
    assert_eq!((all[1].employer.as_str(), all[1].email.as_str()), ("Lockheed", "mary@skunk.example"));
}

#[tokio::test]
async fn every_kind_of_file_comes_in_and_goes_out() {
    let app = TestApp::new().await;
    for name in ["google.csv", "outlook.csv", "windows-1252.csv", "phone3.vcf", "cards4.vcf"] {
        let path = looked_into(&app, name, &corpus(name)).await;
        app.act(&format!("{path}/start"), &[]).await.is(303);
        work(&app).await;
    }
    let all = everybody(&app).await;
    assert_eq!(all.len(), 8, "{:?}", names(&all));
    for format in Format::WRITTEN {
        let file = app.see(&format!("/contacts/export/{}", format.as_str())).await.is(200);
        assert!(file.header("content-disposition").contains("attachment"));
        let other = TestApp::new().await;
        let path = looked_into(&other, "again", file.body.as_bytes()).await;
        other.act(&format!("{path}/start"), &[]).await.is(303);
        work(&other).await;
        assert_eq!(names(&everybody(&other).await), names(&all), "{format:?}");
    }
    app.see("/contacts/export/table").await.is(404);
    app.see("/contacts/export/nonsense").await.is(404);
}

#[tokio::test]
async fn a_bad_file_gets_a_sentence_and_leaves_nothing() {
    let app = TestApp::new().await;
    let large = vec![b'x'; 21 * 1024 * 1024];
    for (file, status, words) in [
        (&b""[..], 422, "There is nobody in the file"),
        (b"PK\x03\x04", 422, "Please save it as CSV"),
        (b"\x89PNG\r\n", 422, "not a table and not a file of cards"),
        (b"hello\n", 422, "No table was found"),
        (b"Name,Email\nAda,a@x.example\nBEGIN:VCARD\n\"", 303, ""),
        (b"BEGIN:VCARD\nFN:Ada\n", 422, "line 1 has no end"),
        (&large, 413, "larger than 20 MB"),
    ] {
        let sent = send_file(&app, "a.csv", file).await.is(status);
        if status != 303 {
            sent.says(words).says("The file was not taken");
        }
    }
    send_file(&app, "", b"Name\nAda\n").await.is(422).says("Please choose a file");
    assert_eq!(import::all(app.cx(), &app.connector).await.unwrap().len(), 1, "only the good one is kept");
    // A form that breaks off within the file.
    let cut =
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nName,Email\nAda,";
    let request = request(Method::POST, "/contacts/import")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=B")
        .header("sec-fetch-site", "same-origin")
        .header(COOKIE, &app.cookie);
    app.send(request.body(Body::from(cut)).unwrap()).await.is(422).says("did not arrive as a whole");
    assert_eq!(import::all(app.cx(), &app.connector).await.unwrap().len(), 1);
    app.act("/contacts/import", &[("file", "x")]).await.is(415);
}

#[tokio::test]
async fn files_that_wait_are_few_can_be_thrown_away_and_are_forgotten() {
    let app = TestApp::new().await;
    let mut last = String::new();
    for _ in 0..3 {
        last = looked_into(&app, "a.csv", b"Name\nAda Unconfirmed\n").await;
    }
    send_file(&app, "a.csv", b"Name\nAda\n").await.is(422).says("3 files wait for your yes already");
    app.act(&format!("{last}/discard"), &[]).await.is(303);
    app.see("/contacts/import?told=discarded").await.says("The file was thrown away");
    app.see(&last).await.is(404);
    assert!(app.holds("Ada Unconfirmed"));
    let rules = Rules::default();
    retention::round(app.cx(), &rules, app.cx().now() + rules.unfinished + Span::minutes(1)).await.unwrap();
    assert!(!app.holds("Ada Unconfirmed"));
}

#[tokio::test]
async fn steps_out_of_turn_are_refused() {
    let app = TestApp::new().await;
    let path = looked_into(&app, "a.csv", b"Name\nAda\n").await;
    app.act(&format!("{path}/undo"), &[]).await.is(409);
    app.act(&format!("{path}/start"), &[]).await.is(303);
    app.act(&format!("{path}/start"), &[]).await.is(409);
    app.act(&format!("{path}/discard"), &[]).await.is(409);
    app.act(&format!("{path}/choices"), &[("kind", "new"), ("all", "skip")]).await.is(409);
    work(&app).await;
    app.act(&format!("{path}/columns"), &[("column-0", "name")]).await.is(409);
    app.act("/contacts/import/00000000-0000-0000-0000-000000000000/start", &[]).await.is(404);
}

#[tokio::test]
async fn fifty_thousand_entries_come_in_while_the_page_tells_how_far() {
    let app = TestApp::new().await;
    let mut file = String::from("Name,Email,Company,Position\n");
    for nth in 0..50_000 {
        writeln!(file, "Person {nth},p{nth}@people.example,Company {},Engineer", nth % 700).unwrap();
    }
    let mut took = Vec::new();
    let mut began = Instant::now();
    let mut lap = || {
        took.push(began.elapsed().as_secs_f64());
        began = Instant::now();
    };
    let sent = send_file(&app, "large.csv", file.as_bytes()).await.is(303);
    let path = sent.header("location").to_owned();
    lap();
    import::work(app.cx()).await.unwrap();
    let page = app.see(&path).await.is(200).says("compared with your contacts");
    assert_eq!(page.header("refresh"), "2");
    work(&app).await;
    lap();
    app.see(&path).await.says("50000 new contacts");
    app.act(&format!("{path}/start"), &[]).await.is(303);
    work(&app).await;
    lap();
    app.see(&path).await.says("50000 added");
    println!(
        "figure: 50,000 contacts: read in {:.1} s, compared in {:.1} s, taken over in {:.1} s",
        took[0], took[1], took[2]
    );
    let found = people::by_name(app.cx(), &app.connector, "49999", None, 10).await.unwrap();
    assert_eq!(found.len(), 1);
}

/// A person of a small world, so that files and address books meet.
fn person() -> impl Strategy<Value = RawContact> {
    let word = |all: &'static [&'static str]| prop::sample::select(all).prop_map(str::to_owned);
    (
        word(&["Ada", "Bob", "Cy", "Dee"]),
        word(&["", "a@x.example", "b@x.example", "c@x.example"]),
        word(&["", "Acme", "Bell"]),
        word(&["", "note"]),
        word(&["", "Rome"]),
    )
        .prop_map(|(name, email, employer, notes, place)| RawContact {
            name,
            email,
            employer,
            notes,
            facets: RawFacets { place, ..RawFacets::default() },
            ..RawContact::default()
        })
}

fn sorted(mut all: Vec<RawContact>) -> Vec<RawContact> {
    all.sort_by_key(|one| format!("{one:?}"));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Whatever is in the book, in the file and chosen: nothing is lost by the import, and taking it back brings the
    /// book back as it was.
    #[test]
    fn taking_back_is_as_if_it_had_never_been(
        book in proptest::collection::vec(person(), 0..6),
        file in proptest::collection::vec(person(), 1..8),
        choices in proptest::collection::vec((0_usize..5, 0_usize..4), 0..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let app = TestApp::new().await;
            for raw in &book {
                // A second one with the same address is refused.
                let _ = people::add(app.cx(), &app.connector, raw).await;
            }
            let before = sorted(everybody(&app).await);
            let mut text = write::head(Format::Twoyes);
            for raw in &file {
                text += &write::one(Format::Twoyes, &raw.check(&["en".to_owned()]).unwrap());
            }
            let path = looked_into(&app, "a.csv", text.as_bytes()).await;
            let id = path.rsplit('/').next().unwrap().parse().unwrap();
            for (kind, choice) in &choices {
                let (kind, choice) = (Kind::ALL[*kind], Choice::ALL[*choice]);
                if choice.fits(kind) {
                    import::choose(app.cx(), &app.connector, id, &[(kind, None, choice)]).await.unwrap();
                }
            }
            assert_eq!(sorted(everybody(&app).await), before);
            import::start(app.cx(), &app.connector, id).await.unwrap();
            work(&app).await;
            let after = everybody(&app).await;
            assert!(after.len() >= before.len(), "nobody is lost");
            let mut addresses: Vec<&str> =
                after.iter().map(|one| one.email.as_str()).filter(|one| !one.is_empty()).collect();
            let count = addresses.len();
            addresses.sort_unstable();
            addresses.dedup();
            assert_eq!(addresses.len(), count, "an address stands once");
            import::undo(app.cx(), &app.connector, id).await.unwrap();
            work(&app).await;
            assert_eq!(sorted(everybody(&app).await), before);
        });
    }
}
