"""Writes grounds.json: payloads with grounds, and what a reader makes of them."""

from __future__ import annotations

from typing import Any

import sealed_session as ss
from sealed_session import Grounds, to_varint
from sealed_session import revocations as rv

from .cases import NOW, Cases, Token, head, padded, record, seal, sized, text, write
from .cookies.revoked import kept
from .payloads import SEALED, entry

CONFIRMED = Grounds(confirmed=NOW - 400)
ACTING = Grounds(acting=(NOW - 300, "support-3"))
ORIGIN = b"\xc1" * 8


def signed_in(grounds: Grounds, **more: Any) -> ss.Record:
    return record(**{"subject": "user-17", "grounds": grounds} | more)


def payloads() -> list[dict[str, Any]]:
    one = [text("name", '"Ada"')]
    table = {
        "confirmed": signed_in(CONFIRMED),
        "confirmed at zero": signed_in(Grounds(confirmed=0)),
        "acting": signed_in(ACTING),
        "acting, the longest actor": signed_in(Grounds(acting=(1, "s" * 255))),
        "acting, an actor beyond ASCII": signed_in(Grounds(acting=(1, "\u00fc"))),
        "handed over": signed_in(Grounds(origin=ORIGIN)),
        "handed over from an origin of zeros": signed_in(Grounds(origin=bytes(8))),
        "handed over and confirmed": signed_in(Grounds(NOW - 400, origin=ORIGIN)),
        "handed over and acting": signed_in(Grounds(None, (NOW - 300, "a"), ORIGIN)),
        "confirmed and no attributes": signed_in(CONFIRMED, attributes=[]),
        "acting with labels and own lifetimes": signed_in(
            ACTING, labels=["sid:1"], own=(600, 86_400), attributes=one
        ),
    }
    return [entry(case, ss.write_payload(found), True) for case, found in table.items()]


def refused() -> list[dict[str, Any]]:
    bad, newer = "malformed", "record_too_new"
    rest = sized(text("name", '"Ada"').encoded())
    who, at = sized(b"user-17"), NOW.to_bytes(4, "big")
    behind_subject = {
        "none": (b"\0", bad),
        "confirmed and acting": (b"\3" + at + at + sized(b"a"), bad),
        "confirmed, acting and an origin": (b"\7" + at + at + sized(b"a") + ORIGIN, bad),
        "an empty actor": (b"\2" + at + b"\0", bad),
        "an actor of 256 bytes": (b"\2" + at + sized(b"s" * 256), bad),
        "an actor not UTF-8": (b"\2" + at + sized(b"\xff"), bad),
        "an actor of half a character": (b"\2" + at + sized(b"\xc3"), bad),
        "an actor with a surrogate": (b"\2" + at + sized(b"\xed\xa0\x80"), bad),
        "an actor's length in a longer form": (b"\2" + at + b"\x81\0a", bad),
        "an actor who is the subject": (b"\2" + at + who, bad),
    }
    behind_subject |= {
        f"reserved bit {bit}": (bytes([1 << bit]), newer) for bit in range(3, 8)
    }
    behind_subject["a reserved bit beside one"] = (b"\x09" + at, newer)
    cases = [
        (f"grounds: {case}", padded(head(ss.SUBJECT, ss.GROUNDS) + who + part + rest), refusal)
        for case, (part, refusal) in behind_subject.items()
    ]
    whole = b"\6" + at + sized(b"ada") + ORIGIN
    for end in (0, 1, 4, 5, 6, 8, 9, len(whole) - 1, len(whole)):
        case = f"grounds, truncated after {end} bytes"
        cases.append((case, head(ss.SUBJECT, ss.GROUNDS) + who + whole[:end], bad))
    short = head(ss.SUBJECT, ss.GROUNDS) + who + b"\1" + at[:3]
    cases += [
        ("grounds, half a time", short, bad),
        ("grounds: a reserved bit, and no more", head(ss.SUBJECT, ss.GROUNDS) + who + b"\x80", newer),
        ("grounds without a subject", padded(head(0, ss.GROUNDS) + b"\1" + at + rest), bad),
        ("grounds without a subject, an origin", padded(head(0, ss.GROUNDS) + b"\4" + ORIGIN), bad),
        ("grounds without a subject, a reserved bit", head(0, ss.GROUNDS) + b"\x40", newer),
        ("grounds before labels", padded(head(ss.SUBJECT, ss.LABELS | ss.GROUNDS) + who + b"\1" + at + b"\1\1a" + rest), bad),
        ("grounds beside a reserved flag", padded(head(ss.SUBJECT | 0x80, ss.GROUNDS) + who + b"\1" + at), newer),
    ]
    return [
        {
            "case": case,
            "payload": payload.hex(),
            "refusal": refusal,
            "text": seal(f"payload {case}", payload),
        }
        for case, payload, refusal in cases
    ]


def times(cases: Cases) -> None:
    for ahead in (-1, 0, 120, 121, 1 << 30):
        token = Token(f"confirmed {ahead}", signed_in(Grounds(NOW + ahead)))
        cases.add(f"confirmed {ahead} s ahead", token.bare(), token.found)
    token = Token("confirmed, no skew", signed_in(Grounds(NOW + 1)))
    cases.add("confirmed 1 s ahead, and no skew", token.bare(), token.found, skew=0)


def revoked(cases: Cases) -> None:
    """The session began 1,000 s ago, and somebody acts since 300 s ago."""
    acting, created, since = Token("acting", signed_in(ACTING)), NOW - 1000, NOW - 300
    origin = Token("origin", signed_in(Grounds(origin=ORIGIN)))
    late = signed_in(Grounds(acting=(created - 500, "support-3")))
    early = Token("acting before it began", late)
    mask, actor = (rv.SUBJECT, b"user-17"), (rv.SUBJECT, b"support-3")
    for case, token, named, at, over in (
        ("the subject", acting, mask, NOW, True),
        ("the subject, when the actor began", acting, mask, since, True),
        ("the subject, before by less than the skew", acting, mask, since - 119, True),
        ("the subject, before the actor began", acting, mask, since - 120, False),
        ("the subject, before the session began", early, mask, created - 120, False),
        ("the subject, when the session began", early, mask, created - 119, True),
        ("the actor", acting, actor, NOW, True),
        ("the actor, before acting", acting, actor, since - 120, True),
        ("the actor, before the session began", acting, actor, created - 120, False),
        ("a label like the actor", acting, (rv.LABEL, b"support-3"), NOW, False),
        ("everything, before acting", acting, (rv.EVERYTHING, b""), since - 120, True),
        ("the origin", origin, (rv.SIGN_IN, ORIGIN), NOW, True),
        ("the origin, long ago", origin, (rv.SIGN_IN, ORIGIN), 0, True),
        ("the sign-in", origin, (rv.SIGN_IN, b"\xa1" * 8), NOW, True),
        ("the second half", origin, (rv.SIGN_IN, b"\xb1" * 8), NOW, False),
        ("another origin", acting, (rv.SIGN_IN, ORIGIN), NOW, False),
    ):
        expected = "revoked" if over else token.found
        revocations = [kept(*named, at=at)]
        cases.add(f"revoked: {case}", token.bare(), expected, revocations=revocations)
    for skew, at, over in ((0, since, True), (0, since - 1, False), (1, since - 1, False)):
        expected = "revoked" if over else acting.found
        case = f"revoked: the subject, skew of {skew} s, {since - at} s before"
        told = {"skew": skew, "revocations": [kept(*mask, at=at)]}
        cases.add(case, acting.bare(), expected, **told)


def make() -> None:
    cases = Cases()
    for group in (times, revoked):
        group(cases)
    lists = {"payloads": payloads(), "refused": refused(), "requests": cases.all}
    write("grounds", {"sealed": SEALED} | lists)
