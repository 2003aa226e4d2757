//! The judge is judged: histories with one forgery each, and it has to name every one.

use std::collections::HashMap;

use crate::support::ledger::{Ack, Blow, Case, Copy, Ledger, Never, Row};

/// A change to a good history, and what the judge has to say about it.
type Forgery = (fn(&mut Ledger), &'static str);

/// One introduction that went well, as a ledger.
fn good_ledger() -> Ledger {
    let id = || "i1".to_owned();
    let answered = |side| Ack::Answered { id: id(), side, choice: "yes" };
    let row = |side: &str| Row {
        message_id: "m1@x".into(),
        kind: "introduction".into(),
        introduction: Some(id()),
        recipient: format!("{side}@example.org"),
        state: "sent".into(),
        unknowns: 0,
        unknown_attempts: 0,
    };
    let copy = |side: &str| Copy {
        message_id: "m1@x".into(),
        recipient: format!("{side}@example.org"),
        bytes: b"Hello".to_vec(),
    };
    let sides = ["first", "second"];
    let case = Case {
        state: "introduced".into(),
        asked: true,
        introduced: 1,
        yeses: sides.map(str::to_owned).to_vec(),
        choices: sides.map(|side| (side.to_owned(), "yes".to_owned())).into(),
        told: sides.map(|side| (side.to_owned(), "yes".to_owned())).into(),
        addresses: sides.map(|side| format!("{side}@example.org")).to_vec(),
    };
    let ask = Row { message_id: "a1@x".into(), kind: "ask_first".into(), ..row("first") };
    let rows = [ask].into_iter().chain(sides.map(row)).collect();
    Ledger {
        acks: vec![Ack::Drafted { id: id() }, Ack::Asked { id: id() }, answered("first"), answered("second")],
        copies: sides.map(copy).to_vec(),
        rows,
        cases: HashMap::from([(id(), case)]),
        ..Ledger::default()
    }
}

/// What the judge says after this forgery.
fn verdict(forge: impl FnOnce(&mut Ledger)) -> String {
    let mut ledger = good_ledger();
    forge(&mut ledger);
    ledger.faults().join("\n")
}

fn case(ledger: &mut Ledger) -> &mut Case {
    ledger.cases.get_mut("i1").unwrap()
}

#[test]
fn the_judge_finds_nothing_in_a_good_run() {
    assert_eq!(verdict(|_| {}), "");
    let unknown = |ledger: &mut Ledger| {
        ledger.copies.push(ledger.copies[0].clone());
        (ledger.rows[1].unknowns, ledger.rows[1].unknown_attempts) = (1, 1);
    };
    assert_eq!(verdict(unknown), "", "a second copy of what was unknown is right");
}

#[test]
fn the_judge_finds_a_forged_duplicate() {
    assert!(verdict(|ledger| ledger.copies.push(ledger.copies[0].clone())).contains("arrived 2 times"));
    let other_id = |ledger: &mut Ledger| {
        let mut copy = ledger.copies[0].clone();
        copy.message_id = "m2@x".into();
        ledger.copies.push(copy);
    };
    assert!(verdict(other_id).contains("m2@x left without a record"));
    let other_bytes = |ledger: &mut Ledger| {
        ledger.copies.push(Copy { bytes: b"Hello!".to_vec(), ..ledger.copies[0].clone() });
        (ledger.rows[1].unknowns, ledger.rows[1].unknown_attempts) = (1, 1);
    };
    assert!(verdict(other_bytes).contains("copies that differ"));
    let second_message = |ledger: &mut Ledger| {
        ledger.rows.push(Row { message_id: "m2@x".into(), ..ledger.rows[1].clone() });
        ledger.copies.push(Copy { message_id: "m2@x".into(), ..ledger.copies[0].clone() });
    };
    assert!(verdict(second_message).contains("2 introduction mails to one party"));
    assert!(verdict(|ledger| case(ledger).introduced = 2).contains("introduced 2 times"));
}

#[test]
fn the_judge_finds_what_was_lost() {
    let answer = verdict(|ledger| drop(case(ledger).choices.remove("second")));
    assert!(answer.contains("second said yes, and None stands"), "{answer}");
    let changed = |ledger: &mut Ledger| drop(case(ledger).choices.insert("first".into(), "no".into()));
    assert!(verdict(changed).contains("first said yes"));
    assert!(verdict(|ledger| ledger.cases.clear()).contains("i1 was acknowledged and is not there"));
    assert!(verdict(|ledger| case(ledger).asked = false).contains("the ask was lost"));
    assert!(verdict(|ledger| drop(ledger.copies.pop())).contains("0 introduction mails to one party"));
    assert!(verdict(|ledger| case(ledger).introduced = 0).contains("two yeses and was not introduced"));
    assert!(verdict(|ledger| ledger.rows[1].state = "transmitting".into()).contains("is still transmitting"));
}

#[test]
fn the_judge_finds_an_introduction_with_one_yes() {
    let said = verdict(|ledger| drop(case(ledger).yeses.pop()));
    assert!(said.contains("introduced with the yeses of [\"first\"]"), "{said}");
    assert!(said.contains("introduced people without two yeses"), "{said}");
    let only_mailed = verdict(|ledger| {
        let case = case(ledger);
        (case.introduced, case.state) = (0, "asking".into());
        case.yeses.clear();
        ledger.acks.pop();
    });
    assert!(only_mailed.contains("introduced people without two yeses"), "{only_mailed}");
}

#[test]
fn the_judge_finds_what_is_there_by_half() {
    let halves: [Forgery; 5] = [
        (|ledger| drop(case(ledger).told.remove("first")), "half an answer"),
        (|ledger| drop(case(ledger).choices.remove("second")), "half an answer"),
        (|ledger| drop(ledger.rows.pop()), "half an introduction"),
        (|ledger| drop(ledger.rows.remove(0)), "half an ask"),
        (|ledger| case(ledger).state = "draft".into(), "half an ask"),
    ];
    all_found(&halves);
}

#[test]
fn the_judge_finds_mail_after_never_secrets_in_logs_and_a_service_that_stayed_away() {
    fn never(ledger: &mut Ledger, after: usize) {
        ledger.nevers.push(Never { address: "first@example.org".into(), after });
        let again = ledger.copies[0].clone();
        ledger.copies.push(again);
        (ledger.rows[1].unknowns, ledger.rows[1].unknown_attempts) = (1, 1);
    }
    let forgeries: [Forgery; 3] = [
        (|ledger| never(ledger, 0), "said never and got 2 mails after it"),
        (
            |ledger| {
                ledger.secrets.push("0123456789abcdef".into());
                ledger.log = "GET /c/0123456789abcdef".into();
            },
            "is in a log",
        ),
        (
            |ledger| ledger.blows.push(Blow { what: "kill -9".into(), survived: false }),
            "did not come back after: kill -9",
        ),
    ];
    all_found(&forgeries);
    assert_eq!(verdict(|ledger| never(ledger, 2)), "", "what was under way when it was said is right");
    let survived = |ledger: &mut Ledger| ledger.blows.push(Blow { what: "kill -9".into(), survived: true });
    assert_eq!(verdict(survived), "");
}

#[test]
fn the_judge_finds_what_was_lost_changed_or_sent_again() {
    let forgeries: [Forgery; 11] = [
        (|ledger| ledger.cases.clear(), "is not there"),
        (|ledger| drop(case(ledger).choices.insert("first".into(), "no".into())), "first said yes"),
        (|ledger| case(ledger).introduced = 2, "introduced 2 times"),
        (|ledger| case(ledger).introduced = 0, "was not introduced"),
        (|ledger| drop(case(ledger).yeses.pop()), "without two yeses"),
        (|ledger| ledger.copies.push(ledger.copies[0].clone()), "arrived 2 times"),
        (|ledger| ledger.copies[0].message_id.push('z'), "left without a record"),
        (|ledger| drop(ledger.copies.pop()), "0 introduction mails to one party"),
        (|ledger| ledger.rows[1].state = "leased".into(), "is still leased"),
        (|ledger| ledger.rows[1].unknowns = 1, "its attempts say 0"),
        (|ledger| case(ledger).asked = false, "the ask was lost"),
    ];
    all_found(&forgeries);
}

fn all_found(forgeries: &[Forgery]) {
    for (forge, word) in forgeries {
        let said = verdict(*forge);
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    println!("figure: fault: {} forged histories, all of them named by the judge", forgeries.len());
}
