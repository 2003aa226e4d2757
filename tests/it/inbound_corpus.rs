//! Reports in the forms of many programs: what each means, what follows from it, and that nothing follows when the
//! proof in it is not ours.

use twoyes::flow::inbound::Taken;
use twoyes::mail::report;

use crate::inbound_kit::{dump, flipped, hand_in, leave, to, world};
use crate::inbound_shelf::{Shape, shapes, word};
use crate::support::db::both;
use crate::support::world::World;

/// An introduction between two people of its own; its id, the first's return path and stop link.
async fn asked(world: &World, nth: usize) -> (String, String, String) {
    let (first, second) = (format!("ada{nth}@example.org"), format!("grace{nth}@example.net"));
    let id = world
        .draft(|draft| {
            draft["first"]["email"] = first.clone().into();
            draft["second"]["email"] = second.into();
        })
        .await;
    let path = format!("/introductions/{id}/ask");
    let (status, body) = world.api(axum::http::Method::POST, &path, &serde_json::Value::Null).await;
    assert!(status.is_success(), "{body}");
    let mails = leave(world).await;
    let mail = to(&mails, &first);
    (id, mail.envelope_from.clone(), stop_link(&String::from_utf8_lossy(&mail.raw)))
}

/// The link of `List-Unsubscribe`, as a provider copies it into a complaint.
fn stop_link(raw: &str) -> String {
    let unfolded = raw.replace("\r\n ", " ");
    let line = unfolded.lines().find(|line| line.starts_with("List-Unsubscribe:")).unwrap();
    line.split_once('<').unwrap().1.split('>').next().unwrap().to_owned()
}

fn follows(shape: &Shape, taken: Taken) -> bool {
    match shape.expected.as_str() {
        "unreachable" => taken == Taken::Bounced,
        "undelivered" => taken == Taken::Undelivered,
        "unwanted" => taken == Taken::Complained,
        _ => matches!(taken, Taken::Silent(_)),
    }
}

/// The stop link with another last letter.
fn bent(link: &str) -> String {
    let last = if link.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &link[..link.len() - 1])
}

#[test]
fn every_report_is_understood_with_either_kind_of_line_end() {
    let shapes = shapes();
    assert!(shapes.len() >= 40);
    for shape in &shapes {
        let text = shape.about("bounces+0@twoyes.example", "https://twoyes.example/stop/0");
        for text in [text.replace("\r\n", "\n"), text] {
            let meaning = report::read(text.as_bytes()).content.meaning();
            assert_eq!(word(&meaning), shape.expected, "{}", shape.name);
        }
    }
}

both! {
    async fn each_report_has_its_consequence_once_and_a_forged_one_has_none(db: TestDb) {
        let engine = db.engine;
        let world = world(db).await;
        let (mut carried_out, mut forged) = (0, 0);
        for (nth, shape) in shapes().iter().enumerate() {
            let (id, sender, stop) = asked(&world, nth).await;
            let before = dump(&world, engine).await;
            let taken = hand_in(&world, &shape.about(&flipped(&sender), &bent(&stop))).await;
            assert!(matches!(taken, Taken::Forged | Taken::Silent(_)), "{}: {taken:?}", shape.name);
            assert_eq!(dump(&world, engine).await, before, "{}: forged", shape.name);
            forged += usize::from(taken == Taken::Forged);

            let taken = hand_in(&world, &shape.about(&sender, &stop)).await;
            assert!(follows(shape, taken), "{}: {taken:?}", shape.name);
            let after = dump(&world, engine).await;
            assert_eq!(after != before, shape.has_weight(), "{}", shape.name);
            let unreachable = world.show(&id).await["first"]["undeliverable"] == true;
            assert_eq!(unreachable, shape.expected == "unreachable", "{}", shape.name);
            carried_out += usize::from(shape.has_weight());

            let again = hand_in(&world, &shape.about(&sender, &stop)).await;
            assert!(matches!(again, Taken::Again | Taken::Silent(_)), "{}: {again:?}", shape.name);
            assert_eq!(dump(&world, engine).await, after, "{}: twice is once", shape.name);
            let noise = leave(&world).await;
            assert!(noise.is_empty(), "{}: nobody is written to because of a report", shape.name);
        }
        println!("figure: inbound: {engine:?}: {} reports, {carried_out} carried out once, {forged} forged, 0 believed", shapes().len());
    }
}
