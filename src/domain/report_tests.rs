use super::*;

fn fate(action: Action, status: &str, code: Option<u16>) -> Fate {
    Fate { action, status: Status::parse(status), code, words: "said".into() }
}

fn meaning(fates: &[Fate]) -> &'static str {
    match Content::Status(fates.to_vec()).meaning() {
        Meaning::Unreachable(_) => "unreachable",
        Meaning::Undelivered(_) => "undelivered",
        Meaning::Unwanted => "unwanted",
        Meaning::Nothing(_) => "nothing",
    }
}

#[test]
fn only_a_failure_for_good_that_is_about_the_address_makes_it_unreachable() {
    use Action::{Arrived, Delayed, Failed, Unclear};
    for (action, status, code, expected) in [
        (Failed, "5.1.1", None, "unreachable"),
        (Failed, "5.1.1", Some(550), "unreachable"),
        (Failed, "5.0.0", Some(550), "unreachable"),
        (Failed, "", Some(550), "unreachable"),
        (Failed, "5.0.0", Some(554), "undelivered"),
        (Failed, "5.0.0", None, "undelivered"),
        (Failed, "", None, "undelivered"),
        (Failed, "5.2.2", Some(552), "undelivered"),
        (Failed, "5.7.1", Some(550), "undelivered"),
        (Failed, "4.4.1", None, "undelivered"),
        (Failed, "4.4.1", Some(550), "undelivered"),
        (Failed, "2.0.0", None, "nothing"),
        (Delayed, "4.4.1", None, "nothing"),
        (Delayed, "5.1.1", Some(550), "nothing"),
        (Arrived, "2.1.5", None, "nothing"),
        (Arrived, "5.1.1", Some(550), "nothing"),
        (Unclear, "5.1.1", Some(550), "nothing"),
    ] {
        assert_eq!(meaning(&[fate(action, status, code)]), expected, "{action:?} {status} {code:?}");
    }
    assert_eq!(meaning(&[]), "nothing");
}

#[test]
fn an_alias_that_reaches_one_of_several_works() {
    let gone = fate(Action::Failed, "5.1.1", None);
    assert_eq!(meaning(&[gone.clone(), fate(Action::Arrived, "2.0.0", None)]), "nothing");
    assert_eq!(meaning(&[gone.clone(), fate(Action::Delayed, "4.0.0", None)]), "nothing");
    assert_eq!(meaning(&[fate(Action::Failed, "5.2.2", None), gone]), "unreachable");
}

#[test]
fn a_mail_that_never_left_or_left_long_ago_does_not_bounce() {
    let meaning = Content::Status(vec![fate(Action::Failed, "5.1.1", None)]).meaning();
    let mail =
        Carried { kind: MessageKind::AskFirst, state: DeliveryState::Sent, attempts: 1, created_at: Ts(0) };
    let both = Changes { delivery: true, party: true };
    assert_eq!(bounced(&meaning, &mail, Ts(0) + BOUNCES_FOR), both);
    assert_eq!(bounced(&meaning, &mail, Ts(1) + BOUNCES_FOR), Changes::default());
    assert_eq!(bounced(&meaning, &Carried { attempts: 0, ..mail }, Ts(0)), Changes::default());
    for kind in [MessageKind::Receipt, MessageKind::ClosingNote] {
        let changes = bounced(&meaning, &Carried { kind, ..mail }, Ts(0));
        assert_eq!(changes, Changes { delivery: true, party: false }, "{kind:?}");
    }
    assert_eq!(bounced(&Meaning::Unwanted, &mail, Ts(0)), Changes::default());
}
