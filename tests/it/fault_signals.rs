//! Processes that are stopped: for good at every stage of a mail, or for longer than their leases.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::db::{Engine, database, drop_database, has_postgres};
use crate::support::driver::Plan;
use crate::support::ledger::Ledger;
use crate::support::process::Running;
use crate::support::siege::{Siege, besieged};
use crate::support::smtp_sink::{Act, At, SmtpSink};

const STAGES: [At; 5] = [At::Greeting, At::Mail, At::Rcpt, At::Data, At::Dot];
const SHORT: Duration = Duration::from_millis(600);

/// The friendly reply of a stage, after a while.
fn slow(at: At, wait: Duration) -> Act {
    let reply = match at {
        At::Greeting => "220 sink ESMTP",
        At::Data => "354 go",
        At::Ehlo | At::StartTls | At::Auth | At::Mail | At::Rcpt | At::Body | At::Dot | At::Rset => {
            "250 2.0.0 ok"
        }
    };
    Act::Slow(wait, reply.into())
}

/// Waits until a mail has come to this stage.
async fn reached(sink: &SmtpSink, at: At) {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let has = |verb: &str| sink.commands().iter().any(|line| line.to_uppercase().starts_with(verb));
        let there = match at {
            At::Greeting => sink.connections() > 0,
            At::Mail => has("MAIL"),
            At::Rcpt => has("RCPT"),
            At::Data => has("DATA"),
            At::Dot => !sink.taken().is_empty(),
            At::Ehlo | At::StartTls | At::Auth | At::Body | At::Rset => has("EHLO"),
        };
        if there {
            return;
        }
        assert!(Instant::now() < until, "no mail comes to {at:?}");
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

async fn siege(engine: Engine, sink: &Arc<SmtpSink>) -> (Siege, Running) {
    let mut instance = besieged(sink.port());
    let mut url = format!("sqlite:{}", instance.path("twoyes.db").display());
    if engine == Engine::Postgres {
        url = database(None).await;
        instance.set("database.url", &url);
    }
    let token = instance.admin("lena@connect.example").await;
    let running = instance.serve().await;
    (Siege::new(instance, &url, &token, Arc::clone(sink), Duration::from_mins(2)), running)
}

fn judge(ledger: &Ledger, at: At) {
    let faults = ledger.faults();
    assert!(faults.is_empty(), "{at:?}: {faults:#?}");
    assert_eq!(ledger.figures().introduction_deliveries, 2, "{at:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_at_each_stage_of_a_mail_ends_well_and_sends_nothing_twice() {
    let plan = Plan { together: false, ..Plan::all_yes(0) };
    for at in STAGES {
        let sink = Arc::new(SmtpSink::start().await);
        sink.once(at, slow(at, SHORT));
        let (mut siege, mut running) = siege(Engine::Sqlite, &sink).await;
        siege.driver.draft_and_ask(plan).await;
        reached(&sink, at).await;
        let took = running.stop(Duration::from_secs(20)).await;
        siege.struck(format!("SIGTERM at {at:?}"));
        let found = siege.under_way().await;
        assert!(found.keys().all(|state| state == "queued"), "{at:?}: leases are given back: {found:?}");
        let running = siege.instance.serve().await;
        let carried = siege.carry(vec![plan], 1);
        let ledger = siege.calm(running, carried).await;
        judge(&ledger, at);
        assert_eq!(ledger.figures().repeated, 0, "{at:?}");
        println!("SIGTERM at {at:?}: exit 0 after {took:?}");
    }
    println!(
        "figure: fault: SIGTERM at {} stages of a mail: exit 0, no lease kept, no copy twice",
        STAGES.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_and_then_sigkill_repeats_only_what_is_recorded_as_unknown() {
    let plan = Plan { together: false, ..Plan::all_yes(0) };
    for at in STAGES {
        let sink = Arc::new(SmtpSink::start().await);
        sink.once(at, slow(at, Duration::from_secs(10)));
        let (mut siege, mut running) = siege(Engine::Sqlite, &sink).await;
        siege.driver.draft_and_ask(plan).await;
        reached(&sink, at).await;
        running.signal("TERM");
        assert!(running.end(Duration::from_millis(300)).await.is_none(), "{at:?}: the mail is waited for");
        running.kill();
        siege.struck(format!("SIGTERM and SIGKILL at {at:?}"));
        let running = siege.instance.serve().await;
        let carried = siege.carry(vec![plan], 1);
        let ledger = siege.calm(running, carried).await;
        judge(&ledger, at);
        let repeated = ledger.figures().repeated;
        assert_eq!(repeated, usize::from(at == At::Dot), "{at:?}: a copy is only there after the final dot");
    }
}

/// A process that sleeps past its lease, at each stage, while another one takes the mail over; then it wakes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_stopped_for_longer_than_its_lease_writes_nothing_and_makes_no_third_copy() {
    if !has_postgres() {
        return;
    }
    let plan = Plan { together: false, ..Plan::all_yes(0) };
    for at in STAGES {
        let sink = Arc::new(SmtpSink::start().await);
        sink.once(at, slow(at, Duration::from_secs(1)));
        let (first, mut sleeper) = siege(Engine::Postgres, &sink).await;
        first.driver.draft_and_ask(plan).await;
        reached(&sink, at).await;
        sleeper.signal("STOP");
        let mut other = first.instance.sibling();
        std::fs::copy(first.instance.path("twoyes.keys"), other.path("twoyes.keys")).unwrap();
        let keys = other.path("twoyes.keys").display().to_string();
        other.set("keys.file", &keys);
        first.let_leases_end().await;
        let running = other.serve().await;
        let token = first.driver.token.clone();
        let mut second = Siege::new(other, &first.url, &token, Arc::clone(&sink), Duration::from_mins(2));
        let carried = second.carry(vec![plan], 1);
        // The other one asks in its place; and then it wakes, with its lease in its hand.
        let copies = || {
            second
                .driver
                .postbox
                .of(&plan.address("first"))
                .into_iter()
                .filter(|mail| mail.answer.is_some())
                .count()
        };
        // What is taken over after the final dot is the second copy.
        while copies() < 1 + usize::from(at == At::Dot) {
            second.let_time_pass().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        sleeper.signal("CONT");
        second.struck(format!("SIGSTOP at {at:?}"));
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let ledger = second.calm(running, carried).await;
        sleeper.stop(Duration::from_secs(20)).await;
        judge(&ledger, at);
        let asks = ledger.copies.iter().filter(|copy| copy.recipient == plan.address("first")).count();
        let figures = ledger.figures();
        println!(
            "SIGSTOP at {at:?}: {asks} mails to the first, {} repeated, {} unknown",
            figures.repeated, figures.unknown
        );
        // It had marked the mail as on its way before it slept: then two copies are right, and recorded.
        assert!(figures.repeated <= usize::from(matches!(at, At::Data | At::Dot)), "{at:?}: {figures:?}");
        drop_database(&first.url).await;
    }
    println!(
        "figure: fault: SIGSTOP past the lease at {} stages: the fence held, no third copy",
        STAGES.len()
    );
}
