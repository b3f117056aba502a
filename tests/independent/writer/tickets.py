"""Writes tickets.json."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sealed_session as ss
from sealed_session import Key, tickets, to_base64url
from sealed_session.prints import print_of
from sealed_session.tickets import SHAPES, Place

from .cases import ABSOLUTE, KEY, NOW, OTHER_KEY, fixed, record, sized, write

RESET, SITE = "reset-password", "https://b.example"
LAST = 0xFFFFFFFF


def value(kind: str, told: Any) -> bytes:
    if kind == "json":
        return b"\1" + json.dumps(told, separators=(",", ":")).encode()
    print_ = print_of(SHAPES[kind])
    postcard = ss.to_varint(told) if kind == "number" else sized(told.encode())
    return b"\0" + print_ + postcard


def ticket(case: str, **changed: Any) -> dict[str, Any]:
    key: Key = changed.get("key", KEY)
    kind, told = changed.get("type", "number"), changed.get("is", 17)
    purpose = changed.get("purpose", RESET)
    target, audience = changed.get("target", ""), changed.get("audience", "")
    issued, state = changed.get("issued", NOW - 100), changed.get("state")
    place = Place(purpose.encode(), target.encode(), audience.encode())
    nonce = fixed(f"ticket {case}", 24)
    plain = changed.get("plain") or tickets.plain(key, place, state, value(kind, told))
    header = changed.get("header", place.header(key.id, issued))
    return {
        "case": case,
        "master": key.master.hex(),
        "purpose": purpose,
        "target": target,
        "audience": audience,
        "issued": issued,
        "nonce": nonce.hex(),
        "state": None if state is None else state.hex(),
        "type": kind,
        "is": told,
        "associated_data": place.associated_data(header).hex(),
        "plaintext": plain.hex(),
        "text": tickets.seal_behind(key, place, header, nonce, plain),
    }


def good() -> list[dict[str, Any]]:
    return [
        ticket("a number"),
        ticket("a text", type="text", **{"is": "ada@example.com"}),
        ticket("JSON", type="json", **{"is": {"user": 17, "list": "weekly"}}),
        ticket("bound to a state", state=b"$argon2id$v=19$old"),
        ticket("bound to an empty state", state=b""),
        ticket("bound to a long state", state=b"s" * 5_000),
        ticket("bound JSON", state=b"1", type="json", **{"is": None}),
        ticket("an audience", audience="shop.example.com"),
        ticket("for another site", target=SITE),
        ticket("for another site and an audience", target=SITE, audience="b"),
        ticket("parts of 255 bytes", purpose="p" * 255, audience="a" * 255),
        ticket("a purpose of one byte", purpose="p"),
        ticket("a purpose beyond ASCII", purpose="\u00fc", audience="caf\u00e9"),
        ticket("the purpose of sessions", purpose="session"),
        ticket("another key", key=OTHER_KEY),
        ticket("issued at zero", issued=0),
        ticket("issued a second before the last one", issued=LAST - 1),
        ticket("the largest number", **{"is": 2**63}),
        ticket("the longest text", type="text", **{"is": "x" * 1_477}),
    ]


def refused() -> list[dict[str, Any]]:
    free, bound = ticket("free"), ticket("bound", state=b"old")
    raw = ss.from_base64url(free["text"])
    out: list[dict[str, Any]] = []

    def case(name: str, reason: str, text: str, **changed: Any) -> None:
        entry = {
            "case": name,
            "keys": [KEY.master.hex(), OTHER_KEY.master.hex()],
            "purpose": RESET,
            "lifetime": 1_800,
            "type": "number",
            "audience": "",
            "now": NOW,
            "text": text,
            "refusal": reason,
        }
        out.append(entry | changed)

    def flipped(at: int) -> str:
        return to_base64url(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])

    def contents(name: str, reason: str, plain: bytes, **changed: Any) -> None:
        case(name, reason, ticket(name, plain=plain)["text"], **changed)

    def another(name: str, reason: str, **changed: Any) -> None:
        case(name, reason, ticket(name, **changed)["text"])

    text = free["text"]
    case("2,049 characters", "over_ceiling", "A", repeat=tickets.LIMIT + 1)
    case("2,048 characters", "newer_format", "A", repeat=tickets.LIMIT)
    for name, bad in {
        "empty": "",
        "no base64": "!",
        "padding": text + "=" * (-len(text) % 4 or 4),
        "the other alphabet": text[:-1] + "/",
        "a line break": text[:40] + "\n" + text[40:],
        "the format alone": to_base64url(raw[:1]),
        "a header alone": to_base64url(raw[:13]),
        "one byte under the least": to_base64url(raw[:53]),
    }.items():
        case(name, "malformed", bad)
    session = ss.seal(
        KEY,
        ss.ENCRYPTED,
        NOW,
        ss.Binding(b"session"),
        ss.write_payload(record()),
        bytes(range(24)),
    )
    case("a session", "wrong_format", session)
    behind = ss.from_base64url(session)[1:]
    case("a session as a ticket", "other_purpose", to_base64url(b"\5" + behind))
    for form in (1, 2, 3, 4):
        case(f"format {form}", "wrong_format", to_base64url(bytes([form]) + raw[1:]))
    for form in (0, 6, 255):
        case(f"format {form}", "newer_format", to_base64url(bytes([form]) + raw[1:]))
    case("key id changed", "unknown_key", flipped(1))
    case("a key that is gone", "unknown_key", text, keys=[OTHER_KEY.master.hex()])
    end = {KEY.master.hex(): NOW}
    swapped = [OTHER_KEY.master.hex(), KEY.master.hex()]
    case("a key that has retired", "retired_key", text, keys=swapped, retired=end)
    case("print of the purpose changed", "other_purpose", flipped(9))
    case("print of the audience changed", "other_audience", flipped(12))
    another("another purpose", "other_purpose", purpose="confirm-address")
    another("another audience", "other_audience", audience="forum")
    another("another site", "other_audience", target=SITE)
    case("no audience", "other_audience", text, audience="shop")
    place = Place(RESET.encode())
    forged = place.header(KEY.id, NOW)
    other = Place(b"confirm-address")
    sealed = tickets.seal_behind(KEY, other, forged, fixed("forged", 24), b"\0\0")
    case("another purpose under this one's print", "tampered", sealed)
    alike = next(
        name
        for name in (f"forum-{number}" for number in range(1 << 24))
        if Place(RESET.encode(), audience=name.encode()).prints() == place.prints()
    )
    another("another audience of the same print", "tampered", audience=alike)
    for at in (8, 13, 36, 37, len(raw) - 17, len(raw) - 16, len(raw) - 1):
        case(f"byte {at} changed", "tampered", flipped(at))
    case("one byte short", "tampered", to_base64url(raw[:-1]))
    case("one byte more", "tampered", to_base64url(raw + b"\0"))
    case("the least length", "tampered", to_base64url(raw[:54]))
    contents("a state of a newer kind", "newer_format", b"\2" + bytes(40))
    contents("bound, and cut", "malformed", b"\1" + bytes(15))
    another("from the future", "from_the_future", issued=NOW + 121)
    another("its last second is over", "expired", issued=NOW - 1_800)
    case("at the end of time", "expired", ticket("end", issued=LAST)["text"], now=LAST)
    contents("no codec", "other_type", b"\0")
    contents("a codec of a newer kind", "other_type", b"\0\2" + value("number", 1)[1:])
    contents("no print", "other_type", b"\0\0\x11")
    another("a text for a number", "other_type", type="text", **{"is": "17"})
    another("JSON for a number", "other_type", type="json")
    case("a number for JSON", "other_type", text, type="json")
    case("free, and a state is asked for", "other_state", text, state=b"old".hex())
    case("bound, and none is asked for", "other_state", bound["text"])
    for name, state in {
        "another state": b"new",
        "no bytes for a state": b"",
        "a longer state": b"old ",
    }.items():
        case(name, "other_state", bound["text"], state=state.hex())
    mac = hashlib.sha256(b"old").digest()[:16]
    contents(
        "a digest for a MAC",
        "other_state",
        b"\1" + mac + value("number", 17),
        state=b"old".hex(),
    )
    return out


def edges() -> list[dict[str, Any]]:
    """The same tickets in the seconds in which they open."""
    out = []
    for case, issued, now in (
        ("ahead by the skew", NOW + 120, NOW),
        ("in its last second", NOW - 1_799, NOW),
        ("in the last second but one of all", LAST - 1_799, LAST - 1),
    ):
        out.append(
            ticket(case, issued=issued) | {"now": now, "lifetime": 1_800}
        )
    return out


def make() -> None:
    assert ABSOLUTE > 1_800, "a key may retire"
    whole = {"tickets": good(), "edges": edges(), "refused": refused()}
    write("tickets", whole)
