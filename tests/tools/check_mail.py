"""Reads mails as a strict stranger would, and says what it saw as JSON.

    check_mail.py [--dns RECORDS.json] MAIL.eml...

RECORDS.json maps a DNS name to its TXT record, e.g. {"s1._domainkey.example.org": "v=DKIM1; p=..."}.
The answer is a list with one object a mail: file, problems (empty when all is well), headers
(name and decoded value, in order), text, html, dkim (one object a signature).
Ends with 0 when no mail has a problem, else with 1.
"""

import argparse
import email
import email.policy
import json
import re
import sys

import dkim

STRICT = email.policy.SMTP.clone(raise_on_defect=True)
LONGEST_LINE = 998  # RFC 5322, 2.1.1
REQUIRED = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
# RFC 5322, 3.6, and what receivers read once.
ONCE = REQUIRED + (
    "Sender",
    "Reply-To",
    "Cc",
    "Bcc",
    "In-Reply-To",
    "References",
    "Content-Transfer-Encoding",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)


def check(raw, records):
    """Everything that is to say about one mail, given as bytes."""
    problems = line_problems(raw)
    # A Maildir holds mails with LF; on the wire, where they were signed, they had CRLF.
    wire = re.sub(rb"\r?\n", b"\r\n", raw)
    report = {"problems": problems, "headers": [], "text": None, "html": None, "dkim": []}
    try:
        message = email.message_from_bytes(wire, policy=STRICT)
        report["headers"] = [[name, str(value)] for name, value in message.items()]
        problems += header_problems(message)
        report["text"] = content(message, "plain")
        report["html"] = content(message, "html")
        for part in message.walk():
            if not part.is_multipart():
                part.get_content()
    except Exception as error:  # a defect may be of any class, and each is a finding
        problems.append(f"strict parser: {type(error).__name__}: {error}")
    report["dkim"] = signatures(wire, records)
    problems += [f"dkim {one['selector']}: {one['result']}" for one in report["dkim"] if one["result"] != "pass"]
    return report


def line_problems(raw):
    problems = []
    if b"\x00" in raw:
        problems.append("NUL in the mail")
    if re.search(rb"\r(?!\n)", raw):
        problems.append("bare CR")
    if b"\r\n" in raw and re.search(rb"(?<!\r)\n", raw):
        problems.append("bare LF")
    for number, line in enumerate(re.split(rb"\r?\n", raw), 1):
        if len(line) > LONGEST_LINE:
            problems.append(f"line {number} has {len(line)} bytes")
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    if any(byte > 126 or (byte < 32 and byte not in b"\r\n\t") for byte in head):
        problems.append("a header has bytes other than printable ASCII")
    return problems


def header_problems(message):
    problems = []
    for name in ONCE:
        count = len(message.get_all(name, []))
        if count > 1:
            problems.append(f"{name} stands {count} times")
        if count == 0 and name in REQUIRED:
            problems.append(f"{name} is missing")
    for name in ("From", "To", "Reply-To"):
        header = message[name]
        if header is not None and not all("@" in one.addr_spec for one in header.addresses):
            problems.append(f"{name} holds something that is no address")
    identifier = str(message["Message-ID"] or "")
    if identifier and not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", identifier):
        problems.append("Message-ID is malformed")
    return problems


def content(message, subtype):
    part = message.get_body(preferencelist=(subtype,))
    return None if part is None else part.get_content()


def signatures(wire, records):
    """Verifies every signature of the mail against the given records."""

    def look_up(name, timeout=5):
        text = records.get(name.decode().rstrip(".").lower())
        return None if text is None else text.encode()

    found = []
    head = wire.split(b"\r\n\r\n", 1)[0]
    for index in range(len(re.findall(rb"(?im)^dkim-signature:", head))):
        verifier = dkim.DKIM(wire, timeout=5)
        try:
            result = "pass" if verifier.verify(idx=index, dnsfunc=look_up) else "fail"
        except dkim.DKIMException as error:
            result = f"error: {error}"
        fields = verifier.signature_fields or {}
        field = lambda tag: fields.get(tag, b"").decode(errors="replace")
        found.append(
            {
                "domain": field(b"d"),
                "selector": field(b"s"),
                "algorithm": field(b"a"),
                "canonicalization": field(b"c"),
                "signed": [name.strip().lower() for name in field(b"h").split(":") if name.strip()],
                "result": result,
            }
        )
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dns", metavar="RECORDS.json")
    options.add_argument("mails", nargs="+", metavar="MAIL.eml")
    chosen = options.parse_args()
    records = {}
    if chosen.dns:
        with open(chosen.dns, encoding="utf-8") as file:
            records = {name.rstrip(".").lower(): text for name, text in json.load(file).items()}
    reports = []
    for name in chosen.mails:
        with open(name, "rb") as file:
            reports.append({"file": name, **check(file.read(), records)})
    json.dump(reports, sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 1 if any(report["problems"] for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
