"""Writes hand_overs.json: what a browser brings to the site that asked, and what becomes of it."""

from __future__ import annotations

from typing import Any

import sealed_session as ss
from sealed_session import Binding, hand_overs, to_base64url
from sealed_session.hand_overs import Given

from .cases import KEY, NOW, OTHER_KEY, fixed, record, write

OWN, OTHER = "https://b.example", "https://c.example"
NAME, AUDIENCE = "__Host-b", "accounts"
ORIGIN = b"\xc1" * 8
NONCE = fixed("nonce of a hand-over", 16)


def cookie(nonce: bytes, issued: int, name: str = NAME) -> str:
    base = name + hand_overs.SUFFIX
    kept = record(0xD1, 0xE1, created=issued, attributes=[hand_overs.kept(nonce)])
    binding = Binding(base.encode(), AUDIENCE.encode())
    payload = ss.write_payload(kept)
    token = ss.seal(KEY, ss.ENCRYPTED, issued, binding, payload, fixed("asked", 24))
    return f"{base}={token}"


def case(name: str, given: Given, **changed: Any) -> dict[str, Any]:
    own, nonce = changed.get("own", OWN), changed.get("nonce", NONCE)
    issued = changed.get("issued", NOW - 5)
    key, sealed_for = changed.get("key", KEY), changed.get("for", OWN)
    where = hand_overs.place(sealed_for, changed.get("audience", AUDIENCE))
    hashed = hand_overs.state(changed.get("bound", NONCE))
    seed = fixed(f"hand-over {name}", 24)
    text = hand_overs.give(key, where, issued, seed, hashed, given)
    entry = {
        "case": name,
        "master": KEY.master.hex(),
        "name": NAME,
        "audience": AUDIENCE,
        "own": own,
        "nonce": None if nonce is None else nonce.hex(),
        "asked": None if nonce is None else hand_overs.asked(own, nonce),
        "cookie": None if nonce is None else cookie(nonce, NOW - 300),
        "now": NOW,
        "value": given.value().hex(),
        "query": changed.get("query", f"ticket={text}"),
    }
    if "refusal" in changed:
        return entry | {"refusal": changed["refusal"]}
    confirmed = given.confirmed if changed.get("is_confirmed", True) else None
    return entry | {
        "subject": given.subject,
        "labels": sorted(given.labels),
        "created": given.created,
        "begun": max(given.created, issued),
        "confirmed": confirmed,
        "origin": given.origin.hex(),
        "back": given.back,
    }


def good() -> list[dict[str, Any]]:
    plain = Given("user-17", NOW - 5, ORIGIN, back="/orders?page=2")
    both = ["tenant:7", "device:phone"]
    long = Given("s" * 255, NOW, bytes(8), [f"{n:064}" for n in range(4)], NOW, "/")
    return [
        case("a sign-in", plain),
        case("with labels", Given("user-17", NOW, ORIGIN, both)),
        case("confirmed", Given("user-17", NOW - 5, ORIGIN, confirmed=NOW - 900)),
        case("confirmed at zero", Given("user-17", NOW, ORIGIN, confirmed=0)),
        case("beyond ASCII", Given("\u00fc", NOW, ORIGIN, ["caf\u00e9"])),
        case("the largest, and a path of 800", Given(**vars(long) | {"back": "/" + "p" * 799})),
        case("in its last second", plain, issued=NOW - 29),
        case("ahead by the skew", plain, issued=NOW + 120),
        case("given an hour later", Given("user-17", NOW - 3600, ORIGIN)),
        case("created ahead by twice the skew", Given("user-17", NOW + 240, ORIGIN)),
        case("confirmed ahead by the skew", Given("u", NOW, ORIGIN, confirmed=NOW + 120)),
        case(
            "confirmed too far ahead",
            Given("u", NOW, ORIGIN, confirmed=NOW + 121),
            is_confirmed=False,
        ),
    ]


def refused() -> list[dict[str, Any]]:
    plain = Given("user-17", NOW - 5, ORIGIN)

    def no(name: str, reason: str, given: Given = plain, **changed: Any) -> dict[str, Any]:
        return case(name, given, refusal=reason, **changed)

    short = to_base64url(bytes([5]))
    return [
        no("no ticket", "malformed", query="lang=de"),
        no("two tickets", "malformed", query=f"ticket={short}&ticket={short}"),
        no("a plus sign", "malformed", query="ticket=a+b"),
        no("no ticket's text", "malformed", query=f"ticket={short}"),
        no("its last second is over", "expired", issued=NOW - 30),
        no("from the future", "from_the_future", issued=NOW + 121),
        no("created in the future", "from_the_future", Given("u", NOW + 241, ORIGIN)),
        no("another site", "other_audience", **{"for": OTHER}),
        no("another port", "other_audience", **{"for": OWN + ":8443"}),
        no("another audience", "other_audience", audience="forum"),
        no("another key", "unknown_key", key=OTHER_KEY),
        no("another browser", "other_state", bound=fixed("another nonce", 16)),
        no("the hash of the hash", "other_state", bound=hand_overs.state(NONCE)),
        no("a browser that did not ask", "not_asked", nonce=None),
        no("no subject", "malformed", Given("", NOW, ORIGIN)),
        no("a long subject", "malformed", Given("s" * 256, NOW, ORIGIN)),
        no("five labels", "malformed", Given("u", NOW, ORIGIN, list("abcde"))),
        no("an empty label", "malformed", Given("u", NOW, ORIGIN, [""])),
        no("a long label", "malformed", Given("u", NOW, ORIGIN, ["l" * 65])),
    ]


def make() -> None:
    write("hand_overs", {"arrivals": good(), "refused": refused()})
