//! What a link is good for, whoever uses it, how often and where: and what it is not good for.

use axum::body::Body;
use axum::http::Method;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST};
use futures_util::future::join_all;
use twoyes::clock::Span;
use twoyes::domain::answer::Choice;
use twoyes::domain::asking::Side;
use twoyes::domain::letter::LinkName::{Answer, CheckIn, Manage, Stop};
use twoyes::flow::ask;
use twoyes::web::routes::table;

use crate::scanner_kit::{Family, GRACE, Scene, answer, answer_link, deeds, link};
use crate::scanner_robot::links;
use crate::store_kit::look;
use crate::support::app::{TestApp, encode, request};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn ten_thousand_guesses_lock_nobody_out() {
    let app = TestApp::new().await;
    let link = app.link(app.asked().await.id, Side::First, Answer).await;
    for n in 0..10_000_u32 {
        let bent = format!("{}{n:05}", &link[..link.len() - 5]);
        if bent != link {
            app.get(&bent).await.is(404);
        }
    }
    answer(&app, &link, "yes").await.says("Your yes is noted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_clicks_at_once_are_one_answer_and_one_receipt() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    app.deliver().await;
    let link = app.link(id, Side::First, Answer).await;
    let nonce = app.get(&link).await.value("nonce");
    let form = [("nonce", nonce.as_str()), ("choice", "no")];
    for page in join_all((0..50).map(|_| app.post(&link, &form))).await {
        page.is(200).says("That is noted");
    }
    let answered = "SELECT COUNT(*) AS n FROM event WHERE what = 'answered'";
    let row = look!(app.cx().db, tx => tx.q(answered).one()).unwrap();
    assert_eq!(row.get::<i64>("n").unwrap(), 1);
    assert_eq!(app.deliver().await.len(), 1, "one receipt");
    // Reload, and back and again.
    app.post(&link, &form).await.is(200).says("That is noted");
    assert!(app.deliver().await.is_empty());
}

#[tokio::test]
async fn an_ask_that_was_handed_on_writes_to_its_first_reader_alone() {
    let app = TestApp::new().await;
    let scene = Scene::set(&app, Family::Ask).await;
    let link = answer_link(&scene.mails, GRACE);
    app.get(&link).await.is(200).says("g…@hopper.example").hides(GRACE).hides("alan@turing.example");
    answer(&app, &link, "yes").await.hides(GRACE).hides("alan@turing.example");
    for mail in app.deliver().await {
        assert!(
            mail.to.iter().all(|to| to.address == GRACE),
            "the receipt, with its undo, goes to the stored address"
        );
        assert_eq!(answer_link(&[mail], GRACE), link, "undone by as many steps as it was given");
    }
    app.later(Span::minutes(2));
    answer(&app, &link, "no").await.says("That is noted");
    assert_eq!(scene.answers().await, [Some(Choice::No), None]);
}

#[tokio::test]
async fn old_requests_do_nothing_after_the_end() {
    for end in [Family::Introduction, Family::ClosingNote] {
        let app = TestApp::new().await;
        let scene = Scene::set(&app, Family::Ask).await;
        let paths: Vec<String> =
            scene.mails.iter().flat_map(links).filter(|path| path.starts_with("/c/")).collect();
        let mut posts = Vec::new();
        for path in &paths {
            let nonce = app.get(path).await.value("nonce");
            posts.extend(["yes", "no", "never"].map(|choice| (path.clone(), nonce.clone(), choice)));
            if end == Family::Introduction {
                answer(&app, path, "yes").await;
            }
        }
        scene.pass(if end == Family::Introduction { Span::minutes(11) } else { Span::days(15) }).await;
        scene.pass(Span::minutes(1)).await;
        let before = app.rows();
        let mut bodies = Vec::new();
        for (path, nonce, choice) in &posts {
            let form = [("nonce", nonce.as_str()), ("choice", *choice), ("until", "2026-06-01")];
            bodies.push(app.post(path, &form).await.is(410).body);
            bodies.push(app.get(path).await.is(410).body);
        }
        assert!(bodies.windows(2).all(|two| two[0] == two[1]), "one closed page");
        assert!(app.rows() == before && app.deliver().await.is_empty(), "nothing came of it");
    }
}

#[tokio::test]
async fn an_older_mail_is_closed_by_the_next_round() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    app.deliver().await;
    let old = app.link(id, Side::First, Answer).await;
    let nonce = app.get(&old).await.value("nonce");
    app.later(Span::days(15));
    app.deliver().await;
    ask::ask_again(app.cx(), &app.connector, id).await.unwrap();
    app.deliver().await;
    app.get(&old).await.is(410);
    app.post(&old, &[("nonce", &nonce), ("choice", "yes")]).await.is(410);
    let new = app.link(id, Side::First, Answer).await;
    assert_ne!(new, old);
    answer(&app, &new, "yes").await.says("Your yes is noted");
}

#[tokio::test]
async fn a_link_of_one_purpose_opens_no_other_page() {
    let app = TestApp::new().await;
    let id = app.asked().await.id;
    app.deliver().await;
    let before = app.rows();
    let mut tried = 0;
    for name in [Answer, Stop, CheckIn, Manage] {
        let own = app.link(id, Side::First, name).await;
        let (start, token) = own.rsplit_once('/').unwrap();
        for route in table().iter().filter(|route| route.path.contains("{token}")) {
            let path = route.path.replace("{token}", token);
            if path.starts_with(start) || path.starts_with("/enter/") {
                continue;
            }
            let request = request(route.method.parse().unwrap(), &path).header(CONTENT_TYPE, FORM);
            let body = encode(&[("nonce", "x"), ("choice", "yes"), ("List-Unsubscribe", "One-Click")]);
            app.send(request.body(body).unwrap()).await.is(404);
            tried += 1;
        }
    }
    assert!(tried > 40 && app.rows() == before, "{tried} tried");
}

#[tokio::test]
async fn no_address_of_the_request_leads_anywhere_else() {
    const ELSEWHERE: &str = "https://evil.example/";
    let app = TestApp::new().await;
    let of = app.asked().await;
    let link = app.link(of.id, Side::First, Answer).await;
    for route in table() {
        let path =
            route.path.replace("{token}", link.rsplit('/').next().unwrap()).replace("{kind}", "ask_first");
        let path = path.replace("{id}", &of.id.to_string());
        let query = ["next", "url", "return", "return_to", "redirect", "from", "done"];
        let query: Vec<String> = query.iter().map(|name| format!("{name}={ELSEWHERE}")).collect();
        // What ends the session ends it for the routes after it.
        if path.contains("sign-out") || path.contains("sessions") || path == "/settings/delete" {
            continue;
        }
        let request = request(route.method.parse().unwrap(), &format!("{path}?{}", query.join("&")))
            .header(COOKIE, &app.cookie)
            .header(HOST, "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "host=evil.example")
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, FORM);
        let form =
            [("next", ELSEWHERE), ("return", ELSEWHERE), ("from", ELSEWHERE), ("email", "a@b.example")];
        let body = if route.method == "GET" { Body::empty() } else { encode(&form) };
        let page = app.send(request.body(body).unwrap()).await;
        let to = page.header("location");
        assert!(!to.contains("evil") && !to.starts_with("//"), "{} {path} leads to {to}", route.method);
        assert!(!page.body.contains("href=\"https://evil") && !page.body.contains("href=\"//evil"), "{path}");
    }
    for mail in app.deliver().await {
        assert!(!mail.text.contains("evil.example"), "{}", mail.text);
    }
}

#[tokio::test]
async fn a_robot_that_presses_one_click_without_its_exact_words_stops_nothing() {
    let app = TestApp::new().await;
    let scene = Scene::set(&app, Family::Ask).await;
    let before = deeds(&app).await;
    // The same address as in the header.
    let path = &link(&scene.mails, GRACE, "/stop/");
    for body in ["", "x=1", "List-Unsubscribe=", "List-Unsubscribe=one-click", "stop=yes", "never=yes"] {
        let post = request(Method::POST, path).header(CONTENT_TYPE, FORM);
        app.send(post.body(Body::from(body)).unwrap()).await.is(422);
    }
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH] {
        app.send(request(method, path).body(Body::empty()).unwrap()).await;
    }
    assert_eq!(deeds(&app).await, before);
}
