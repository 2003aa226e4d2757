//! What is recorded of a consent: who, when, how, the very text, what for, and that it was taken back.

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use sha2::{Digest, Sha256};
use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::flow::proof;

use crate::evidence_kit::{agreed, as_recorded, chain, consent_of, forget, good, introduced, noted, proven};
use crate::support::db::both;
use crate::support::world::{ADA, GRACE, World, hidden, only};

const AGENT: &str = "Peculiar/5.0 (Some Phone)";
const CLIENT: &str = "203.0.113.77";

/// The words of a page as they came over the wire, by other means than the service's own.
fn words(page: &str) -> Vec<String> {
    let body = page.split_once("<body>").unwrap().1;
    let mut out = String::new();
    let mut inside = false;
    for piece in body.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        inside = (inside || tag.starts_with("textarea")) && !tag.starts_with("/textarea");
        let inline = ["a", "/a", "bdi", "/bdi", "strong", "/strong", "span", "/span"]
            .iter()
            .any(|name| tag == *name || tag.starts_with(&format!("{name} ")));
        if !inline {
            out.push(' ');
        }
        if !inside {
            out.push_str(text);
        }
    }
    let out = out.replace("&#x27;", "'").replace("&quot;", "\"").replace("&#x2F;", "/");
    let out = out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    out.split_whitespace().map(str::to_owned).collect()
}

fn field<'r>(record: &'r Value, pointer: &str) -> &'r str {
    record.pointer(pointer).and_then(Value::as_str).unwrap()
}

fn keys(record: &Value, pointer: &str) -> Vec<String> {
    record.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect()
}

both! {
    async fn every_introduction_has_two_records_of_what_each_was_shown(db: TestDb) {
        let world = World::new(db).await;
        let mut checked = 0;
        for (order, named) in [("one_by_one", false), ("one_by_one", true), ("together", true)] {
            let id = world
                .draft(|draft| {
                    draft["order"] = order.into();
                    draft["names_second"] = named.into();
                })
                .await;
            let asks = world.ask(&id).await;
            let first = only(&asks, ADA).clone();
            let first_page = world.get(&first.answer_link()).await.body;
            let more = world.first_yes(&first.answer_link()).await;
            let second = asks.iter().chain(&more).find(|mail| mail.to == GRACE && mail.raw.contains("/c/"));
            let second = second.unwrap().clone();
            let second_page = world.get(&second.answer_link()).await.body;
            world.yes(&second.answer_link()).await;
            world.pass(Span::minutes(11)).await;
            assert_eq!(world.state(&id).await, "introduced");
            let (bundle, proven) = proven(&world.app.cx, &id).await.unwrap();
            assert_eq!(proven.consents.len(), 2);
            assert!(proven.introduced_at.is_some());
            for (side, mail, page) in [(Side::First, &first, &first_page), (Side::Second, &second, &second_page)] {
                let consent = consent_of(&bundle, side);
                let said = proven.consents.iter().find(|one| one.side == side).unwrap();
                assert!(said.is_named, "the introduction rests on it");
                assert_eq!((said.texts, said.withdrawn_at), ((2, 2), None));
                let ask = consent.texts.iter().find(|text| text.kind == "ask").unwrap();
                let came = as_recorded(mail);
                assert_eq!(ask.body.trim_end(), came.trim_end());
                assert_eq!(ask.sha256, <[u8; 32]>::from(Sha256::digest(ask.body.as_bytes())));
                let shown = consent.texts.iter().find(|text| text.kind == "page").unwrap();
                assert_eq!(shown.body.split_whitespace().collect::<Vec<_>>(), words(page));
                let record = said.record.as_ref().unwrap();
                assert_eq!(field(record, "/who/side"), side.as_str());
                assert_eq!(field(record, "/who/address"), mail.to);
                assert_eq!(field(record, "/how/link"), "consent");
                assert_eq!(record.pointer("/when/micros").unwrap().as_i64(), Some(said.given_at.0));
                let other = if side == Side::Second || named { "named" } else { "described" };
                assert_eq!(field(record, "/scope/other"), other);
                assert_eq!(record.pointer("/scope/data").unwrap(), &serde_json::json!(["name", "address", "blurb"]));
                checked += 1;
            }
        }
        good(&proof::verify(&world.app.cx, Vec::new()).await.unwrap());
        println!("figure: evidence: {checked} consents compared with the captured mail and the page as read");
    }

    async fn a_yes_is_refused_when_the_page_says_something_else_by_now(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let link = only(&world.ask(&id).await, ADA).answer_link();
        let page = world.get(&link).await.body;
        let nonce = hidden(&page, "nonce");
        let sql = "UPDATE party SET why = 'Something else altogether.' WHERE side = 'first'";
        let unit = world.app.cx.db.write(move |tx| Box::pin(async move { tx.q(sql).run().await }));
        assert_eq!(unit.await.unwrap(), 1);
        let said = world.post(&link, &[("nonce", &nonce), ("choice", "yes")]).await;
        assert_eq!(said.status.as_u16(), 422, "{}", said.body);
        let bare = world.post(&link, &[("nonce", &nonce[..32]), ("choice", "yes")]).await;
        assert_eq!(bare.status.as_u16(), 422, "without the seal");
        assert!(proven(&world.app.cx, &id).await.is_none(), "nothing was recorded");
        let no = world.post(&link, &[("nonce", &nonce), ("choice", "no")]).await;
        assert!(no.status.is_success(), "a no needs nothing");
    }

    async fn a_consent_that_was_taken_back_says_when(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let (first, second) = agreed(&world, &id).await;
        world.pass(Span::minutes(1)).await;
        world.answer(&second.answer_link(), &[("choice", "no")]).await;
        let at = world.clock.now();
        let (bundle, proven_now) = proven(&world.app.cx, &id).await.unwrap();
        let ended = proven_now.consents.iter().find(|one| one.side == Side::Second).unwrap();
        assert_eq!(ended.withdrawn_at, Some(at));
        assert_eq!(consent_of(&bundle, Side::Second).ended.as_deref(), Some("withdrawn"));
        assert_eq!(consent_of(&bundle, Side::First).ended, None);
        // Contradictory answers within seconds take the yes back as well.
        world.answer(&first.answer_link(), &[("choice", "no")]).await;
        world.pass(Span::seconds(70)).await;
        world.yes(&first.answer_link()).await;
        world.answer(&first.answer_link(), &[("choice", "no")]).await;
        let (_, proven) = proven(&world.app.cx, &id).await.unwrap();
        let firsts: Vec<_> = proven.consents.iter().filter(|one| one.side == Side::First).collect();
        assert_eq!(firsts.len(), 2);
        assert!(firsts.iter().all(|one| one.withdrawn_at.is_some() && !one.is_named));
        assert_eq!(proven.introduced_at, None);
    }

    async fn a_yes_with_other_words_renews_the_consent(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let link = only(&world.ask(&id).await, ADA).answer_link();
        world.answer(&link, &[("choice", "yes"), ("blurb", "First words.")]).await;
        world.answer(&link, &[("choice", "yes"), ("blurb", "First words.")]).await;
        world.pass(Span::minutes(1)).await;
        world.answer(&link, &[("choice", "yes"), ("blurb", "Second words.")]).await;
        let (bundle, proven) = proven(&world.app.cx, &id).await.unwrap();
        let blurbs: Vec<&str> =
            proven.consents.iter().map(|one| field(one.record.as_ref().unwrap(), "/scope/blurb")).collect();
        assert_eq!(blurbs, ["First words.", "Second words."], "the same yes twice is one");
        assert_eq!(bundle.consents[0].ended.as_deref(), Some("renewed"));
        assert_eq!(bundle.consents[1].ended, None);
    }

    async fn after_the_introduction_the_stop_link_takes_the_consent_back(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let (first, _) = introduced(&world, &id).await;
        let stop = first.link("/stop/");
        let said = world.post(&stop, &[("List-Unsubscribe", "One-Click")]).await;
        assert!(said.status.is_success(), "{}", said.body);
        let page = world.get(&stop).await.body;
        assert!(page.contains("an introduction that has left cannot be called back"), "{page}");
        let (_, proven) = proven(&world.app.cx, &id).await.unwrap();
        let first = proven.consents.iter().find(|one| one.side == Side::First).unwrap();
        assert_eq!((first.withdrawn_at, first.is_named), (Some(world.clock.now()), true), "both are on record");
        let kinds: Vec<String> = chain(&world.app.cx).await.into_iter().map(|(kind, _)| kind).collect();
        assert!(kinds.iter().any(|kind| kind == "suppression_added"));
    }

    async fn a_no_leaves_in_the_chain_what_silence_leaves(db: TestDb) {
        // All on one database: each world's chain is the part behind the one before it.
        let world = World::new(db).await;
        world.settle().await;
        let mut seen = Vec::new();
        for choice in ["", "no", "not_now", "open"] {
            let id = world.draft(|_| {}).await;
            let begin = chain(&world.app.cx).await.len();
            let since = world.clock.now();
            let first = only(&world.ask(&id).await, ADA).answer_link();
            let second = only(&world.first_yes(&first).await, GRACE).answer_link();
            match choice {
                "" => {}
                "open" => assert!(world.get(&second).await.status.is_success()),
                choice => {
                    world.pass(Span::minutes(3)).await;
                    let fields = [("choice", choice), ("until", "2026-08-03"), ("note", "Sorry")];
                    let page = world.answer_page(&second, &fields).await;
                    assert!(page.status.is_success(), "{}", page.body);
                    world.settle().await;
                    world.clock.advance(Span::minutes(-3));
                }
            }
            // Until it has closed, and until retention has taken the proof of a yes that led nowhere.
            for _ in 0..25 {
                world.pass(Span::days(1)).await;
            }
            assert_eq!(world.state(&id).await, "closed");
            let part = chain(&world.app.cx).await[begin..].to_vec();
            seen.push(part.into_iter().map(|(kind, at)| (kind, at - since.0)).collect::<Vec<_>>());
        }
        assert_eq!(seen[0].iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["consent_given", "closed", "erased"]);
        for other in &seen[1..] {
            assert_eq!(*other, seen[0]);
        }
    }

    async fn to_be_forgotten_empties_the_records_and_the_chain_still_verifies(db: TestDb) {
        let world = World::new(db).await;
        let cx = &world.app.cx;
        let mut all = Vec::new();
        for _ in 0..4 {
            let id = world.draft(|_| {}).await;
            introduced(&world, &id).await;
            all.push(id);
        }
        let before = noted(cx).await;
        for (nth, (which, side)) in
            [(2, Side::First), (0, Side::Second), (2, Side::Second), (3, Side::First)].into_iter().enumerate()
        {
            assert_eq!(forget(cx, &all[which], side).await, 1);
            noted(cx).await;
            let report = proof::verify(cx, vec![before.clone()]).await.unwrap();
            good(&report);
            assert_eq!((report.erased, report.checkpoints), (nth as u64 + 1, 1));
        }
        let (bundle, proven) = proven(cx, &all[0]).await.unwrap();
        assert!(!serde_json::to_string(&bundle).unwrap().contains("Grace Hopper"), "neither in the other's texts");
        let second = proven.consents.iter().find(|one| one.side == Side::Second).unwrap();
        assert_eq!((second.record.as_ref(), second.is_named), (None, true), "that they agreed, and when, stays");
        let first = proven.consents.iter().find(|one| one.side == Side::First).unwrap();
        assert_eq!(field(first.record.as_ref().unwrap(), "/who/name"), "Ada Lovelace");
        assert_eq!(first.texts, (0, 2));
    }

    async fn neither_address_nor_program_of_whoever_answers_is_kept(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let link = only(&world.ask(&id).await, ADA).answer_link();
        let page = world.get(&link).await.body;
        let form = format!("nonce={}&choice=yes&note=&blurb=Words", hidden(&page, "nonce"));
        let request = Request::post(&link)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("user-agent", AGENT)
            .header("x-forwarded-for", CLIENT)
            .body(Body::from(form))
            .unwrap();
        assert!(world.send(request).await.status.is_success());
        let (bundle, proven) = proven(&world.app.cx, &id).await.unwrap();
        let document = serde_json::to_string(&bundle).unwrap();
        assert!(!document.contains("Peculiar") && !document.contains(CLIENT), "{document}");
        let record = proven.consents[0].record.as_ref().unwrap();
        assert_eq!(keys(record, ""), ["how", "introduction", "scope", "shown", "v", "when", "who"]);
        assert_eq!(keys(record, "/who"), ["address", "language", "name", "side"]);
        assert_eq!(keys(record, "/how"), ["act", "generation", "link", "page_made_at", "round"]);
        let mut tx = world.app.cx.db.read().await.unwrap();
        let sql = "SELECT * FROM consent";
        assert_eq!(tx.q(sql).all().await.unwrap().len(), 1);
        for table in ["audit_leaf", "audit_payload", "consent", "shown_text"] {
            for migration in ["sqlite", "postgres"] {
                let text = std::fs::read_to_string(format!("migrations/{migration}/0009_evidence.sql")).unwrap();
                let (_, columns) = text.split_once(&format!("CREATE TABLE {table} (")).unwrap();
                let columns = columns.split_once("\n)").unwrap().0.to_lowercase();
                for word in ["agent", "client", "remote", " ip", "ip_", "address", "device"] {
                    assert!(!columns.contains(word), "{table}: {word}");
                }
            }
        }
    }
}
