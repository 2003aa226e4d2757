//! Every mail, whole and decoded, as a snapshot: the same bytes on both databases.

use serde_json::json;
use twoyes::clock::Span;

use crate::support::db::both;
use crate::support::world::{ADA, GRACE, Mail, World, only};

fn show(mail: &Mail) -> String {
    let names = |list: &[twoyes::mail::Mailbox]| {
        let one = |mailbox: &twoyes::mail::Mailbox| match &mailbox.name {
            Some(name) => format!("{name} <{}>", mailbox.address),
            None => mailbox.address.clone(),
        };
        list.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let m = &mail.decoded;
    format!(
        "Delivered-To: {}\nFrom: {}\nTo: {}\nReply-To: {}\nDate: {}\nMessage-ID: {}\nList-Unsubscribe: {}\n\
         Subject: {}\n\n{}\n--- html\n{}",
        mail.to,
        m.from.iter().map(|f| names(std::slice::from_ref(f))).collect::<Vec<_>>().join(", "),
        names(&m.to),
        names(&m.reply_to),
        m.date,
        m.message_id,
        m.list_unsubscribe.clone().unwrap_or_default(),
        m.subject,
        m.text,
        m.html.clone().unwrap_or_default()
    )
}

fn snapshot(name: &str, mails: &[Mail]) {
    let all = mails.iter().map(show).collect::<Vec<_>>().join("\n================\n");
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::assert_snapshot!(name, all);
    });
}

both! {
    async fn a_whole_introduction(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let asked = world.ask(&id).await;
        snapshot("story_1_ask_first", &asked);
        let after = world.first_yes(&only(&asked, ADA).answer_link()).await;
        snapshot("story_2_receipt_and_ask_second", &after);
        let receipt = world.yes(&only(&after, GRACE).answer_link()).await;
        snapshot("story_3_receipt_second", &receipt);
        snapshot("story_4_introduction_and_copy", &world.pass(Span::minutes(10)).await);
        snapshot("story_5_check_in_7", &world.pass(Span::days(7)).await);
        snapshot("story_6_check_in_28", &world.pass(Span::days(21)).await);
    }

    async fn reminder_other_receipts_and_closing_note(db: TestDb) {
        let world = World::new(db).await;
        let id = world.draft(|_| {}).await;
        let asked = world.ask(&id).await;
        snapshot("ending_1_reminder_first", &world.pass(Span::days(7)).await);
        let after = world.first_yes(&only(&asked, ADA).answer_link()).await;
        let grace = only(&after, GRACE).answer_link();
        snapshot("ending_2_reminder_second", &world.pass(Span::days(7)).await);
        for (name, fields) in [
            ("ending_3_receipt_not_now", vec![("choice", "not_now"), ("until", "2026-06-01")]),
            ("ending_4_receipt_no_quiet", vec![("choice", "no"), ("quiet", "yes")]),
            ("ending_5_receipt_never", vec![("choice", "never")]),
        ] {
            world.clock.advance(Span::minutes(1));
            snapshot(name, &world.answer(&grace, &fields).await);
        }
        // The fourth receipt of an introduction waits a little.
        assert!(world.answer(&grace, &[("choice", "no")]).await.is_empty());
        snapshot("ending_6_receipt_contradictory", &world.pass(Span::seconds(20)).await);
        snapshot("ending_7_closing_note", &world.pass(Span(Span::days(14).0 - Span::seconds(20).0)).await);
    }

    async fn every_purpose_together_named_and_asked_for(db: TestDb) {
        let world = World::new(db).await;
        for purpose in ["job_search", "conversation", "colleague", "recruiter", "peers", "expertise"] {
            let id = world.draft(|draft| {
                draft["purpose"] = json!(purpose);
                draft["order"] = json!("together");
                draft["names_second"] = json!(true);
                draft["asked_for_this"] = json!(true);
                draft["writes_first"] = json!("second");
            }).await;
            let mut mails = world.ask(&id).await;
            let (ada, grace) = (only(&mails, ADA).answer_link(), only(&mails, GRACE).answer_link());
            world.yes(&ada).await;
            world.yes(&grace).await;
            mails.extend(world.pass(Span::minutes(10)).await);
            snapshot(&format!("purpose_{purpose}"), &mails);
        }
    }

    async fn sign_in(db: TestDb) {
        let world = World::new(db).await;
        let page = world.post("/sign-in", &[("email", "lena@connect.example")]).await;
        assert!(page.status.is_success() || page.status.is_redirection(), "{}", page.body);
        snapshot("sign_in", &world.settle().await);
    }
}
