#!/usr/bin/env python3
"""Makes a few contacts and introductions over the API, so that ids of the document lead somewhere.

    api_world.py BASE TOKEN
"""

import json
import sys
import urllib.request

base, token = sys.argv[1:]


def post(path, body):
    return send(path, json.dumps(body).encode(), "application/json")


def send(path, data, kind):
    request = urllib.request.Request(
        f"{base}/api/v1{path}",
        data=data,
        headers={"Authorization": f"Bearer {token}", "Content-Type": kind},
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
    person = post("/contacts", {"name": f"Person {nth}", "email": f"person{nth}@people.example"})
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
    if nth == 0:
        plan = {
            "purpose": "job_search",
            "why_first": "{name} hires.",
            "why_second": "Sam is good.",
            "shared": "Sam, meet {name}.",
            "step": "A call of twenty minutes.",
            "per_week": 1,
        }
        whole = post(f"/contacts/{person['id']}/plans", plan)
        post(f"/plans/{whole['id']}/people", {"people": [post("/contacts", {"name": "Helper"})["id"]]})
        send("/imports", b"Name,Email\nSam,sam@people.example\n", "application/octet-stream")
    if nth % 2:
        post(f"/introductions/{made['id']}/ask", {})
