use super::*;
use crate::domain::report::Meaning;

fn read_text(text: &str) -> Incoming {
    read(text.replace('\n', "\r\n").as_bytes())
}

#[test]
fn any_bytes_are_read() {
    for odd in [
        &b""[..],
        b"\n",
        b":",
        b"\r\n\r\n",
        b"To: \xff\xfe@\n\n\x00",
        b"Content-Type: multipart/report\n\n--",
    ] {
        assert!(matches!(read(odd).content, Content::Other));
    }
}

#[test]
fn the_digest_is_of_the_body_alone() {
    let one = read_text("Received: from a\nTo: x@example.org\n\nHello\n");
    let other = read_text("Received: from b\nReceived: from a\nTo: x@example.org\n\nHello\n");
    assert_eq!(one.digest, other.digest);
    assert_ne!(one.digest, read_text("To: x@example.org\n\nHello!\n").digest);
}

#[test]
fn addresses_are_taken_from_the_head_alone() {
    let mail = read_text(
        "Delivered-To: bounces+1@example.org\nTo: \"A, B\" <two@example.org>,\n <three@example.org>\n\nTo: four@example.org\n",
    );
    assert_eq!(mail.sent_to, ["bounces+1@example.org", "two@example.org", "three@example.org"]);
}

#[test]
fn the_servers_words_are_kept_without_addresses() {
    let status = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.0.0\n\
                  Diagnostic-Code: smtp; 550-5.1.1 <ada@example.org>:\n    no such user\n";
    let fates = fates(status.as_bytes());
    assert_eq!(fates.len(), 1);
    assert_eq!(fates[0].words, "550-5.1.1 <***@example.org>: no such user");
    assert_eq!((fates[0].code, fates[0].status.unwrap().to_string().as_str()), (Some(550), "5.1.1"));
    assert!(matches!(Content::Status(fates).meaning(), Meaning::Unreachable(_)));
}

#[test]
fn a_code_of_another_class_does_not_overrule_the_report() {
    let status = telling(Status::parse("4.0.0"), "550 5.1.1 no such user").unwrap();
    assert_eq!(status.to_string(), "4.0.0");
}
