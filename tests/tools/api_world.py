#!/usr/bin/env python3
"""Makes a few contacts and introductions over the API, so that ids of the document lead somewhere.

    api_world.py BASE TOKEN
"""

import json
import sys
import urllib.request

base, token = sys.argv[1:]


def post(path, body):
    request = urllib.request.Request(
        f"{base}/api/v1{path}",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def party(name):
    return {
        "name": name.title(),
        "email": f"{name}@{name}.example",
        "described": "an engineer I worked with",
        "why": "You both build compilers.",
    }


for nth in range(4):
    post("/contacts", {"name": f"Person {nth}", "email": f"person{nth}@people.example"})
    made = post(
        "/introductions",
        {
            "purpose": "peers",
            "first": party(f"ada{nth}"),
            "second": party(f"grace{nth}"),
            "shared": "You both build compilers.",
            "step": "Half an hour on the telephone.",
        },
    )
    if nth % 2:
        post(f"/introductions/{made['id']}/ask", {})
