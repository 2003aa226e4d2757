//! While others are written, words are made before a unit has its turn. They must be those of the turn.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;
use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::introduction::Introduction;
use twoyes::domain::letter::LinkName;
use twoyes::flow::answer::{self, AnswerError, RawReply};
use twoyes::flow::{Cx, ask, introduce};
use twoyes::mail::Decoded;
use twoyes::store::StoreError;

use crate::support::app::TestApp;

/// Enough for what is made ahead to be made.
const SOON: Duration = Duration::from_millis(300);

/// Does this while the writer is busy and `sql` waits behind it: `work` begins before that is done and ends after it.
async fn behind<T>(cx: &Cx, sql: &'static str, work: impl Future<Output = T> + Send + 'static) -> T
where
    T: Send + 'static,
{
    let (begun, gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (tell, wait, busy) = (Arc::clone(&begun), Arc::clone(&gate), cx.clone());
    let busy = tokio::spawn(async move {
        let unit = busy.db.write(move |_| {
            let (tell, wait) = (Arc::clone(&tell), Arc::clone(&wait));
            Box::pin(async move {
                tell.add_permits(1);
                drop(wait.acquire().await);
                Ok::<_, StoreError>(())
            })
        });
        unit.await
    });
    drop(begun.acquire().await.unwrap());
    let changed = cx.clone();
    let changed = tokio::spawn(async move {
        changed.db.write(move |tx| Box::pin(async move { tx.q(sql).run().await })).await
    });
    while !cx.db.is_waited_for() {
        tokio::task::yield_now().await;
    }
    let work = tokio::spawn(work);
    tokio::time::sleep(SOON).await;
    assert!(!work.is_finished(), "it waits for its turn");
    gate.add_permits(1);
    busy.await.unwrap().unwrap();
    changed.await.unwrap().unwrap();
    work.await.unwrap()
}

const NOTHING: &str = "UPDATE connector SET seen_at = seen_at";
const RENAMED: &str = "UPDATE connector SET name = 'Augusta King'";
/// As whoever changes one does: it counts the version up.
const CHANGED: &str = "UPDATE introduction SET version = version + 1, step = 'A walk along the river.'";
const NAMED_AGAIN: &str = "UPDATE connector SET name = 'Ada Lovelace'";

/// Opens the page of this side, then says yes on it.
async fn yes<T: Send + 'static>(
    app: &TestApp,
    of: &Introduction,
    side: Side,
    give: impl AsyncFnOnce(&Cx, Answering) -> T,
) -> T {
    let link = app.link(of.id, side, LinkName::Answer).await;
    let token = link.trim_start_matches("/c/").to_owned();
    let nonce = answer::open(app.cx(), &token).await.unwrap().nonce;
    let reply = RawReply { choice: "yes".into(), nonce, ..RawReply::default() };
    let cx = app.cx().clone();
    let giving = async move { answer::give(&cx, &token, &reply).await.map(drop) };
    give(app.cx(), Box::pin(giving)).await
}

type Answering = BoxFuture<'static, Result<(), AnswerError>>;

/// Draft to introduction, and every mail of it; each step while the writer is busy, or not.
async fn told(app: &TestApp, busy: bool) -> Vec<String> {
    let cx = app.cx().clone();
    let draft = app.drafted().await;
    let (asking, who) = (cx.clone(), app.connector.clone());
    let asked = turn(&cx, busy, async move { ask::ask(&asking, &who, draft.id).await.unwrap() }).await;
    let mut mails = app.deliver().await;
    for side in [Side::First, Side::Second] {
        yes(app, &asked, side, async |cx, give| turn(cx, busy, give).await).await.unwrap();
        mails.extend(app.deliver().await);
        app.later(Span::minutes(11));
        if side == Side::First {
            mails.extend(app.deliver().await);
        }
    }
    let (ticking, id) = (cx.clone(), asked.id);
    let tick = async move { introduce::tick(&ticking, id, ticking.now()).await.unwrap() };
    turn(&cx, busy, tick).await;
    mails.extend(app.deliver().await);
    let words = |mail: Decoded| format!("{}\n{}\n{}", mail.subject, mail.text, mail.html.unwrap_or_default());
    let mut mails: Vec<String> = mails.into_iter().map(|mail| without_links(&words(mail))).collect();
    // Those that leave at the same time leave in any order.
    mails.sort_unstable();
    mails
}

/// Links are of one introduction alone.
fn without_links(text: &str) -> String {
    let mut pieces = text.split("http://127.0.0.1:8080/");
    let mut rest = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end =
            piece.find(|c: char| !c.is_ascii_alphanumeric() && !"/-".contains(c)).unwrap_or(piece.len());
        rest.push_str(&piece[end..]);
    }
    rest
}

async fn turn<T: Send + 'static>(cx: &Cx, busy: bool, work: impl Future<Output = T> + Send + 'static) -> T {
    if busy { behind(cx, NOTHING, work).await } else { work.await }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_writer_and_an_idle_one_send_the_same_mails() {
    let (calm, busy) = (TestApp::new().await, TestApp::new().await);
    let (calm, busy) = (Box::pin(told(&calm, false)).await, Box::pin(told(&busy, true)).await);
    assert_eq!(calm.len(), 7, "two asks, two receipts, the introduction to both, and the connector's copy");
    assert_eq!(calm, busy);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_before_the_turn_is_what_counts() {
    let app = TestApp::new().await;
    let asked = app.asked().await;
    app.deliver().await;
    let given = yes(&app, &asked, Side::First, async |cx, give| behind(cx, RENAMED, give).await).await;
    assert!(matches!(given, Err(AnswerError::StaleForm)), "other words than those that were read: {given:?}");

    let given = yes(&app, &asked, Side::First, async |cx, give| behind(cx, NAMED_AGAIN, give).await).await;
    assert!(matches!(given, Err(AnswerError::StaleForm)), "{given:?}");
    let cx = app.cx().clone();
    yes(&app, &asked, Side::First, async |_, give| give.await).await.unwrap();
    app.later(Span::minutes(11));
    app.deliver().await;
    yes(&app, &asked, Side::Second, async |_, give| give.await).await.unwrap();
    app.deliver().await;
    app.later(Span::minutes(11));
    let ticking = cx.clone();
    let tick = async move { introduce::tick(&ticking, asked.id, ticking.now()).await.unwrap() };
    behind(&cx, RENAMED, tick).await;
    let copy = app.deliver().await;
    assert!(copy.iter().all(|mail| !mail.text.contains("Lovelace via")), "no mail in the old name");
    assert!(copy.iter().any(|mail| mail.text.contains("Augusta King")), "{}", copy[0].text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_introduction_that_changes_before_the_turn_is_read_again() {
    let app = TestApp::new().await;
    let cx = app.cx().clone();
    let draft = app.drafted().await;
    let (asking, who) = (cx.clone(), app.connector.clone());
    let ask = async move { ask::ask(&asking, &who, draft.id).await.unwrap() };
    let asked = behind(&cx, CHANGED, ask).await;
    assert_eq!(asked.terms.step, "A walk along the river.");
    let mails = app.deliver().await;
    assert!(mails.iter().all(|mail| mail.text.contains("A walk along the river.")), "{}", mails[0].text);

    let again = "UPDATE introduction SET version = version + 1, step = 'A call on Monday.'";
    let given = yes(&app, &asked, Side::First, async |cx, give| behind(cx, again, give).await).await;
    assert!(matches!(given, Err(AnswerError::StaleForm)), "other words than those that were read: {given:?}");

    let gone = "DELETE FROM introduction";
    let given = yes(&app, &asked, Side::First, async |cx, give| behind(cx, gone, give).await).await;
    assert!(matches!(given, Err(AnswerError::Link(_))), "{given:?}");
}
