"""The requests of cookies.json with touches."""

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
from .marked import BOTH, T, X, flipped, idle_token, renewed, signed_as


def no_touches(one: Token) -> dict[str, str]:
    """What is no touch of `one` at NOW - 100."""
    good, at = one.touch(NOW - 100), NOW - 100
    data = ss.from_base64url(good)
    binding, raw = bound({}), one.raw()
    message = ss.touch_input(binding, raw, at)
    context = binding.context()
    begin, behind = message[:5], message[5 + len(context) :]
    return {
        "another token of the same session": renewed().touch(at),
        "another sign-in": idle_token("other", found=record(0xA2)).touch(at),
        "another key": one.touch(at, key=OTHER_KEY),
        "another name": one.touch(at, name=PLAIN),
        "another audience": one.touch(at, audience="shop"),
        "another purpose": one.touch(at, purpose="token"),
        "issued one second later": to_base64url(
            data[:1] + (at + 1).to_bytes(4, "big") + data[5:]
        ),
        "first byte of the MAC changed": flipped(good, 5),
        "last byte of the MAC changed": flipped(good, 20),
        "one byte short": to_base64url(data[:-1]),
        "one byte more": to_base64url(data + b"\0"),
        "five bytes": to_base64url(data[:5]),
        "four bytes": to_base64url(data[:4]),
        "one byte": to_base64url(data[:1]),
        "the whole MAC": signed_as(3, message, size=32),
        "format 1": to_base64url(b"\1" + data[1:]),
        "format 4": to_base64url(b"\4" + data[1:]),
        "format 4 in the MAC, too": signed_as(3, b"\4" + message[1:]),
        "format 0": to_base64url(b"\0" + data[1:]),
        "format 5": to_base64url(b"\5" + data[1:]),
        "the key of tombstones": signed_as(4, message),
        "the key of signed tokens": signed_as(2, message),
        "no context": signed_as(3, begin + behind),
        "token before the context": signed_as(3, begin + behind + context),
        "no header of the token": signed_as(3, begin + context + behind[9:]),
        "no nonce": signed_as(3, begin + context + raw[:9] + raw[-16:]),
        "no tag": signed_as(3, begin + context + raw[:33]),
        "the whole token": signed_as(3, begin + context + raw),
        "a tombstone": one.tombstone(),
        "twice": good + good,
        "empty": "",
        "padding": good + "=",
        "quotes": f'"{good}"',
        "one character short": good[:-1],
        "one character more": good + "A",
        "percent signs": good.replace("A", "%41", 1),
        "lower case": good.lower(),
    }


def touches(cases: Cases) -> None:
    one = idle_token()
    over = "idle_expired"

    def beside(
        case: str, at: int | str, expected: str | Expected, **changed: Any
    ) -> None:
        """`one` with a touch; its time as a difference to `now`."""
        touch = at if isinstance(at, str) else one.touch(NOW + at)
        cases.add(f"touch: {case}", f"{one.bare()}; {T}={touch}", expected, **changed)

    cases.add("touch: none, over without", one.bare(), over)
    beside("extends", -100, one.used(NOW - 100))
    good = f"{T}={one.touch(NOW - 100)}"
    used = one.used(NOW - 100)
    cases.add("touch: before its token", f"{good}; {one.bare()}", used)
    cases.add("touch: in another field", [good, one.bare()], used)
    cases.add("touch: spaces around", f"{one.bare()};\t{T} \t= {good[17:]} ", used)
    for name in (T.upper(), NAME + ".T", NAME + "_t", NAME + ".t.1", PLAIN + ".t"):
        lines = f"{one.bare()}; {name}={one.touch(NOW - 100)}"
        cases.add(f"touch: not its name, {name}", lines, over)
    beside("a second before the timeout", -1799, one.used(NOW - 1799))
    beside("at the timeout", -1800, over)
    beside("a second after the timeout", -1801, over)
    beside("now", 0, one.used(NOW))
    beside("120 s ahead", 120, one.used(NOW + 120))
    beside("121 s ahead", 121, over)
    beside("1 s ahead, no skew", 1, over, skew=0)
    beside("now, no skew", 0, one.used(NOW), skew=0)
    beside("300 s ahead, as much skew", 300, one.used(NOW + 300), skew=300)
    beside("301 s ahead, skew of 300 s", 301, over, skew=300)
    for case, value in no_touches(one).items():
        beside(f"ignored, {case}", value, over)
    not_text = f"{one.bare()}; {T}=".encode() + b"\xff\xfe"
    cases.add("touch: ignored, not UTF-8", not_text, over)

    for size in (29, 56, 256, 257):
        value = (one.touch(NOW - 100) * 10)[:size]
        beside(
            f"ignored, a value of {size} characters that begins with it", value, over
        )

    fresh = Token("one")
    line = f"{fresh.bare()}; {T}={{}}"
    for case, at in {"a second before": -101, "with": -100}.items():
        touch = fresh.touch(NOW + at)
        cases.add(f"touch: issued {case} its token", line.format(touch), fresh.found)
    touch = fresh.touch(NOW - 99)
    case = "touch: issued a second after its token"
    cases.add(case, line.format(touch), fresh.used(NOW - 99))
    cases.add("touch: garbage beside a live session", line.format("hello"), fresh.found)
    cases.add(
        "touch: a longer one of a newer format", line.format("B" * 40), fresh.found
    )

    due = Token("due", issued=NOW - 180)
    cases.add("touch: due after a tenth of the timeout", due.bare(), due.found)
    soon = Token("soon", issued=NOW - 179)
    cases.add("touch: not due a second before", soon.bare(), soon.found)
    for idle, interval in ((600, 60), (500, 60), (120, 60), (100, 50), (36_000, 3600)):
        for age in (interval, interval - 1):
            token = Token(
                f"interval {age}", record(created=NOW - age), issued=NOW - age
            )
            case = f"touch: {age} s after use, timeout of {idle} s"
            cases.add(case, token.bare(), token.found, idle=idle)
    bounds = {"shortest_idle": 1000, "longest_idle": 7200}
    for age in (100, 99):
        token = Token(f"bounds {age}", issued=NOW - age)
        case = f"touch: {age} s after use, shortest timeout of 1,000 s"
        cases.add(case, token.bare(), token.found, **bounds)

    def several(case: str, times: list[int], expected: str | Expected) -> None:
        line = "; ".join(f"{T}={one.touch(NOW + at)}" for at in times)
        cases.add(f"touches: {case}", f"{line}; {one.bare()}", expected)

    several("the latest counts, behind", [-200, -100], used)
    several("the latest counts, before", [-100, -200], used)
    several("one too far ahead is left out", [121, -100, -200], used)
    several("the eighth counts", [-1850] * 7 + [-100], used)
    several("the ninth does not count", [-1850] * 8 + [-100], over)
    garbage = "; ".join([f"{T}=hello"] * 7)
    cases.add("touches: garbage before", f"{garbage}; {one.bare()}; {good}", used)
    left = "; ".join([f"{NAME}.1=x"] * 31)
    cases.add("touch: behind 32 chunks", f"{one.bare()}; {left}; {good}", used)

    signed = idle_token("signed", form=ss.SIGNED)
    lines = f"{signed.bare()}; {T}={signed.touch(NOW - 50)}"
    cases.add("touch: signed", lines, signed.used(NOW - 50), accepted=[2])
    raw, context = signed.raw(), bound({}).context()
    begin = ss.mark(ss.TOUCH, (NOW - 50).to_bytes(4, "big"))
    for case, behind in {
        "no MAC of the token": raw[:9],
        "half of its MAC": raw[:9] + raw[-8:],
        "a nonce, which it has not": raw[:33] + raw[-16:],
    }.items():
        touch = signed_as(3, begin + context + behind)
        lines = f"{signed.bare()}; {T}={touch}"
        cases.add(f"touch: ignored, signed, {case}", lines, over, accepted=[2])
    cut = "; ".join(one.cut(3))
    cases.add("touch: of three chunks", f"{cut}; {good}", used)
    other = idle_token("other key", key=OTHER_KEY)
    lines = f"{other.bare()}; {T}={other.touch(NOW - 50)}"
    case = "touch: of a token under the second key"
    cases.add(case, lines, other.used(NOW - 50), keys=BOTH)
    lines = f"{other.bare()}; {T}={other.touch(NOW - 50, key=KEY)}"
    case = "touch: ignored, under the first key, its token under the second"
    cases.add(case, lines, over, keys=BOTH)
    shop = idle_token("shop", audience="shop")
    lines = f"{shop.bare()}; {T}={shop.touch(NOW - 50)}"
    cases.add("touch: with an audience", lines, shop.used(NOW - 50), audience="shop")

    # Which session counts is decided by when the tokens were issued.
    last = renewed()
    both = f"{one.bare()}; {last.bare()}"
    cases.add("touch: of one of two, the other is over", f"{both}; {good}", used)
    newer = Token("newer", record(0xA1, 0xB3), issued=NOW - 500)
    lines = f"{newer.bare()}; {one.bare()}; {good}"
    cases.add("touch: of the one issued before another", lines, newer.found)
    mine = f"{T}={newer.touch(NOW - 50)}"
    lines = f"{newer.bare()}; {one.bare()}; {good}; {mine}"
    cases.add("touches: of two tokens", lines, newer.used(NOW - 50))
    plain = idle_token("plain", name=PLAIN)
    stranger = Token("stranger", record(0xA2), name=PLAIN)
    lines = f"{plain.bare(PLAIN)}; {stranger.bare(PLAIN)}"
    p = {"name": PLAIN}
    case = "touch: none, no conflict with an expired session"
    cases.add(case, lines, stranger.found, **p)
    touch = f"{PLAIN}.t={plain.touch(NOW - 50)}"
    cases.add("touch: makes a conflict", f"{lines}; {touch}", "conflict", **p)
    crowd = "; ".join([f"{PLAIN}.t=x"] * 20 + [f"{PLAIN}.x=y"] * 7)
    case = "touches and tombstones are no chunks that crowd others out"
    cases.add(case, f"{crowd}; {stranger.bare(PLAIN)}", stranger.found, **p)
    crowd = f"{crowd}; {PLAIN}.x=y"
    case = "eight tombstones may hide another"
    cases.add(case, f"{crowd}; {stranger.bare(PLAIN)}", "conflict", **p)

    ended = Token("ended", record(created=NOW - 43_200), issued=NOW - 1900)
    lines = f"{ended.bare()}; {T}={ended.touch(NOW - 50)}"
    cases.add("touch: does not extend the absolute lifetime", lines, "absolute_expired")
    future = Token("ahead", record(), issued=NOW + 121)
    lines = f"{future.bare()}; {T}={future.touch(NOW)}"
    cases.add("touch: of a token from the future", lines, "from_the_future")


def orphans(cases: Cases) -> None:
    one = Token("one")
    touch = one.touch(NOW - 50)
    data = ss.from_base64url(touch)
    touch_at = one.touch

    def alone(
        case: str, value: str, removed: bool, before: str = "", **changed: Any
    ) -> None:
        lines = f"{before}{changed.get('name', NAME)}.t={value}"
        if removed:
            changed["removed"] = [T]
        refusal = changed.pop("refusal", "absent")
        cases.add(f"orphan touch: {case}", lines, refusal, **changed)

    alone("removed", touch, True)
    alone("of an unknown key", touch_at(NOW - 50, key=OTHER_KEY), True)
    alone("120 s ahead", touch_at(NOW + 120), True)
    alone("121 s ahead", touch_at(NOW + 121), False)
    alone("1 s ahead, no skew", touch_at(NOW + 1), False, skew=0)
    alone("garbage", "hello", True)
    alone("empty", "", True)
    alone("a tombstone", one.tombstone(), True)
    alone("a token", one.text, True)
    alone("format 0", to_base64url(b"\0" + data[1:]), True)
    alone("format 5", to_base64url(b"\5" + data[1:]), False)
    alone("format 255", to_base64url(b"\xff" + data[1:]), False)
    alone("format 5, longer", to_base64url(b"\5" + data), False)
    alone("format 5, one byte", to_base64url(b"\5"), False)
    alone("256 bytes", "B" * 253 + "!!!", True)
    alone("257 bytes", "B" * 257, False)
    alone("one byte more", to_base64url(data + b"\0"), True)
    alone("under a plain name", touch, False, name=PLAIN)
    alone("under a secure name", touch, False, name="__Secure-s")
    alone("beside a left-over", touch, False, f"{NAME}.1=x; ", refusal="partial")
    alone("beside a malformed one", touch, False, f"{NAME}=; ", refusal="malformed")
    alone("beside a tombstone", touch, True, f"{X}={one.tombstone()}; ")
    alone("beside other cookies", touch, True, f"a=b; {NAME}.9=x; ")
    alone("two of them", touch, True, f"{T}=hello; ")
    alone("a ninth one of 257 bytes", "B" * 257, True, f"{T}=hello; " * 8)
    alone("an eighth one of 257 bytes", "B" * 257, False, f"{T}=hello; " * 7)
    later = f"{T}={touch_at(NOW + 121)}; "
    alone("two of them, one from the future", touch, False, later)
    over = idle_token()
    alone(
        "not without its token",
        "hello",
        False,
        f"{over.bare()}; ",
        refusal="idle_expired",
    )


GROUPS = (touches,)
