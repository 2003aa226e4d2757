//! Signed mails for a second implementation: `tests/tools/verify_dkim.py` checks what this leaves in
//! `<target>/tmp/dkim`.

use std::fs;
use std::path::Path;

use twoyes::clock::Ts;
use twoyes::mail::{Letter, Mailbox, Signer, compose};

fn letters() -> [Letter; 3] {
    let plain = Letter {
        message_id: "plain@intro.example.org".into(),
        date: Ts(1_772_357_400_000_000),
        from: Mailbox::named("Ada Lovelace via twoyes", "hello@intro.example.org"),
        to: vec![Mailbox::named("Grace Hopper", "grace@example.net")],
        reply_to: vec![],
        subject: "Hello".into(),
        text: "Hello\n".into(),
        html: None,
        card: None,
        auto_submitted: false,
        list_unsubscribe: None,
        list_id: None,
    };
    let full = Letter {
        message_id: "full@intro.example.org".into(),
        reply_to: vec![Mailbox::named("Zoë", "zoe@example.org"), Mailbox::bare("omar@example.net")],
        subject: "A subject in several scripts, 山田さん, שלום, that is long enough to be folded twice 🚀"
            .into(),
        text: "Grüße  \n\n.\n  indented\t\n\n\n".into(),
        html: Some("<p>你好你好你好</p>\n".into()),
        card: None,
        auto_submitted: true,
        list_unsubscribe: Some(format!("https://intro.example.org/stop/{}", "0123456789abcdef".repeat(4))),
        list_id: Some("introductions.intro.example.org".into()),
        ..plain.clone()
    };
    let empty = Letter { message_id: "empty@intro.example.org".into(), text: String::new(), ..plain.clone() };
    [plain, full, empty]
}

#[test]
fn signed_samples_are_left_for_a_second_implementation() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dkim");
    fs::create_dir_all(&folder).unwrap();
    let keys = [("rsa", include_str!("../keys/rsa-pkcs1.pem")), ("ed", include_str!("../keys/ed25519.pem"))];
    let mut records = serde_json::Map::new();
    for (selector, pem) in keys {
        let signer = Signer::from_pem("intro.example.org", selector, pem).unwrap();
        records.insert(signer.dns_name(), signer.dns_record().into());
        for letter in letters() {
            let mail = compose(&letter).unwrap();
            let signed = signer.sign(&mail, letter.date);
            assert!(signed.is_ascii() && signed.ends_with(&mail));
            let name = letter.message_id.split('@').next().unwrap();
            fs::write(folder.join(format!("{selector}-{name}.eml")), signed).unwrap();
        }
    }
    fs::write(folder.join("dns.json"), serde_json::to_vec_pretty(&records).unwrap()).unwrap();
}
