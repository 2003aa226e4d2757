"""check_mail.py must find faults, or its silence means nothing."""

import base64
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dkim
import nacl.signing

from check_mail import check

GOOD = "\r\n".join(
    [
        "From: Ada via twoyes <hello@example.org>",
        "To: Grace <grace@example.test>",
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
        "Date: Sun, 01 Mar 2026 09:30:00 +0000",
        "Message-ID: <1@example.org>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Gr=C3=BC=C3=9Fe",
        "--b",
        "Content-Type: text/html; charset=utf-8",
        "",
        "<p>Hello</p>",
        "--b--",
        "",
    ]
).encode()

KEY = nacl.signing.SigningKey(bytes(range(32)))
RECORDS = {"s1._domainkey.example.org": "v=DKIM1; k=ed25519; p=" + base64.b64encode(KEY.verify_key.encode()).decode()}


def signed(mail):
    header = dkim.sign(
        mail,
        b"s1",
        b"example.org",
        base64.b64encode(KEY.encode()),
        signature_algorithm=b"ed25519-sha256",
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[b"from", b"to", b"subject", b"content-type"],
    )
    return header + mail


class CheckMail(unittest.TestCase):
    def finds(self, fault, mail, records=RECORDS):
        problems = check(mail, records)["problems"]
        self.assertTrue(any(fault in problem for problem in problems), f"{fault!r} not in {problems}")

    def test_a_sound_mail_has_no_problem_and_is_decoded(self):
        report = check(GOOD, {})
        self.assertEqual(report["problems"], [])
        self.assertIn(["Subject", "Grüße"], report["headers"])
        self.assertEqual(report["text"].strip(), "Grüße")
        self.assertEqual(report["html"].strip(), "<p>Hello</p>")

    def test_a_good_signature_passes_on_the_wire_and_in_a_maildir(self):
        for mail in (signed(GOOD), signed(GOOD).replace(b"\r\n", b"\n")):
            report = check(mail, RECORDS)
            self.assertEqual(report["problems"], [])
            self.assertEqual(report["dkim"][0]["result"], "pass")
            self.assertIn("content-type", report["dkim"][0]["signed"])

    def test_a_changed_body_or_header_breaks_the_signature(self):
        self.finds("dkim s1", signed(GOOD).replace(b"Hello", b"Hullo"))
        self.finds("dkim s1", signed(GOOD).replace(b"To: Grace", b"To: Grete"))

    def test_a_missing_key_is_a_problem(self):
        self.finds("dkim s1", signed(GOOD), {})

    def test_doubled_and_missing_headers_are_found(self):
        self.finds("Subject stands 2 times", b"Subject: again\r\n" + GOOD)
        self.finds("Message-ID is missing", GOOD.replace(b"Message-ID", b"X-ID"))

    def test_bad_lines_are_found(self):
        self.finds("bare LF", GOOD.replace(b"Hello", b"Hel\nlo"))
        self.finds("bare CR", GOOD.replace(b"Hello", b"Hel\rlo"))
        self.finds("bytes", GOOD.replace(b"Hello", b"o" * 999))
        self.finds("printable ASCII", GOOD.replace(b"Ada", "Ädä".encode()))

    def test_what_the_strict_parser_refuses_is_found(self):
        self.finds("strict parser", GOOD.replace(b"--b--", b""))


if __name__ == "__main__":
    unittest.main()
