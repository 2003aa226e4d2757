//! The transports that stay on this machine.

use twoyes::clock::{Clock, Ts};
use twoyes::mail::{Class, FileTransport, LocalMailbox, Stage, Transport, decode};

const MAIL: &[u8] = b"Message-ID: <1@intro.example.org>\r\nSubject: x\r\n\r\nHello\r\n";
const FROM: &str = "bounce@intro.example.org";
const TO: &str = "grace@example.net";

#[tokio::test]
async fn a_folder_takes_mail_whole_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let transport = Transport::File(FileTransport { folder: folder.path().join("mail") });
    let mut conn = transport.open().await.unwrap();
    assert!(conn.transmit(MAIL).await.is_err(), "nobody was named");
    for recipient in [TO, TO, "ada@example.org"] {
        conn.offer(FROM, recipient).await.unwrap();
        conn.transmit(MAIL).await.unwrap();
    }
    let names: Vec<String> = std::fs::read_dir(folder.path().join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2, "a repeated attempt writes the same file: {names:?}");
    for name in names {
        assert!(name.starts_with("1@intro.example.org-"), "{name}");
        assert!(!name.contains("grace"), "no recipient in a file name");
        assert_eq!(std::fs::read(folder.path().join("mail").join(name)).unwrap(), MAIL);
    }
}

#[tokio::test]
async fn the_local_mailbox_keeps_mail_and_can_be_told_to_fail() {
    let mailbox = LocalMailbox::new(Clock::fixed(Ts(7)));
    let mut conn = Transport::Mailbox(mailbox.clone()).open().await.unwrap();
    conn.offer(FROM, TO).await.unwrap();
    conn.transmit(MAIL).await.unwrap();
    let mail = mailbox.get(1).unwrap();
    assert_eq!((mail.received_at, mail.recipient.as_str(), &*mail.raw), (Ts(7), TO, MAIL));
    assert_eq!(decode(&mail.raw).subject, "x");

    mailbox.refuse(TO, 550, "5.1.1 no such user");
    let fault = conn.offer(FROM, "Grace@Example.net").await.unwrap_err();
    assert_eq!((fault.stage, fault.class), (Stage::Rcpt, Class::Permanent));
    assert!(conn.transmit(MAIL).await.is_err());

    mailbox.lose_reply(TO);
    conn.offer(FROM, TO).await.unwrap();
    assert_eq!(conn.transmit(MAIL).await.unwrap_err().class, Class::Unknown);
    mailbox.refuse_after_dot(TO, 451, "4.3.0 later");
    conn.offer(FROM, TO).await.unwrap();
    assert_eq!(conn.transmit(MAIL).await.unwrap_err().class, Class::Transient);
    mailbox.welcome(TO);
    conn.offer(FROM, TO).await.unwrap();
    conn.transmit(MAIL).await.unwrap();
    assert_eq!(mailbox.take_all().iter().map(|mail| mail.id).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(mailbox.list().is_empty());
}

#[test]
fn the_local_mailbox_keeps_the_newest_thousand() {
    let mailbox = LocalMailbox::new(Clock::fixed(Ts(0)));
    for _ in 0..1003 {
        mailbox.push(FROM, TO, MAIL);
    }
    let ids: Vec<u64> = mailbox.list().iter().map(|mail| mail.id).collect();
    assert_eq!((ids.len(), ids[0], ids[999]), (1000, 4, 1003));
}
