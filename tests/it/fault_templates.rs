//! A mail is rendered once: a new template does not reach a mail that was queued before it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::driver::Plan;
use crate::support::siege::{Siege, besieged};
use crate::support::smtp_sink::{Act, At, SmtpSink, Taken};

const TEMPLATE: &str = "en/mail/job_search/ask_first.txt";
const NEW: &str = "A sentence of the new template.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_changed_between_two_attempts_changes_no_byte() {
    let sink = Arc::new(SmtpSink::start().await);
    sink.once(At::Dot, Act::Close);
    let instance = besieged(sink.port());
    let token = instance.admin("lena@connect.example").await;
    let url = format!("sqlite:{}", instance.path("twoyes.db").display());
    let mut running = instance.serve().await;
    let before = Siege::new(instance, &url, &token, Arc::clone(&sink), Duration::from_mins(1));
    let plan = |nth| Plan { together: false, ..Plan::all_yes(nth) };
    before.driver.draft_and_ask(plan(0)).await;
    asks(&sink, &plan(0), 1).await;
    running.stop(Duration::from_secs(20)).await;

    let Siege { mut instance, .. } = before;
    let own = instance.path("own");
    let file = own.join(TEMPLATE);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let old = std::fs::read_to_string(format!("templates/{TEMPLATE}")).unwrap();
    std::fs::write(file, format!("{old}\n{NEW}\n")).unwrap();
    instance.set("templates.override_dir", &own.display().to_string());
    let _running = instance.serve().await;
    let after = Siege::new(instance, &url, &token, Arc::clone(&sink), Duration::from_mins(1));
    after.let_time_pass().await;
    let copies = asks(&sink, &plan(0), 2).await;
    assert_eq!(copies[0].data, copies[1].data, "byte for byte");
    after.driver.draft_and_ask(plan(1)).await;
    let fresh = asks(&sink, &plan(1), 1).await;
    assert!(twoyes::mail::decode(&fresh[0].data).text.contains(NEW), "the new template is in use");
    assert!(!twoyes::mail::decode(&copies[1].data).text.contains(NEW));
}

/// The mails to the first party, once there are so many.
async fn asks(sink: &SmtpSink, plan: &Plan, many: usize) -> Vec<Taken> {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let found: Vec<Taken> =
            sink.taken().into_iter().filter(|mail| mail.rcpt == plan.address("first")).collect();
        if found.len() >= many {
            return found;
        }
        assert!(Instant::now() < until, "{} of {many} mails came", found.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
