//! Contract: introductions with their parties.

use twoyes::clock::{Span, Ts};
use twoyes::domain::answer::{Answer, Choice};
use twoyes::domain::asking::{Order, Purpose, Side};
use twoyes::domain::event::{Event, What};
use twoyes::domain::introduction::{Introduction, State, StateName, Terms};
use twoyes::domain::outcome::Outcome;
use twoyes::domain::party::{Asked, Given, NOBODY, Party, Shown};
use twoyes::domain::retention::{Kept, Retained};
use twoyes::ids::{ConnectorId, ContactId, IntroductionId};
use twoyes::store::{Db, StoreError, due, events, introductions};

use crate::store_kit::{self, T0, draft, email, event, link, look, person, saved_connector, unit, uuid};
use crate::support::db::both;

pub async fn insert(db: &Db, new: &Introduction) {
    let happened = vec![event(What::Drafted, None, false)];
    unit!(db, tx, new, happened => introductions::insert(tx, &new, &happened)).unwrap();
}

pub async fn save(
    db: &Db,
    next: &Introduction,
    due_at: Option<Ts>,
    happened: Vec<Event>,
) -> Result<(), StoreError> {
    unit!(db, tx, next, happened => store_kit::save(tx, &next, due_at, &happened, T0 + Span(7)))
}

pub async fn view(db: &Db, id: IntroductionId) -> Introduction {
    look!(db, tx => introductions::view(tx, id)).unwrap()
}

/// All fields as text: addresses, links and people have no `Debug` of their own.
fn dump(of: &Introduction) -> String {
    let own = (of.id, of.connector, of.version, of.state, &of.terms, of.round, of.deadline, of.withdrawn_at);
    let own_times = (of.introduced_at, of.closed_at, of.outcome, of.events, of.created_at, of.updated_at);
    format!("{own:?}\n{own_times:?}\n{}\n{}", dump_party(&of.parties.first), dump_party(&of.parties.second))
}

fn dump_party(of: &Party) -> String {
    let who = (of.side, of.contact, &of.name, of.email.as_str(), of.person.0, &of.described, &of.how_known);
    let texts = (&of.why, &of.blurb, &of.other_blurb, &of.language, of.link.0, of.generation);
    let ask = (of.asked, &of.given, &of.shown, of.answers, of.contested_at, of.never_lifted_at);
    format!(
        "{who:?}\n{texts:?}\n{ask:?}\n{:?}",
        (of.undeliverable_at, of.check_ins, of.outcome, of.erased_at)
    )
}

/// Every optional field set, and every other one changed.
fn filled(old: &Introduction) -> Introduction {
    let mut next = old.clone();
    next.state = State::Agreed { introduce_at: T0 + Span(10) };
    next.terms = Terms {
        purpose: Purpose::Expertise,
        order: Order::Together,
        asked_for_this: true,
        names_second: false,
        writes_first: Side::First,
        same_employer: true,
        coworker_confirmed: false,
        fit: String::new(),
        shared: "changed".into(),
        step: "coffee".into(),
    };
    next.round = 3;
    next.deadline = Some(T0 + Span(11));
    next.withdrawn_at = Some(T0 + Span(12));
    next.introduced_at = Some(T0 + Span(13));
    next.closed_at = Some(T0 + Span(14));
    next.outcome = Some(Outcome::NotAFit);
    next.parties.first = filled_party(&next.parties.first, 50);
    next.parties.second = filled_party(&next.parties.second, 60);
    next
}

fn filled_party(old: &Party, n: u8) -> Party {
    let at = |plus: i64| T0 + Span(i64::from(n) * 100 + plus);
    Party {
        side: old.side,
        contact: Some(ContactId(uuid(n))),
        name: format!("name {n}"),
        email: email(&format!("other.{n}@example.com")),
        person: person(n),
        described: format!("described {n}"),
        how_known: format!("known {n}"),
        why: format!("why {n}"),
        blurb: format!("blurb {n}\n☀"),
        language: "de".into(),
        link: old.link,
        generation: 255,
        asked: Some(Asked { at: at(1), deadline: at(2), remind_at: Some(at(3)) }),
        given: Some(Given {
            answer: Answer::NotNow { until: at(4) },
            at: at(5),
            note: "private".into(),
            quiet: true,
        }),
        shown: Some(Shown { choice: Choice::NotNow, until: Some(at(6)), at: at(7), note: "shown".into() }),
        answers: 5,
        contested_at: Some(at(8)),
        never_lifted_at: Some(at(9)),
        other_blurb: Some(format!("other blurb {n}")),
        undeliverable_at: Some(at(9)),
        check_ins: 2,
        outcome: Some(Outcome::Landed),
        erased_at: Some(at(10)),
    }
}

both! {
    /// What differs is written, however little it is; what does not stays.
    async fn one_change_alone_is_kept(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let changes: [fn(&mut Introduction); 14] = [
            |of| of.state = State::Asking,
            |of| of.parties.first.asked = Some(Asked { at: T0, deadline: T0 + Span(9), remind_at: None }),
            |of| of.parties.second.answers = 3,
            |of| of.parties.second.person = person(77),
            |of| of.parties.first.blurb = "other words".into(),
            |of| of.deadline = Some(T0 + Span(9)),
            |of| of.terms.shared = "other words".into(),
            |of| of.state = State::Agreed { introduce_at: T0 + Span(10) },
            |of| of.state = State::Agreed { introduce_at: T0 + Span(11) },
            |of| (of.state, of.introduced_at) = (State::Introduced, Some(T0 + Span(11))),
            |of| of.outcome = Some(Outcome::Met),
            |of| of.parties.first.asked = None,
            |of| of.retained = Retained { kept: Kept::Names, until: Some(T0 + Span(12)) },
            |of| (of.state, of.closed_at) = (State::Closed, Some(T0 + Span(13))),
        ];
        for (nth, change) in changes.into_iter().enumerate() {
            let seen = view(&db.db, new.id).await;
            let mut next = seen.clone();
            change(&mut next);
            save(&db.db, &next, None, vec![]).await.unwrap();
            (next.version, next.updated_at) = (next.version + 1, T0 + Span(7));
            let is = view(&db.db, new.id).await;
            assert_eq!((dump(&is), is.retained), (dump(&next), next.retained), "change {nth}");
            let asked = look!(db.db, tx => tx.q("SELECT asked_at FROM introduction").one()).unwrap();
            let asked: Option<i64> = asked.opt("asked_at").unwrap();
            assert_eq!(asked, next.parties.first.asked.map(|asked| asked.at.0), "change {nth}");
            let reread = unit!(db.db, tx, seen => introductions::load_seen(tx, &seen)).unwrap().unwrap();
            assert_eq!(dump(&reread), dump(&next), "who saw it before change {nth}");
        }
    }

    /// Only the version is looked at: what is only in hand is handed out again.
    async fn what_was_seen_and_did_not_change_is_not_read_again(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let mut seen = view(&db.db, new.id).await;
        seen.terms.shared = "only in hand".into();
        let again = unit!(db.db, tx, seen => introductions::load_seen(tx, &seen)).unwrap().unwrap();
        assert_eq!(again.terms.shared, "only in hand");
        seen.id = IntroductionId(uuid(99));
        assert!(unit!(db.db, tx, seen => introductions::load_seen(tx, &seen)).unwrap().is_none());
    }

    async fn a_draft_is_read_back_as_it_was_saved(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let expected = dump(&Introduction { events: 1, ..new.clone() });
        assert_eq!(dump(&view(&db.db, new.id).await), expected);
        let id = new.id;
        let loaded = unit!(db.db, tx => introductions::load(tx, id)).unwrap().unwrap();
        assert_eq!(dump(&loaded), expected);
        let none = IntroductionId(uuid(99));
        assert!(look!(db.db, tx => introductions::view(tx, none)).is_none());
        assert!(unit!(db.db, tx => introductions::load(tx, none)).unwrap().is_none());
    }

    async fn every_field_is_saved_set_and_emptied_again(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let first = view(&db.db, new.id).await;
        let full = filled(&first);
        save(&db.db, &full, Some(T0), vec![]).await.unwrap();
        let saved = Introduction { version: 2, updated_at: T0 + Span(7), ..full.clone() };
        assert_eq!(dump(&view(&db.db, new.id).await), dump(&saved));

        let mut empty = first.clone();
        empty.version = 2;
        save(&db.db, &empty, None, vec![]).await.unwrap();
        let saved = Introduction { version: 3, updated_at: T0 + Span(7), ..empty };
        assert_eq!(dump(&view(&db.db, new.id).await), dump(&saved), "every optional field is empty again");
    }

    async fn whoever_named_no_date_sees_what_is_kept_for_a_date_as_forgotten(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let mut kept = filled(&view(&db.db, new.id).await);
        kept.state = State::Closed;
        kept.retained = Retained { kept: Kept::Names, until: Some(T0 + Span(50)) };
        kept.parties.second.shown = None;
        let date = kept.parties.first.shown.as_ref().unwrap().until.unwrap();
        save(&db.db, &kept, Some(T0), vec![]).await.unwrap();
        let (id, before) = (new.id, date - Span(1));
        let seen = async |side, now| look!(db.db, tx => introductions::seen_by(tx, id, side, now)).unwrap();
        let own = seen(Side::First, before).await;
        assert_eq!(own.parties.second.name, kept.parties.second.name, "they named the date");
        for (side, now) in [(Side::Second, before), (Side::First, date)] {
            let of = seen(side, now).await;
            assert_eq!((of.parties.first.name.as_str(), of.parties.second.name.as_str()), (NOBODY, NOBODY));
            assert!(of.parties.first.email.is_nowhere() && of.terms.shared.is_empty(), "{side:?}");
        }
        assert!(!dump(&view(&db.db, id).await).contains(NOBODY), "nothing is changed by a look");
    }

    async fn each_optional_field_can_be_empty_beside_full_ones(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let clear: [fn(&mut Introduction); 16] = [
            |of| of.deadline = None,
            |of| of.withdrawn_at = None,
            |of| of.introduced_at = None,
            |of| of.closed_at = None,
            |of| of.outcome = None,
            |of| of.parties.first.contact = None,
            |of| of.parties.first.asked = None,
            |of| of.parties.first.asked.as_mut().unwrap().remind_at = None,
            |of| of.parties.first.given = None,
            |of| of.parties.first.given.as_mut().unwrap().answer = Answer::Never,
            |of| of.parties.first.shown = None,
            |of| of.parties.first.shown.as_mut().unwrap().until = None,
            |of| of.parties.first.contested_at = None,
            |of| of.parties.first.undeliverable_at = None,
            |of| of.parties.first.outcome = None,
            |of| of.state = State::Closed,
        ];
        for (nth, clear) in clear.iter().enumerate() {
            let old = view(&db.db, new.id).await;
            let mut next = filled(&old);
            clear(&mut next);
            save(&db.db, &next, None, vec![]).await.unwrap();
            next.version += 1;
            next.updated_at = T0 + Span(7);
            assert_eq!(dump(&view(&db.db, new.id).await), dump(&next), "field {nth}");
        }
    }

    async fn every_state_purpose_and_answer_is_read_back(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let states =
            [State::Asking, State::Agreed { introduce_at: T0 }, State::Introduced, State::Closed, State::Draft];
        let answers = [Answer::Yes, Answer::No, Answer::Never, Answer::NotNow { until: T0 }];
        for (nth, purpose) in Purpose::ALL.iter().enumerate() {
            let mut next = view(&db.db, new.id).await;
            next.state = states[nth % states.len()];
            next.terms.purpose = *purpose;
            let answer = answers[nth % answers.len()];
            next.parties.second.given = Some(Given { answer, at: T0, note: String::new(), quiet: false });
            save(&db.db, &next, None, vec![]).await.unwrap();
            next.version += 1;
            next.updated_at = T0 + Span(7);
            assert_eq!(dump(&view(&db.db, new.id).await), dump(&next));
        }
    }

    async fn a_save_over_an_older_version_changes_nothing(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let read = view(&db.db, new.id).await;
        let mut next = read.clone();
        next.state = State::Asking;
        save(&db.db, &next, None, vec![event(What::Edited, None, false)]).await.unwrap();
        let before = dump(&view(&db.db, new.id).await);
        let stale = save(&db.db, &filled(&read), Some(T0), vec![event(What::Closed, None, false)]).await;
        assert!(matches!(stale, Err(StoreError::Stale(_))), "{stale:?}");
        assert_eq!(dump(&view(&db.db, new.id).await), before);
        assert_eq!(look!(db.db, tx => events::all(tx, new.id)).len(), 2);
        assert!(look!(db.db, tx => due::by(tx, T0, 9)).is_empty());
    }

    async fn two_saves_of_one_version_cannot_both_succeed(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let read = view(&db.db, new.id).await;
        let (one, two) = tokio::join!(
            save(&db.db, &read, None, vec![event(What::Edited, None, false)]),
            save(&db.db, &read, None, vec![event(What::Edited, None, false)]),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        assert_eq!(view(&db.db, new.id).await.version, 2);
        assert_eq!(look!(db.db, tx => events::all(tx, new.id)).len(), 2);
    }

    async fn a_link_leads_to_its_side(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let found = look!(db.db, tx => introductions::find_link(tx, link(10)));
        assert_eq!(found, Some((new.id, Side::First)));
        let found = look!(db.db, tx => introductions::find_link(tx, link(11)));
        assert_eq!(found, Some((new.id, Side::Second)));
        assert_eq!(look!(db.db, tx => introductions::find_link(tx, link(12))), None);
    }

    async fn a_connector_sees_own_pages_newest_first_and_by_state(db: TestDb) {
        let (ada, bob) = (saved_connector(&db.db, 1).await.id, saved_connector(&db.db, 2).await.id);
        for n in [14, 10, 18, 12, 16_u8] {
            let mut new = draft(if n == 14 { bob } else { ada }, n);
            new.round = i64::from(n > 12);
            new.state = if n > 12 { State::Asking } else { State::Draft };
            insert(&db.db, &new).await;
        }
        let of = |n| IntroductionId(uuid(n));
        let page = async |who: ConnectorId, state, before: Option<u8>, limit| {
            let found = look!(db.db, tx => introductions::page(tx, who, state, before.map(of), T0, limit));
            found.iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(page(ada, None, None, 3).await, [of(18), of(16), of(12)]);
        assert_eq!(page(ada, None, Some(12), 3).await, [of(10)]);
        assert_eq!(page(ada, Some(StateName::Draft), None, 3).await, [of(12), of(10)]);
        assert_eq!(page(ada, Some(StateName::Asking), Some(18), 3).await, [of(16)]);
        assert_eq!(page(ada, Some(StateName::Closed), None, 3).await, []);
        assert_eq!(page(bob, None, None, 3).await, [of(14)]);
    }

    async fn what_is_due_comes_longest_overdue_first(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        assert_eq!(look!(db.db, tx => due::next(tx)), None);
        for (n, due) in [(10, Some(30)), (12, Some(10)), (14, None), (16, Some(20)), (18, Some(31))] {
            let new = draft(ada, n);
            insert(&db.db, &new).await;
            let read = view(&db.db, new.id).await;
            save(&db.db, &read, due.map(|plus| T0 + Span(plus)), vec![]).await.unwrap();
        }
        let of = |n| IntroductionId(uuid(n));
        assert_eq!(look!(db.db, tx => due::next(tx)), Some(T0 + Span(10)));
        let due = look!(db.db, tx => due::by(tx, T0 + Span(30), 9));
        assert_eq!(due, [of(12), of(16), of(10)]);
        assert_eq!(look!(db.db, tx => due::by(tx, T0 + Span(30), 1)), [of(12)]);
        assert!(look!(db.db, tx => due::by(tx, T0 + Span(9), 9)).is_empty());
    }

    async fn only_a_draft_can_be_deleted(db: TestDb) {
        let ada = saved_connector(&db.db, 1).await.id;
        let (new, asked) = (draft(ada, 10), Introduction { state: State::Asking, ..draft(ada, 12) });
        insert(&db.db, &new).await;
        insert(&db.db, &asked).await;
        let (id, other) = (new.id, asked.id);
        unit!(db.db, tx => introductions::delete(tx, id)).unwrap();
        assert!(look!(db.db, tx => introductions::view(tx, id)).is_none());
        assert!(look!(db.db, tx => events::all(tx, id)).is_empty());
        assert_eq!(look!(db.db, tx => introductions::find_link(tx, link(10))), None, "the parties went too");
        let refused = unit!(db.db, tx => introductions::delete(tx, other));
        assert!(matches!(refused, Err(StoreError::Stale(_))));
        assert_eq!(look!(db.db, tx => events::all(tx, other)).len(), 1, "nothing of it was deleted");
    }

    async fn damaged_rows_are_errors_and_not_guesses(db: TestDb) {
        let new = draft(saved_connector(&db.db, 1).await.id, 10);
        insert(&db.db, &new).await;
        let id = new.id;
        unit!(db.db, tx => tx.q("UPDATE introduction SET state = 'agreed'").run()).unwrap();
        let read = introductions::view(&mut db.db.read().await.unwrap(), id).await.err().unwrap();
        assert!(matches!(read, StoreError::Data { column: "introduce_at", .. }), "{read}");
        unit!(db.db, tx => tx.q("UPDATE introduction SET state = 'later'").run()).unwrap();
        let read = introductions::view(&mut db.db.read().await.unwrap(), id).await.err().unwrap();
        assert!(matches!(read, StoreError::Data { column: "state", .. }), "{read}");
        unit!(db.db, tx => tx.q("DELETE FROM party WHERE side = 'second'").run()).unwrap();
        let read = introductions::view(&mut db.db.read().await.unwrap(), id).await.err().unwrap();
        assert!(matches!(read, StoreError::Data { column: "side", .. }), "{read}");
    }
}
