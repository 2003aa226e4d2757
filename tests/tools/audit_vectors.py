"""Vectors of the audit chain, computed from docs/EVIDENCE.md alone, without the service's code.

Prints the JSON of tests/vectors/audit.json.
"""

import base64
import hashlib
import hmac
import json

import nacl.signing


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def commit(salt, payload):
    return hmac.new(salt, b"twoyes audit payload v1\n" + payload.encode(), hashlib.sha256).digest()


def commit_text(salt, kind, body):
    message = b"twoyes shown text v1\n" + kind.encode() + b"\n" + body.encode()
    return hmac.new(salt, message, hashlib.sha256).digest()


def leaf_hash(seq, at, kind, commitment, prev):
    encoded = b"twoyes audit leaf v1\n" + seq.to_bytes(8, "big") + at.to_bytes(8, "big", signed=True)
    encoded += bytes([len(kind)]) + kind.encode() + commitment + prev
    return hashlib.sha256(b"\x00" + encoded).digest()


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()


def path(leaves, m):
    if len(leaves) <= 1:
        return []
    k = split(len(leaves))
    if m < k:
        return path(leaves[:k], m) + [root(leaves[k:])]
    return path(leaves[k:], m - k) + [root(leaves[:k])]


def check_against_rfc_6962():
    """The well-known inputs and root of the Certificate Transparency test suite."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in inputs]
    assert root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def key_id(name, public):
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def main():
    check_against_rfc_6962()
    payloads = [
        {"z": 1, "a": [True, False, None, -7], "ä": "Zoë \u2014 \U0001f600"},
        {"text": "quote \" back \\ slash / tab \t line \n cr \r bell \u0007 del \u007f", "": {}},
        {"nested": {"b": {"d": [], "c": [{}]}, "a": 9007199254740991}},
        {},
    ]
    kinds = ["epoch", "consent_given", "consent_withdrawn", "introduced", "closed", "erased", "restored"]
    leaves, prev, rows = [], bytes(32), []
    for seq in range(13):
        payload = canonical(payloads[seq % len(payloads)])
        salt = hashlib.sha256(b"salt %d" % seq).digest()
        at = 1772442000000000 + seq * 1000003 if seq != 5 else -1
        kind = kinds[seq % len(kinds)]
        commitment = commit(salt, payload)
        hashed = leaf_hash(seq, at, kind, commitment, prev)
        rows.append({
            "seq": seq, "at": at, "kind": kind, "salt": salt.hex(), "payload": payload,
            "commitment": commitment.hex(), "prev": prev.hex(), "hash": hashed.hex(),
        })
        leaves.append(hashed)
        prev = hashed
    seed = hashlib.sha256(b"seed").digest()
    signing = nacl.signing.SigningKey(seed)
    public = bytes(signing.verify_key)
    name = "intro.example.org/audit"
    body = f"{name}\n{len(leaves)}\n{base64.b64encode(root(leaves)).decode()}\nat 2026-03-02T09:00:00Z\n"
    signature = key_id(name, public) + signing.sign(body.encode()).signature
    texts = [("ask", "May I?\n\nYes or no: {answer link}\n"), ("page", "Zoë\n\U0001f600")]
    salt = hashlib.sha256(b"text").digest()
    print(json.dumps({
        "canonical": [{"value": one, "text": canonical(one)} for one in payloads],
        "texts": [
            {"kind": kind, "salt": salt.hex(), "body": text, "commitment": commit_text(salt, kind, text).hex()}
            for kind, text in texts
        ],
        "leaves": rows,
        "roots": [root(leaves[:size]).hex() for size in range(len(leaves) + 1)],
        "paths": [
            {"size": size, "index": index, "path": [one.hex() for one in path(leaves[:size], index)]}
            for size in range(1, len(leaves) + 1) for index in range(size)
        ],
        "note": {
            "seed": seed.hex(),
            "key": f"{name}+{key_id(name, public).hex()}+{base64.b64encode(bytes([1]) + public).decode()}",
            "text": f"{body}\n\u2014 {name} {base64.b64encode(signature).decode()}\n",
        },
    }, indent=1, ensure_ascii=False))


main()
