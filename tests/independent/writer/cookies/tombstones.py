"""The requests of cookies.json with tombstones, of sign-ins and of renewals."""

from __future__ import annotations

from typing import Any

import sealed_session as ss
from sealed_session import to_base64url

from ..cases import (
    KEY,
    NAME,
    NOW,
    OTHER_KEY,
    PLAIN,
    Cases,
    Expected,
    Token,
    bound,
    record,
)
from .marked import BOTH, R, T, X, flipped, idle_token, signed_as


def renewals(cases: Cases) -> None:
    """What `base.r` says of a session."""
    one = Token("one")
    whole = one.tombstone(sign_in=one.record.id)
    half = one.tombstone()
    other = one.tombstone(sign_in=one.record.id[:8] + b"\xa2" * 8)

    def beside(
        case: str, cookies: str, expected: str | Expected, **changed: Any
    ) -> None:
        cases.add(f"renewal: {case}", f"{one.bare()}; {cookies}", expected, **changed)

    over = "superseded"
    beside("its tombstone", f"{R}={whole}", over)
    beside("another renewal of the same sign-in", f"{R}={other}", one.found)
    beside("the second of two", f"{R}={other}{whole}", over)
    beside("in a second cookie", f"{R}={other}; {R}={whole}", over)
    beside("the eighth", f"{R}={other * 7}{whole}", over)
    beside("the ninth", f"{R}={other * 8}{whole}", one.found)
    beside("the half of the sign-in says nothing there", f"{R}={half}", one.found)
    beside("the whole id says nothing in the other cookie", f"{X}={whole}", one.found)
    beside("an end tells more", f"{R}={whole}; {X}={half}", "destroyed")
    beside(
        "under the second key",
        f"{R}={one.tombstone(key=OTHER_KEY, sign_in=one.record.id)}",
        over,
        keys=BOTH,
    )
    beside(
        "under an unknown key",
        f"{R}={one.tombstone(key=OTHER_KEY, sign_in=one.record.id)}",
        one.found,
    )
    beside(
        "of another name",
        f"{R}={one.tombstone(name=PLAIN, sign_in=one.record.id)}",
        one.found,
    )
    beside(
        "with an audience",
        f"{R}={one.tombstone(audience='shop', sign_in=one.record.id)}",
        one.found,
    )
    beside("changed", f"{R}={flipped(whole, 20)}", one.found)
    beside("not its name", f"{NAME}.R={whole}", one.found)
    new = Token("renewed", record(renewal=0xB2), issued=NOW - 40)
    lines = f"{one.bare()}; {new.bare()}; {R}={whole}"
    cases.add("renewal: beside what the session became", lines, new.found)
    again = new.tombstone(sign_in=new.record.id)
    cases.add("renewal: of a renewal", f"{new.bare()}; {R}={again}", over)
    lines = f"{one.bare()}; {R}={again}"
    cases.add("renewal: beside what the session was before", lines, one.found)
    old = Token("old", record(created=NOW - 43_200), issued=NOW - 50)
    buried = old.tombstone(sign_in=old.record.id)
    lines = f"{old.bare()}; {R}={buried}"
    cases.add("renewal: tells more than the times", lines, over)
    stranger = Token("stranger", record(0xA2), name=PLAIN)
    for count, expected in ((7, stranger.found), (8, "conflict")):
        crowd = "; ".join([f"{PLAIN}.r=y"] * count)
        case = f"{count} cookies of renewals beside a plain name"
        cases.add(case, f"{crowd}; {stranger.bare(PLAIN)}", expected, name=PLAIN)


def no_tombstones(one: Token) -> dict[str, str]:
    """Values of `base.x` that leave `one` alone."""
    good = one.tombstone()
    data, stone = ss.from_base64url(good), ss.tombstone_input
    sign_in, binding = one.record.id[:8], bound({})
    message = stone(KEY.id, binding, sign_in)
    named = stone(OTHER_KEY.id, binding, sign_in)
    return {
        "another sign-in": one.tombstone(sign_in=b"\xa2" * 8),
        "the half of the renewal": one.tombstone(sign_in=one.record.id[8:]),
        "an unknown key": one.tombstone(key=OTHER_KEY),
        "another name": one.tombstone(name=PLAIN),
        "another audience": one.tombstone(audience="shop"),
        "another purpose": one.tombstone(purpose="token"),
        "key id changed": flipped(good, 1),
        "first byte of the MAC changed": flipped(good, 5),
        "last byte of the MAC changed": flipped(good, 20),
        "one byte short": to_base64url(data[:-1]),
        "one byte more at the front": to_base64url(b"\0" + data),
        "key id only": to_base64url(data[:5]),
        "format 3": to_base64url(b"\3" + data[1:]),
        "format 3 in the MAC, too": signed_as(4, b"\3" + message[1:]),
        "format 5": to_base64url(b"\5" + data[1:]),
        "the key of touches": signed_as(3, message),
        "the MAC under another key": signed_as(4, message, OTHER_KEY),
        "naming another key": signed_as(4, named),
        "both halves of the id": signed_as(4, stone(KEY.id, binding, one.record.id)),
        "no context": signed_as(4, message[:5] + sign_in),
        "a touch": one.touch(NOW - 50),
        "empty": "",
        "quotes": f'"{good}"',
        "one character before": "A" + good,
        "27 characters before": good[1:] + good,
        "behind a comma": one.tombstone(sign_in=b"\xa2" * 8) + "," + good,
        "behind eight others": "A" * 28 * 8 + good,
    }


def tombstones(cases: Cases) -> None:
    one = Token("one")
    gone, good = "destroyed", one.tombstone()
    others = [one.tombstone(sign_in=bytes([n] * 8)) for n in range(1, 9)]

    def beside(case: str, value: str, expected: str | Expected, **changed: Any) -> None:
        lines = f"{one.bare()}; {X}={value}"
        cases.add(f"tombstone: {case}", lines, expected, **changed)

    beside("alone", good, gone)
    beside("the first of two", good + others[0], gone)
    beside("the last of two", others[0] + good, gone)
    beside("the last of eight", "".join(others[:7]) + good, gone)
    beside("the ninth", "".join(others) + good, one.found)
    beside("eight others", "".join(others), one.found)
    beside("garbage of 28 characters before", "!" * 28 + good, gone)
    beside("one of an unknown key before", one.tombstone(key=OTHER_KEY) + good, gone)
    beside("a touch before", one.touch(NOW - 50) + good, gone)
    beside("a shorter rest behind", good + "AAAA", gone)
    beside("nothing but itself behind", good + good, gone)
    beside("a newer format before", "BQ" + "A" * 26 + good, gone)
    beside("a value of 256 bytes", good + "A" * 228, gone)
    beside("a value of 257 bytes", good + "A" * 229, one.found)
    for case, value in no_tombstones(one).items():
        beside(f"ignored, {case}", value, one.found)
    not_text = f"{one.bare()}; {X}=".encode() + b"\xff" * 28 + good.encode()
    cases.add("tombstone: behind bytes that are not UTF-8", not_text, gone)
    cases.add("tombstone: before its token", f"{X}={good}; {one.bare()}", gone)
    cases.add("tombstone: in another field", [f"{X}={good}", one.bare()], gone)
    for name in (X.upper(), NAME + ".X", NAME + ".x.1", NAME + ".t", PLAIN + ".x"):
        lines = f"{one.bare()}; {name}={good}"
        cases.add(f"tombstone: not its name, {name}", lines, one.found)

    several = f"{one.bare()}; {X}={others[0]}"
    cases.add("tombstones: in a second cookie", f"{several}; {X}={good}", gone)
    for count, expected in ((7, gone), (8, one.found)):
        before = "; ".join([f"{X}={others[0]}"] * count)
        case = f"tombstones: in the cookie behind {count} others"
        cases.add(case, f"{one.bare()}; {before}; {X}={good}", expected)
    left = "; ".join([f"{NAME}.1=x"] * 31)
    lines = f"{one.bare()}; {left}; {X}={good}"
    cases.add("tombstone: behind 32 chunks", lines, gone)

    beside("under the second key", one.tombstone(key=OTHER_KEY), gone, keys=BOTH)
    other = Token("other key", key=OTHER_KEY)
    lines = f"{other.bare()}; {X}={other.tombstone(key=KEY)}"
    case = "tombstone: under the first key, its token under the second"
    cases.add(case, lines, gone, keys=BOTH)
    retired = {"keys": BOTH, "retired": {OTHER_KEY: NOW}}
    beside("under a retired key", one.tombstone(key=OTHER_KEY), gone, **retired)
    shop = Token("shop", audience="shop")
    lines = f"{shop.bare()}; {X}={shop.tombstone()}"
    cases.add("tombstone: with an audience", lines, gone, audience="shop")
    lines = f"{shop.bare()}; {X}={shop.tombstone(audience='')}"
    case = "tombstone: ignored, without the audience"
    cases.add(case, lines, shop.found, audience="shop")
    signed = Token("signed", form=ss.SIGNED)
    lines = f"{signed.bare()}; {X}={signed.tombstone()}"
    cases.add("tombstone: signed", lines, gone, accepted=[2])
    cut = "; ".join(one.cut(3))
    cases.add("tombstone: of three chunks", f"{cut}; {X}={good}", gone)

    two = Token("two", record(0xA1, 0xB2), issued=NOW - 50)
    cases.add("tombstone: of a renewed token", f"{two.bare()}; {X}={good}", gone)
    lines = f"{one.bare()}; {two.bare()}; {X}={good}"
    cases.add("tombstone: of two tokens of one sign-in", lines, gone)
    next_one = Token("next", record(0xA2), issued=NOW - 200)
    for line in ((one, next_one), (next_one, one)):
        pairs = "; ".join(token.bare() for token in line)
        where = "before" if line[0] is one else "behind"
        case = f"tombstone: another sign-in counts, the destroyed one {where}"
        cases.add(case, f"{pairs}; {X}={good}", next_one.found)
    mine = Token("mine", name=PLAIN)
    stranger = Token("stranger", record(0xA2), name=PLAIN)
    lines = f"{mine.bare(PLAIN)}; {stranger.bare(PLAIN)}; {PLAIN}.x={mine.tombstone()}"
    case = "tombstone: no conflict with a destroyed session"
    cases.add(case, lines, stranger.found, name=PLAIN)

    def first(case: str, token: Token, expected: str = gone) -> None:
        lines = f"{token.bare()}; {X}={token.tombstone()}; {T}={token.touch(NOW - 10)}"
        cases.add(f"tombstone: {case}", lines, expected)

    first("tells before a touch", idle_token())
    first("tells before the future", Token("ahead", record(), issued=NOW + 121))
    first("tells before the end", Token("ended", record(created=NOW - 50_000)))
    first("tells before the timeout", Token("used", record(), issued=NOW - 1950))
    newer = Token("newer record", payload=b"\x40" + ss.write_payload(record())[1:])
    first("of a newer record, which is not read", newer, "record_too_new")
    broken = Token("broken", payload=ss.write_payload(record())[:20])
    first("of a broken record", broken, "malformed")
    dead = Token("dead", record(0xA3, created=NOW - 2500), issued=NOW - 2400)
    for line, expected in (((one, dead), gone), ((dead, one), "idle_expired")):
        pairs = "; ".join(token.bare() for token in line)
        case = f"tombstone: the first tells, {expected}"
        cases.add(case, f"{pairs}; {X}={good}", expected)
    tampered = f"{NAME}={one.text[:-4]}AAAA; {X}={good}"
    cases.add("tombstone: beside a token that does not open", tampered, "tampered")
    cases.add("tombstone: alone in the request", f"{X}={good}", "absent")


GROUPS = (tombstones, renewals)
