use super::*;

const RSA_PKCS1: &str = include_str!("../../../tests/keys/rsa-pkcs1.pem");
const RSA_PKCS8: &str = include_str!("../../../tests/keys/rsa-pkcs8.pem");
const RSA_1024: &str = include_str!("../../../tests/keys/rsa-1024.pem");
const ED25519_V1: &str = include_str!("../../../tests/keys/ed25519.pem");

const MAIL: &[u8] = b"Date: Sun, 01 Mar 2026 09:30:00 +0000\r\n\
    From: Ada <ada@example.org>\r\n\
    To: grace@example.net\r\n\
    Subject: one\r\n two\r\n\
    X-Other: not signed\r\n\
    \r\n\
    Hello  you \r\n\r\n\r\n";

fn signer(pem: &str) -> Signer {
    Signer::from_pem("Example.org", "s1", pem).unwrap()
}

fn signed(pem: &str, mail: &[u8]) -> String {
    String::from_utf8(signer(pem).sign(mail, Ts(1_772_357_400_999_999))).unwrap()
}

fn refused(domain: &str, selector: &str, pem: &str) -> DkimError {
    Signer::from_pem(domain, selector, pem).unwrap_err()
}

#[test]
fn both_forms_of_an_rsa_key_sign_alike() {
    assert_eq!(signed(RSA_PKCS1, MAIL), signed(RSA_PKCS8, MAIL));
    assert_eq!(signer(RSA_PKCS1).dns_record(), signer(RSA_PKCS8).dns_record());
}

#[test]
fn the_signature_stands_in_front_of_the_unchanged_mail() {
    for pem in [RSA_PKCS1, ED25519_V1] {
        let signed = signed(pem, MAIL);
        assert!(signed.starts_with("DKIM-Signature: v=1; a="));
        assert!(signed.as_bytes().ends_with(MAIL));
        let header = &signed[..signed.len() - MAIL.len()];
        assert!(header.lines().all(|line| line.len() <= 78), "{header}");
        assert!(header.contains(" d=example.org; s=s1;\r\n t=1772357400;\r\n"));
        assert!(header.contains(" h=From:From:To:Subject:Date;\r\n"), "{header}");
        assert!(!header.contains("l="));
    }
}

#[test]
fn a_repeated_attempt_is_signed_with_the_same_bytes() {
    for pem in [RSA_PKCS1, ED25519_V1] {
        assert_eq!(signed(pem, MAIL), signed(pem, MAIL));
    }
}

#[test]
fn a_change_in_a_signed_header_or_the_body_changes_the_signature() {
    let mail = String::from_utf8(MAIL.to_vec()).unwrap();
    let signature = |mail: &str| {
        let signed = signed(ED25519_V1, mail.as_bytes());
        signed[..signed.len() - mail.len()].to_owned()
    };
    let original = signature(&mail);
    assert_ne!(original, signature(&mail.replace("Subject: one", "Subject: two")));
    assert_ne!(original, signature(&mail.replace("Hello", "Hallo")));
    assert_eq!(original, signature(&mail.replace("not signed", "changed")));
    assert_eq!(original, signature(&mail.replace("Hello  you \r\n", "Hello\tyou\r\n")), "blanks are relaxed");
}

/// The examples of RFC 6376, 3.4.5.
#[test]
fn canonical_forms_are_those_of_the_standard() {
    assert_eq!(relaxed_header("a", b" X\r\n"), b"a:X");
    assert_eq!(relaxed_header("b", b" Y\t\r\n\tZ  \r\n"), b"b:Y Z");
    assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
    assert_eq!(relaxed_body(b""), b"");
    assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
    assert_eq!(relaxed_body(b"no end"), b"no end\r\n");
    assert_eq!(relaxed_body(b"a\r\n\r\nb\r\n"), b"a\r\n\r\nb\r\n");
}

#[test]
fn folded_and_repeated_headers_are_found() {
    let found = fields(b"A: 1\r\n  2\r\nB : x\r\nA:3\r\n");
    assert_eq!(found, vec![(&b"A"[..], &b" 1\r\n  2\r\n"[..]), (b"B", b" x\r\n"), (b"A", b"3\r\n")]);
}

/// Compared with what `openssl rsa -pubout -outform DER` writes.
#[test]
fn the_dns_record_holds_the_public_key() {
    let record = signer(RSA_PKCS1).dns_record();
    let key = BASE64.decode(record.strip_prefix("v=DKIM1; k=rsa; p=").unwrap().as_bytes()).unwrap();
    assert_eq!(key.len(), 294, "SubjectPublicKeyInfo of a 2048-bit key");
    assert_eq!(key[..4], [0x30, 0x82, 0x01, 0x22]);
    let record = signer(ED25519_V1).dns_record();
    let key = BASE64.decode(record.strip_prefix("v=DKIM1; k=ed25519; p=").unwrap().as_bytes()).unwrap();
    assert_eq!(key.len(), 32);
    assert_eq!(signer(RSA_PKCS1).dns_name(), "s1._domainkey.example.org");
}

#[test]
fn der_lengths_take_all_their_forms() {
    assert_eq!(der(0x30, &[]), [0x30, 0]);
    assert_eq!(der(0x30, &[7; 127])[..3], [0x30, 127, 7]);
    assert_eq!(der(0x30, &[7; 128])[..4], [0x30, 0x81, 128, 7]);
    assert_eq!(der(0x30, &[7; 256])[..5], [0x30, 0x82, 1, 0, 7]);
}

#[test]
fn a_key_that_cannot_sign_is_refused_with_its_reason() {
    assert_eq!(refused("example.org", "s1", RSA_1024), DkimError::TooShort);
    assert_eq!(refused("example.org", "s1", "hello"), DkimError::NotPem);
    assert_eq!(refused("example.org", "s1", &RSA_PKCS1[..400]), DkimError::NotPem);
    let public = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    assert_eq!(refused("example.org", "s1", public), DkimError::NotPem);
    let empty = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    assert_eq!(refused("example.org", "s1", empty), DkimError::Unsuitable);
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    assert_eq!(refused("example.org", "s1", locked), DkimError::Encrypted);
}

#[test]
fn names_that_are_no_names_are_refused() {
    for domain in ["", "org", "example..org", "example.org; x=1", "exa mple.org", "example.org\r\n"] {
        assert_eq!(refused(domain, "s1", ED25519_V1), DkimError::Domain, "{domain}");
    }
    for selector in ["", "a b", "a;b", ".a"] {
        assert_eq!(refused("example.org", selector, ED25519_V1), DkimError::Selector, "{selector}");
    }
}

#[test]
fn a_signer_does_not_show_its_key() {
    assert_eq!(format!("{:?}", signer(ED25519_V1)), "Signer { name: \"s1._domainkey.example.org\", .. }");
}
