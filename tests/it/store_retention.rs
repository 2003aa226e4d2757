//! Contract: what retention finds and takes out, and what an erasure reaches beside the introductions.

use twoyes::clock::{Span, Ts};
use twoyes::domain::answer::Choice;
use twoyes::domain::asking::Side;
use twoyes::domain::event::What;
use twoyes::domain::introduction::State;
use twoyes::domain::letter::DeliveryState;
use twoyes::domain::message::MessageKind;
use twoyes::domain::party::{NOBODY, Shown};
use twoyes::domain::retention::{Kept, Retained};
use twoyes::ids::UnfinishedId;
use twoyes::store::erasure_ledger::{self, Erased};
use twoyes::store::persons::{self, Refusal, Whom};
use twoyes::store::retention::{self, Cuts};
use twoyes::store::suppressions::{self, Source};
use twoyes::store::unfinished::{self, Unfinished};
use twoyes::store::{Db, contacts, deliveries, erasure, events, introductions};

use crate::store_kit::{self, T0, contact, draft, event, look, message, person, saved_connector, unit, uuid};
use crate::store_post::{about, enqueue, get, id, set};
use crate::support::db::both;

const DAY: Span = Span::days(1);

/// The delivery of mail `n` has come to this end, one day in.
async fn end(db: &Db, n: u8, state: DeliveryState) {
    set(db, n, state).await;
    let (id, at) = (uuid(n), (T0 + DAY).0);
    let sql = "UPDATE delivery SET finished_at = $2, last_words = 'ok' WHERE id = $1";
    unit!(db, tx => tx.q(sql).bind(id).bind(at).exactly_one()).unwrap();
}

async fn words(db: &Db, n: u8) -> String {
    let id = uuid(n);
    let row =
        look!(db, tx => tx.q("SELECT subject, text_part, headers FROM message WHERE id = $1").bind(id).one());
    let row = row.unwrap();
    let get = |column| row.get::<String>(column).unwrap();
    format!("{}{}{}", get("subject"), get("text_part"), get("headers"))
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    look!(db, tx => tx.q(sql).one()).unwrap().get("n").unwrap()
}

both! {
    async fn mails_are_forgotten_by_their_end_and_asks_keep_their_hash_longer(db: TestDb) {
        for (n, kind) in [(1, MessageKind::AskFirst), (2, MessageKind::SignIn), (3, MessageKind::SignIn)] {
            enqueue(&db.db, &message(n, kind, None, "zoe@example.net")).await;
        }
        end(&db.db, 1, DeliveryState::Sent).await;
        end(&db.db, 2, DeliveryState::Failed).await;
        let over = |state, before| { let db = db.db.clone(); async move {
            look!(db, tx => retention::mails_over(tx, state, before, 9)) } };
        assert!(over(DeliveryState::Sent, T0).await.is_empty(), "its time is not over");
        let found = over(DeliveryState::Sent, T0 + DAY).await;
        assert_eq!((found.len(), found[0].0), (1, uuid(1)));
        for n in [1, 2, 3] {
            let mail = twoyes::ids::MessageId(uuid(n));
            let gone = unit!(db.db, tx => retention::forget_mail(tx, mail, T0 + DAY, T0 + DAY)).unwrap();
            assert_eq!(gone, u64::from(n < 3), "one that waits stays");
            assert_eq!(unit!(db.db, tx => retention::forget_mail(tx, mail, T0 + DAY, T0 + DAY)).unwrap(), 0);
        }
        for n in [1, 2] {
            let one = get(&db.db, id(n)).await;
            assert_eq!((one.recipient.as_str(), one.last_words.as_str()), ("erased@erased.invalid", ""));
            assert!(!words(&db.db, n).await.contains("Zo") && !words(&db.db, n).await.contains("Ada"));
        }
        assert!(words(&db.db, 3).await.contains("Zo"));
        assert!(over(DeliveryState::Sent, T0 + DAY).await.is_empty());
        assert_eq!(look!(db.db, tx => persons::asks(tx, person(1), Ts(0), 9)), [T0], "it still counts");
        assert_eq!(unit!(db.db, tx => retention::forget_asks(tx, T0, 9)).unwrap(), 1);
        assert!(look!(db.db, tx => persons::asks(tx, person(1), Ts(0), 9)).is_empty());
        assert!(!unit!(db.db, tx => deliveries::retry(tx, id(2), T0)).unwrap(), "nothing is left to send");
    }

    async fn an_undecided_delivery_counts_as_failed_in_the_end(db: TestDb) {
        enqueue(&db.db, &message(1, MessageKind::Reminder, None, "zoe@example.net")).await;
        set(&db.db, 1, DeliveryState::Unknown).await;
        assert_eq!(unit!(db.db, tx => retention::give_up_undecided(tx, T0, T0)).unwrap(), 0, "it is tried again");
        let sql = "UPDATE delivery SET due_at = $1";
        unit!(db.db, tx => tx.q(sql).bind(twoyes::store::courier::HELD.0).exactly_one()).unwrap();
        assert_eq!(unit!(db.db, tx => retention::give_up_undecided(tx, T0 - DAY, T0)).unwrap(), 0);
        assert_eq!(unit!(db.db, tx => retention::give_up_undecided(tx, T0, T0)).unwrap(), 1);
        assert_eq!(get(&db.db, id(1)).await.state, DeliveryState::Failed);
    }

    async fn hasty_mails_are_found_once_they_have_ended(db: TestDb) {
        for (n, of) in [(1, Some(about())), (2, None), (3, None)] {
            enqueue(&db.db, &message(n, MessageKind::ClosingNote, of, "zoe@example.net")).await;
        }
        let hasty = || { let db = db.db.clone(); async move {
            look!(db, tx => retention::hasty_mails(tx, 9)).iter().map(|id| id.0).collect::<Vec<_>>() } };
        unit!(db.db, tx => erasure::hurry(tx, about())).unwrap();
        unit!(db.db, tx => erasure::hurry_mail(tx, "key/2")).unwrap();
        assert!(hasty().await.is_empty(), "they have not left");
        end(&db.db, 1, DeliveryState::Sent).await;
        end(&db.db, 2, DeliveryState::Sent).await;
        assert_eq!(hasty().await, [uuid(1), uuid(2)]);
        let third = twoyes::ids::MessageId(uuid(3));
        unit!(db.db, tx => erasure::service_mail(tx, third, T0)).unwrap();
        assert_eq!(get(&db.db, id(3)).await.state, DeliveryState::Cancelled);
        assert_eq!(hasty().await, [uuid(1), uuid(2), uuid(3)]);
        unit!(db.db, tx => retention::forget_mail(tx, third, T0 + DAY, T0 + DAY)).unwrap();
        assert_eq!(hasty().await, [uuid(1), uuid(2)]);
    }

    async fn introductions_are_found_by_the_end_of_their_time(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let at = |day: i64| Some(T0 + Span::days(day));
        let named = Retained { kept: Kept::Names, until: None };
        let told = Retained { kept: Kept::Names, until: at(9) };
        for (n, state, day, retained) in [
            (10, State::Closed, 1, Retained::default()),
            (12, State::Closed, 1, told),
            (14, State::Introduced, 1, Retained::default()),
            (16, State::Introduced, 1, named),
            (18, State::Closed, 1, Retained { kept: Kept::Nothing, until: None }),
        ] {
            let new = draft(ada, n);
            unit!(db.db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
            let (closed_at, introduced_at) = if state == State::Closed { (at(day), None) } else { (None, at(day)) };
            let next = twoyes::domain::introduction::Introduction { state, closed_at, introduced_at, retained, ..new };
            unit!(db.db, tx, next => store_kit::save(tx, &next, None, &[], T0)).unwrap();
        }
        let never = T0 - DAY;
        let none = Cuts { closed: never, words: never, names: never, erased: never, now: never };
        let due = |cuts: Cuts| { let db = db.db.clone(); async move {
            look!(db, tx => retention::introductions(tx, cuts, 9)).iter().map(|id| id.0).collect::<Vec<_>>() } };
        assert!(due(none).await.is_empty());
        let then = T0 + DAY;
        assert_eq!(due(Cuts { closed: then, ..none }).await, [uuid(10)]);
        assert_eq!(due(Cuts { now: T0 + Span::days(9), ..none }).await, [uuid(12)]);
        assert_eq!(due(Cuts { words: then, ..none }).await, [uuid(14)]);
        assert_eq!(due(Cuts { names: then, ..none }).await, [uuid(16)]);
        let mut erased = look!(db.db, tx => introductions::view(tx, twoyes::ids::IntroductionId(uuid(18)))).unwrap();
        erased.parties.first.erased_at = Some(then);
        unit!(db.db, tx, erased => store_kit::save(tx, &erased, None, &[], T0)).unwrap();
        assert_eq!(due(Cuts { erased: then, ..none }).await, [uuid(18)]);
    }

    async fn events_and_mails_that_tell_of_answers_go(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let new = draft(ada, 10);
        let no = What::Answered(twoyes::domain::answer::Answer::No);
        let happened = [
            event(What::Drafted, None, false),
            event(What::Asked { round: 1 }, Some(Side::First), false),
            event(no, Some(Side::First), true),
            event(What::Closed, None, false),
        ];
        unit!(db.db, tx, new, happened => introductions::insert(tx, &new, &happened)).unwrap();
        for (n, kind) in [(1, MessageKind::AskFirst), (2, MessageKind::Receipt), (3, MessageKind::Reminder)] {
            enqueue(&db.db, &message(n, kind, Some(new.id), "zoe@example.net")).await;
            end(&db.db, n, DeliveryState::Sent).await;
        }
        let key = new.parties.first.person;
        let source = Source { introduction: new.id, side: Side::First };
        unit!(db.db, tx => suppressions::add(tx, key, source, T0)).unwrap();
        assert_eq!(unit!(db.db, tx, new => retention::thin_events(tx, &new)).unwrap(), 3);
        unit!(db.db, tx, new => retention::unlink_answers(tx, &new, T0 + DAY)).unwrap();
        let left = look!(db.db, tx => events::all(tx, new.id));
        assert_eq!(left.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(left.iter().all(|(_, event)| event.what != no));
        assert_eq!(count(&db.db, "SELECT COUNT(*) AS n FROM message").await, 1, "the ask, which is counted");
        assert!(!words(&db.db, 1).await.contains("Zo"));
        let linked = "SELECT COUNT(*) AS n FROM suppression WHERE introduction_id IS NOT NULL";
        assert_eq!(count(&db.db, linked).await, 0);
        assert!(look!(db.db, tx => suppressions::since(tx, key)).is_some(), "never stays");
    }

    async fn what_a_connector_left_lying_goes_in_time(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let new = draft(ada, 10);
        unit!(db.db, tx, new => introductions::insert(tx, &new, &[])).unwrap();
        assert!(look!(db.db, tx => retention::old_drafts(tx, T0 - DAY, 9)).is_empty());
        assert!(look!(db.db, tx => retention::old_drafts(tx, T0, 9)) == [new.id]);
        let form = Unfinished {
            id: UnfinishedId(uuid(1)),
            connector: ada,
            typed: r#"{"first.email":"Zoe_X@Example.net"}"#.into(),
            updated_at: T0,
        };
        unit!(db.db, tx, form => unfinished::put(tx, &form)).unwrap();
        assert_eq!(unit!(db.db, tx => retention::old_forms(tx, T0 - DAY)).unwrap(), 0);
        unit!(db.db, tx => erasure::traces(tx, "zoe-x@example.net")).unwrap();
        assert_eq!(look!(db.db, tx => unfinished::of(tx, ada)).len(), 1, "an underscore is no wildcard");
        unit!(db.db, tx => erasure::traces(tx, "zoe_x@example.net")).unwrap();
        assert!(look!(db.db, tx => unfinished::of(tx, ada)).is_empty());
        unit!(db.db, tx, form => unfinished::put(tx, &form)).unwrap();
        assert_eq!(unit!(db.db, tx => retention::old_forms(tx, T0)).unwrap(), 1);
        assert_eq!(unit!(db.db, tx => retention::old_wishes(tx, T0)).unwrap(), 0);
        assert_eq!(unit!(db.db, tx => retention::old_acts(tx, T0)).unwrap(), 0);
    }

    async fn the_name_of_the_erased_leaves_others_refusals(db: TestDb) {
        let (refuser, gone) = (person(1), person(2));
        let new = Refusal { id: uuid(1), person: refuser, whom: Whom::Person(gone), label: "Alan".into(), created_at: T0 };
        unit!(db.db, tx, new => persons::refuse(tx, &new)).unwrap();
        assert_eq!(unit!(db.db, tx => retention::forget_labels(tx, T0 + DAY)).unwrap(), 0);
        unit!(db.db, tx => erasure_ledger::note(tx, Erased { person: gone, at: T0 })).unwrap();
        assert_eq!(unit!(db.db, tx => retention::forget_labels(tx, T0 - DAY)).unwrap(), 0);
        assert_eq!(unit!(db.db, tx => retention::forget_labels(tx, T0)).unwrap(), 1);
        assert_eq!(look!(db.db, tx => persons::refusals(tx, refuser))[0].label, NOBODY);
        assert_eq!(unit!(db.db, tx => retention::forget_labels(tx, T0)).unwrap(), 0);
    }

    async fn addresses_are_found_page_by_page(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let kept = contact(ada, 20);
        unit!(db.db, tx, kept => contacts::insert(tx, &kept)).unwrap();
        let page = look!(db.db, tx => erasure::contact_addresses(tx, None, 9));
        assert!(page == [(kept.id, kept.facts.address().to_owned())]);
        assert!(look!(db.db, tx => erasure::contact_addresses(tx, Some(kept.id), 9)).is_empty());
        enqueue(&db.db, &message(1, MessageKind::SignIn, None, "zoe@example.net")).await;
        let page = look!(db.db, tx => erasure::recipients(tx, None, 9));
        assert!(page.len() == 1 && page[0].0 == id(1) && page[0].2 == "zoe@example.net");
        assert!(look!(db.db, tx => erasure::recipients(tx, Some(id(1)), 9)).is_empty());
        assert!(look!(db.db, tx => erasure::wishes(tx)).is_empty());
        unit!(db.db, tx => erasure::never(tx, person(1), T0)).unwrap();
        assert_eq!(look!(db.db, tx => suppressions::of(tx, person(1))), Some((T0, true)));
    }

    async fn what_is_retained_is_saved_with_the_introduction(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let mut next = draft(ada, 10);
        unit!(db.db, tx, next => introductions::insert(tx, &next, &[])).unwrap();
        next.retained = Retained { kept: Kept::Names, until: Some(T0 + DAY) };
        next.parties.first.shown = Some(Shown { choice: Choice::NotNow, until: Some(T0), at: T0, note: String::new() });
        unit!(db.db, tx, next => store_kit::save(tx, &next, None, &[], T0)).unwrap();
        let read = look!(db.db, tx => introductions::view(tx, next.id)).unwrap();
        assert_eq!(read.retained, next.retained);
        assert!(db.db.tidy().await.unwrap());
    }
}
