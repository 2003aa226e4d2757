//! Every code that the program can utter has its sentence, and every file its use.

use super::super::mails::MAILS;
use super::*;
use crate::domain::asking::{Order, Purpose, Side};
use crate::domain::introduction::StateName;
use crate::domain::outcome::Outcome;
use crate::domain::{answer, event, message};

fn known(keys: impl IntoIterator<Item = String>) {
    let views = views();
    for key in keys {
        assert!(views.has_word(FALLBACK, &key), "no word {key}");
    }
}

#[test]
fn states_purposes_orders_answers_and_outcomes_have_words() {
    known(StateName::ALL.iter().map(|state| format!("state-{}", state.as_str())));
    known(Purpose::ALL.iter().map(|purpose| format!("purpose-{}", purpose.as_str())));
    known(Purpose::ALL.iter().map(|purpose| format!("purpose-{}-hint", purpose.as_str())));
    known(Order::ALL.iter().map(|order| format!("order-{}", order.as_str())));
    known(answer::Choice::ALL.iter().map(|choice| format!("answer-{}", choice.as_str())));
    known(Outcome::ALL.iter().map(|outcome| format!("outcome-{}", outcome.as_str())));
    known(Side::ALL.iter().map(|side| format!("who-{}", side.as_str())));
}

#[test]
fn every_event_has_a_sentence() {
    use crate::clock::Ts;
    use event::What;
    let answered = answer::Choice::ALL.iter().map(|choice| format!("answered-{}", choice.as_str()));
    let all = [
        What::Drafted,
        What::Edited,
        What::Asked { round: 1 },
        What::Unasked,
        What::Answered(answer::Answer::Yes),
        What::Contested,
        What::Agreed { introduce_at: Ts(0) },
        What::Reopened,
        What::Reminded,
        What::Introduced,
        What::Withdrawn,
        What::Closed,
        What::CheckedIn { days: 7 },
        What::OutcomeRecorded(Outcome::Met),
        What::OutcomeContested,
        What::Undeliverable,
        What::BlurbEdited,
    ];
    known(
        all.iter().map(|what| what.as_str().to_owned()).chain(answered).map(|word| format!("event-{word}")),
    );
}

#[test]
fn every_kind_of_mail_has_a_template() {
    // A copy is a rendered preview; it has no words of its own.
    for kind in message::MessageKind::ALL.iter().filter(|kind| **kind != message::MessageKind::CopyFirst) {
        let name = if kind.as_str() == "test" { "test_mail" } else { kind.as_str() };
        assert!(MAILS.iter().any(|entry| entry.kind == name), "{name}");
    }
}

#[test]
fn every_file_is_used_by_a_template_or_included_by_one() {
    let sources = &sources::gather(None).unwrap()[FALLBACK].files;
    let mut used: Vec<String> = vec![sources::WORDS.into()];
    for entry in MAILS {
        for file in (entry.files)() {
            used.extend(["subject", "txt", "html"].map(|suffix| format!("{file}.{suffix}")));
        }
    }
    used.extend(pages::all().map(|page| format!("pages/{}.html", page.file)));
    for name in sources.keys() {
        let quoted = format!("\"{name}\"");
        let included = sources.values().any(|source| source.text.contains(&quoted));
        assert!(included || used.contains(name), "{name} is used by nothing");
    }
}

#[test]
fn words_take_their_values_without_invisible_marks() {
    let views = views();
    let args = [("field", Arg::from("The name")), ("max", Arg::from(80)), ("len", Arg::from(1200))];
    let said = views.words("en", "problem-too-long", &args);
    assert_eq!(said, "The name may have at most 80 characters; it has 1200.");
    assert_eq!(
        views.words("en", "error-invalid-text", &[("count", Arg::from(1))]),
        "One thing needs to be put right."
    );
    assert_eq!(
        views.words("en", "error-invalid-text", &[("count", Arg::from(3))]),
        "3 things need to be put right."
    );
    assert_eq!(views.words("en", "no-such-word", &[]), "no-such-word");
}

#[test]
fn dates_are_told_in_the_readers_time_zone() {
    let views = views();
    let mut mail = mails::Reminder::samples().remove(0);
    // 3 March 2026, 23:30 UTC: the next day in Berlin, the same day in New York.
    mail.deadline = crate::clock::Ts(1_772_580_600_000_000);
    mail.time_zone = "Europe/Berlin".into();
    assert!(views.mail("en", &mail).unwrap().subject.contains("Wednesday 4 March 2026"));
    mail.time_zone = "America/New_York".into();
    assert!(views.mail("en", &mail).unwrap().subject.contains("Tuesday 3 March 2026"));
    mail.time_zone = "Mars/Olympus".into();
    assert!(views.mail("en", &mail).unwrap_err().sentence.contains("Mars/Olympus"));
}

#[test]
fn roles_scopes_browsers_and_what_forms_did_have_words() {
    use crate::domain::connector::{Role, Scope};
    use crate::domain::device::{Browser, System};
    use pages::{ConnectorSaid, SettingsSaid};
    known(Role::ALL.iter().flat_map(|role| {
        let role = role.as_str();
        [format!("role-{role}"), format!("role-{role}-hint")]
    }));
    known(Scope::ALL.iter().flat_map(|scope| {
        let scope = scope.as_str();
        [format!("scope-{scope}"), format!("scope-{scope}-hint")]
    }));
    known(Browser::ALL.iter().map(|browser| format!("browser-{}", browser.as_str())));
    known(System::ALL.iter().map(|system| format!("system-{}", system.as_str())));
    known(SettingsSaid::ALL.iter().map(|said| format!("settings-said-{}", said.as_str())));
    known(ConnectorSaid::ALL.iter().map(|said| format!("connectors-said-{}", said.as_str())));
    let mails = message::MessageKind::ALL.iter().map(|kind| format!("mail-{}", kind.as_str()));
    known(mails);
}
