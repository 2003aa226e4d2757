#!/usr/bin/env python3
"""Verify the DKIM signatures of .eml files with dkimpy, a second implementation.

    pip install dkimpy pynacl
    verify_dkim.py DNS.json MAIL.eml...

DNS.json stands in for the name system: {"selector._domainkey.example.org": "v=DKIM1; ..."}. For every mail
the signature must verify; and it must fail when a From, a body line or a signed header is changed, or the
check would prove nothing. Exit status 1 if any of this is not so.
"""

import json
import re
import sys

import dkim


def verifies(mail: bytes, records: dict[str, str], *, quiet: bool = False) -> bool:
    def look_up(name, timeout=5):
        name = name.decode() if isinstance(name, bytes) else name
        return records.get(name.rstrip("."), "").encode()

    try:
        return dkim.DKIM(mail).verify(dnsfunc=look_up)
    except dkim.DKIMException as error:
        if not quiet:
            print(f"    {error}")
        return False


def tampered(mail: bytes):
    head, body = mail.split(b"\r\n\r\n", 1)
    yield "a second From", b"From: evil@example.com\r\n" + mail
    yield "another subject", re.sub(rb"\r\nSubject: ", b"\r\nSubject: x", head) + b"\r\n\r\n" + body
    yield "a longer body", mail + b"more\r\n"
    if b"\r\nList-Unsubscribe: " in head:
        changed = head.replace(b"\r\nList-Unsubscribe: <https://", b"\r\nList-Unsubscribe: <https://evil.")
        yield "another unsubscribe link", changed + b"\r\n\r\n" + body


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:
        records = json.load(file)
    bad = 0
    for path in sys.argv[2:]:
        with open(path, "rb") as file:
            mail = file.read()
        good = verifies(mail, records)
        survived = [what for what, changed in tampered(mail) if verifies(changed, records, quiet=True)]
        print(f"{'ok ' if good and not survived else 'BAD'} {path}")
        for what in survived:
            print(f"    still verifies with {what}")
        bad += not good or bool(survived)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
