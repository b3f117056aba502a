"""Writes deposits.json: requests with sessions whose attributes are in a store."""

from __future__ import annotations

from typing import Any

import sealed_session as ss
from sealed_session import Attribute, Record, to_varint
from sealed_session import revocations as rv

from .blocks import sequence
from .cases import (
    NAME,
    NOW,
    PLAIN,
    Cases,
    Token,
    bound,
    fixed,
    padded,
    record,
    sized,
    text,
    write,
)
from .cookies.revoked import kept


def deposit(label: str) -> tuple[bytes, bytes]:
    return fixed(f"deposit {label}", 16), fixed(f"deposit key {label}")


class Stored:
    """A session, its token, and what is kept of it."""

    def __init__(self, label: str, found: Record | None = None, **changed: Any):
        found = found or record()
        contents = changed.pop("contents", None)
        contents = contents or ss.write_contents(found.attributes)
        self.deposit = changed.pop("deposit", deposit(label))
        self.sealed = ss.seal_deposit(self.deposit, bound(changed), contents)
        apart = Record(**(vars(found) | {"attributes": [], "deposit": self.deposit}))
        payload = ss.write_payload(apart)
        # The token that counts is one of the whole session.
        self.token = Token(f"deposit {label}", found, payload=payload, **changed)
        self.bare = self.token.bare(changed.get("name", NAME))
        self.kept = {self.deposit[0].hex(): self.sealed.hex()}


LARGE = Attribute("large", ss.JSON, 0, b'"' + b"0123456789abcdef" * 5000 + b'"')


def good(cases: Cases) -> None:
    secret = [text("open", "1"), text("key", '"k"', ss.SECRET)]
    mixed = record(subject="user-17", own=(600, 86_400), labels=["sid:1"])
    ada = record().attributes
    block = sequence(b'\4name\1\0\x33"a', 1, 40) + sequence(b'bcdefghi"')
    runs = [text("name", '"' + "a" * 41 + 'bcdefghi"')]
    lz4 = b"\1" + to_varint(len(block)) + to_varint(59) + block
    uuid = [text("v", '"52f22665-a60c-12d2-8918-5d950ee88136"')]
    for case, found, contents in (
        ("one attribute", record(), None),
        ("no attributes", record(attributes=[]), None),
        ("a secret attribute", record(attributes=secret), None),
        ("all that a head may hold", mixed, None),
        ("DEFLATE", record(), ss.write_contents(ada, ss.DEFLATE)),
        ("LZ4", record(attributes=runs), padded(lz4)),
        ("packed text", record(attributes=uuid), ss.write_contents(uuid, pack=True)),
        ("no padding", record(), b"\0" + sized(ada[0].encoded())),
        ("more than a token holds", record(attributes=[LARGE]), None),
    ):
        stored = Stored(case, found, contents=contents)
        policy = {"absolute": 86_400, "shortest_idle": 600} if found.own[0] else {}
        cases.add(case, stored.bare, stored.token.found, stored=stored.kept, **policy)
    audience = Stored("audience", audience="shop")
    case = "for an audience"
    more = {"audience": "shop", "stored": audience.kept}
    cases.add(case, audience.bare, audience.token.found, **more)
    large = Stored("at the limit", record(attributes=[LARGE]))
    size = len(LARGE.encoded())
    more = {"stored": large.kept, "limit": size}
    cases.add("at the limit", large.bare, large.token.found, **more)
    more["limit"] = size - 1
    cases.add("over the limit", large.bare, "over_ceiling", **more)


def refused(cases: Cases) -> None:
    one, other = Stored("one"), Stored("other", record(0xA2))
    name, sealed = one.deposit[0].hex(), one.sealed
    for case, kept_now in {
        "nothing kept": {},
        "kept under another name": {other.deposit[0].hex(): sealed.hex()},
        "another one kept": {name: other.sealed.hex()},
        "a byte changed": {name: (sealed[:-20] + b"!" + sealed[-19:]).hex()},
        "the tag changed": {name: (sealed[:-1] + b"!").hex()},
        "cut": {name: sealed[:-1].hex()},
        "no tag": {name: sealed[:15].hex()},
        "empty": {name: ""},
        "more behind it": {name: (sealed + b"\0").hex()},
    }.items():
        cases.add(case, one.bare, "missing", stored=kept_now)
    cases.add("no store", one.bare, "missing")
    down = {"stored": one.kept, "store_answers": False}
    cases.add("no answer", one.bare, "not_fetched", **down)
    for case, changed in {
        "of another cookie": {"name": PLAIN},
        "of another audience": {"audience": "shop"},
        "of a link": {"purpose": "session-in-url"},
    }.items():
        contents = ss.write_contents(record().attributes)
        sealed = ss.seal_deposit(one.deposit, bound(changed), contents)
        cases.add(f"kept {case}", one.bare, "missing", stored={name: sealed.hex()})
    ada = text("name", '"Ada"').encoded()
    region = sized(ada)
    for case, contents, refusal in (
        ("contents: a reserved bit", b"\4" + region, "record_too_new"),
        ("contents: bit 7", b"\x80" + region, "record_too_new"),
        ("contents: compression 3", b"\3" + region, "record_too_new"),
        ("contents: a reserved bit alone", b"\x20", "record_too_new"),
        ("contents: cut", b"\0" + region[:-1], "malformed"),
        ("contents: padding", b"\0" + region + b"\0\1", "malformed"),
        ("contents: a name twice", b"\0" + sized(ada + ada), "malformed"),
        ("contents: no secret region", b"\x10" + region + b"\0", "malformed"),
        ("contents: a secret region cut", b"\x10" + region + b"\1", "malformed"),
        (
            "contents: over the limit by what they say",
            b"\1\1" + to_varint((1 << 20) + 1) + bytes(30),
            "over_ceiling",
        ),
    ):
        found = Stored(case, contents=contents)
        cases.add(case, found.bare, refusal, stored=found.kept)
    signed = Stored("signed", form=ss.SIGNED)
    more = {"accepted": [ss.ENCRYPTED, ss.SIGNED], "stored": signed.kept}
    cases.add("signed", signed.bare, "malformed", **more)


def among_others(cases: Cases) -> None:
    """No answer of the store changes what is known before it is asked."""
    old = Stored("over", record(created=NOW - 43_200), issued=NOW - 10)
    cases.add("over", old.bare, "absolute_expired", stored={})
    one = Stored("marked")
    stone = f"{one.bare}; {NAME}.x={one.token.tombstone()}"
    cases.add("buried", stone, "destroyed", stored={})
    everything = {"revocations": [kept(rv.EVERYTHING)]}
    cases.add("revoked", one.bare, "revoked", stored={}, **everything)
    down = {"stored": {}, "store_answers": False}
    touched = f"{one.bare}; {NAME}.t={one.token.touch(NOW - 50)}"
    used = one.token.used(NOW - 50)
    cases.add("touched", touched, used, stored=one.kept)
    plain = {"name": PLAIN}
    mine, theirs = Stored("mine", **plain), Token("theirs", record(0xA2), **plain)
    both = f"{mine.bare}; {theirs.bare(PLAIN)}"
    cases.add("a stranger", both, "conflict", stored=mine.kept, **plain)
    cases.add("a stranger, and no answer", both, "conflict", **down, **plain)
    case = "a stranger, and nothing kept"
    cases.add(case, both, theirs.found, stored={}, **plain)


def make() -> None:
    cases = Cases()
    for group in (good, refused, among_others):
        group(cases)
    names = [entry["case"] for entry in cases.all]
    assert len(set(names)) == len(names)
    write("deposits", {"requests": cases.all})
