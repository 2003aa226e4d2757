//! Two worlds that differ only in a quiet answer: the connector's pages are the same, byte for byte, for as
//! long as the introduction does not leave in one of them.

use proptest::prelude::*;
use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::introduction::StateName;
use twoyes::domain::letter::LinkName::Answer;
use twoyes::flow::log;
use twoyes::ids::IntroductionId;

use crate::support::app::TestApp;

/// What one party does, or the connector, some time after the deed before.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Deed {
    Says(Side, &'static str),
    Withdraws,
    Nothing,
}

type History = Vec<(Span, Deed)>;

fn history() -> impl Strategy<Value = History> {
    let choice = prop_oneof![5 => Just("yes"), 1 => Just("no"), 1 => Just("not_now")];
    let side = prop_oneof![Just(Side::First), Just(Side::Second)];
    let deed = prop_oneof![
        8 => (side, choice).prop_map(|(side, choice)| Deed::Says(side, choice)),
        1 => Just(Deed::Withdraws),
        2 => Just(Deed::Nothing),
    ];
    let gap = prop_oneof![(1_i64..9).prop_map(Span::minutes), (1_i64..20).prop_map(Span::hours)];
    prop::collection::vec((gap, deed), 1..6)
}

/// One world: plays the history and writes down what the connector sees after every deed.
async fn world(history: &History, quiet: Option<(usize, Side, &str)>) -> Vec<String> {
    let app = TestApp::new().await;
    app.drafted().await;
    app.later(Span::seconds(1));
    let id = app.asked().await.id;
    // Not at the same moment: then only ids would order them.
    app.later(Span::seconds(1));
    let ids = [id, app.asked().await.id];
    let mut seen = Vec::new();
    for (nth, (gap, deed)) in history.iter().enumerate() {
        app.later(*gap);
        app.deliver().await;
        does(&app, id, *deed).await;
        // Long enough not to contradict an answer before.
        app.later(Span::seconds(20));
        app.deliver().await;
        if let Some((_, side, choice)) = quiet.filter(|(at, ..)| *at == nth) {
            let form = [("choice", choice), ("quiet", "yes"), ("until", "2026-03-20"), ("note", "hush")];
            says(&app, id, side, &form).await;
        }
        app.later(Span::seconds(1));
        seen.push(look(&app, id, &ids).await);
    }
    seen
}

async fn does(app: &TestApp, id: IntroductionId, deed: Deed) {
    match deed {
        Deed::Says(side, choice) => {
            says(app, id, side, &[("choice", choice), ("until", "2026-03-12")]).await;
        }
        Deed::Withdraws => drop(app.act(&format!("/introductions/{id}/withdraw"), &[]).await),
        Deed::Nothing => {}
    }
}

/// Answers when the page is open.
async fn says(app: &TestApp, id: IntroductionId, side: Side, form: &[(&str, &str)]) {
    let link = app.link(id, side, Answer).await;
    let page = app.get(&link).await;
    if page.status.as_u16() == 200 {
        let nonce = page.value("nonce");
        let mut all = vec![("nonce", nonce.as_str())];
        all.extend_from_slice(form);
        app.post(&link, &all).await;
    }
}

async fn look(app: &TestApp, id: IntroductionId, ids: &[IntroductionId]) -> String {
    let mut all = String::new();
    for path in ["/", "/?list=waiting", "/?list=needs"] {
        all.push_str(&app.see(path).await.is(200).body);
    }
    for state in [StateName::Asking, StateName::Agreed] {
        let found = log::page(app.cx(), &app.connector, Some(state), None, 10).await.unwrap();
        all.push_str(&[state.as_str(), &found.len().to_string()].join(": "));
    }
    all.push_str(&app.see(&format!("/introductions/{id}")).await.is(200).body);
    // Ids are drawn anew in each world.
    for (nth, id) in ids.iter().enumerate() {
        all = all.replace(&id.to_string(), &format!("id{nth}"));
    }
    let pieces: Vec<&str> = all.split("/introductions/").collect();
    pieces.iter().map(|piece| piece.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == '-')).collect()
}

/// How far both can be compared: once it left in one world, everybody knows.
fn comparable(plain: &[String], quiet: &[String]) -> usize {
    let left =
        |page: &String| page.contains("The introduction went to both") || page.contains("did not leave");
    plain.iter().zip(quiet).position(|(a, b)| left(a) || left(b)).unwrap_or(plain.len())
}

/// After the quiet answer that party does nothing more: another answer of theirs would be another difference.
fn without_later(history: &History, at: usize, side: Side) -> History {
    let later = |nth: usize, deed: Deed| nth > at && matches!(deed, Deed::Says(who, _) if who == side);
    let quiet = |(nth, (gap, deed)): (usize, &(Span, Deed))| {
        (*gap, if later(nth, *deed) { Deed::Nothing } else { *deed })
    };
    history.iter().enumerate().map(quiet).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_quiet_answer_moves_nothing_on_the_pages_of_the_connector(
        history in history(), at in 0_usize..6, first: bool, choice in prop_oneof![Just("no"), Just("not_now"), Just("never")]
    ) {
        let (at, side) = (at % history.len(), if first { Side::First } else { Side::Second });
        let history = without_later(&history, at, side);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (plain, quiet) = runtime.block_on(async {
            (world(&history, None).await, world(&history, Some((at, side, choice))).await)
        });
        let end = comparable(&plain, &quiet);
        for nth in 0..end {
            prop_assert_eq!(&plain[nth], &quiet[nth], "after {}", nth);
        }
    }
}

/// The case that used to show: yes, yes, and one of them taken back quietly.
#[tokio::test]
async fn a_yes_taken_back_quietly_does_not_show_before_the_told_moment() {
    let yes = |side, gap| (gap, Deed::Says(side, "yes"));
    let history = vec![
        yes(Side::First, Span::hours(1)),
        yes(Side::Second, Span::hours(1)),
        (Span::minutes(5), Deed::Nothing),
        (Span::minutes(10), Deed::Nothing),
    ];
    let plain = world(&history, None).await;
    let mut after = Vec::new();
    for side in [Side::First, Side::Second] {
        let quiet = world(&history, Some((1, side, "no"))).await;
        assert_eq!(plain[..3], quiet[..3]);
        assert!(plain[2].contains("Both said yes") && plain[3].contains("The introduction went to both"));
        assert!(quiet[3].contains("It did not leave: one of them took the yes back"));
        after.push(quiet[3].clone());
    }
    assert_eq!(after[0], after[1], "and then nobody says which of them");
}
