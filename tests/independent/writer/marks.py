"""Makes marks.json: touches, tombstones, and whole values of `base.x` and `base.r`."""

from __future__ import annotations

from typing import Any

import sealed_session as ss
from sealed_session import Key

from .cases import (
    ABSOLUTE,
    IDLE,
    KEY,
    NAME,
    NOW,
    OTHER_KEY,
    Token,
    bound,
    fixed,
    format_name,
    record,
    text,
    write,
)

X, R = f"{NAME}.x", f"{NAME}.r"
THIRD_KEY = Key(fixed("key 3"))
BOTH = [KEY, OTHER_KEY]


def touch_entry(case: str, issued: int, token: Token) -> dict[str, Any]:
    """A touch that a request at `issued` gets."""
    told = token.changed
    key, binding = told.get("key", KEY), bound(told)
    message = ss.touch_input(binding, token.raw(), issued)
    return shared(case, token) | {
        "issued": issued,
        "mac_key": key.derive(3).hex(),
        "mac_input": message.hex(),
        "text": token.touch(issued),
    }


def shared(case: str, token: Token) -> dict[str, Any]:
    told = token.changed
    return {
        "case": case,
        "master": told.get("key", KEY).master.hex(),
        "format": format_name(told.get("form", ss.ENCRYPTED)),
        "purpose": told.get("purpose", "session"),
        "name": told.get("name", NAME),
        "audience": told.get("audience", ""),
        "token": token.text,
        "token_issued": token.issued,
    }


def tombstone_entry(case: str, token: Token) -> dict[str, Any]:
    told = token.changed
    key, sign_in = told.get("key", KEY), token.record.id[:8]
    message = ss.tombstone_input(key.id, bound(told), sign_in)
    return shared(case, token) | {
        "sign_in": sign_in.hex(),
        "mac_key": key.derive(4).hex(),
        "mac_input": message.hex(),
        "text": token.tombstone(),
    }


# What is bound, as changes of a token.
BOUND: dict[str, dict[str, Any]] = {
    "small": {},
    "audience": {"audience": "shop.example.com"},
    "another key": {"key": OTHER_KEY},
    "plain name": {"name": "s"},
    "another purpose": {"purpose": "password-reset"},
    "audience in UTF-8": {"audience": "caf\u00e9"},
    "longest name and audience": {"name": "n" * 64, "audience": "a" * 255},
}


def whole_values() -> list[dict[str, Any]]:
    """Answers to requests whose session is destroyed or replaced by a sign-in."""
    one, other = Token("one"), Token("other key", key=OTHER_KEY)
    others = [one.tombstone(sign_in=bytes([n] * 8)) for n in range(1, 10)]
    own, under_other = one.tombstone(), one.tombstone(key=OTHER_KEY)
    under_third = one.tombstone(key=THIRD_KEY)
    unknown = one.tombstone(key=THIRD_KEY, sign_in=b"\5" * 8)
    three = [KEY, OTHER_KEY, THIRD_KEY]
    rest = "".join(sorted((under_other, under_third), key=ss.from_base64url))
    many = "".join(others[:8])
    junk = "!" * 28 + one.touch(NOW - 50) + "BQ" + "A" * 26
    values: list[dict[str, Any]] = []

    def add(
        case: str,
        token: Token,
        keys: list[Key],
        along: list[str],
        value: str,
        **more: Any,
    ) -> None:
        pairs = [token.bare(), *(f"{X}={line}" for line in along)]
        max_age = more.pop("max_age", 1800 + 120)
        retired = more.pop("retired", {})
        entry: dict[str, Any] = {
            "case": case,
            "cookies": ["; ".join(pairs)],
            "name": NAME,
            "audience": "",
            "keys": [key.master.hex() for key in keys],
            "accepted": ["encrypted"],
            "idle": IDLE,
            "absolute": ABSOLUTE,
            **more,
        }
        if retired:
            entry["retired"] = {key.master.hex(): at for key, at in retired.items()}
        values.append(entry | {"now": NOW, "value": value, "max_age": max_age})

    add("one key", one, [KEY], [], own)
    add("sealed under the first key of two", one, BOTH, [], own + under_other)
    add("sealed under the second key", other, BOTH, [], under_other + own)
    add("sealed under the first key of three", one, three, [], own + rest)
    third = Token("third key", key=THIRD_KEY)
    value = under_third + own + under_other
    add("sealed under the last key of three", third, three, [], value)
    add("two along", one, [KEY], ["".join(others[:2])], own + "".join(others[:2]))
    add("seven along", one, [KEY], ["".join(others[:7])], own + "".join(others[:7]))
    add("eight along", one, [KEY], [many], own + "".join(others[:7]))
    value = under_other + own + "".join(others[:6])
    add("eight along, two keys", other, BOTH, [many], value)
    add("in two cookies", one, [KEY], others[:2], own + "".join(others[:2]))
    add("one twice", one, [KEY], [others[0] * 2 + others[1]], own + "".join(others[:2]))
    add("of an unknown key", one, [KEY], [unknown], own + unknown)
    add(
        "other things among them",
        one,
        [KEY],
        [junk + others[0] + "AAA"],
        own + others[0],
    )
    add("too long a cookie before", one, [KEY], ["A" * 257, others[0]], own + others[0])
    told = {"retired": {OTHER_KEY: NOW}}
    add("a retired key", one, BOTH, [], own, **told)
    told = {"retired": {OTHER_KEY: NOW + 1}}
    add("a key that retires", one, BOTH, [], own + under_other, **told)

    late = Token("late in its life", record(created=NOW - 43_000))
    add("200 s before the end", late, [KEY], [], own, max_age=1920)
    over = Token("over", record(created=NOW - 2500), issued=NOW - 1900)
    add("idle for too long", over, [KEY], [], own, refusal="idle_expired")
    ended = Token("ended", record(created=NOW - 43_200), issued=NOW - 50)
    told = {"refusal": "absolute_expired", "max_age": 1920}
    add("at the end of its lifetime", ended, [KEY], [], own, **told)
    ahead = Token("from within the skew", record(created=NOW + 60))
    add("begun ahead of now", ahead, [KEY], [], own, max_age=1980)
    far = Token("far ahead", record(created=NOW + 5000), issued=NOW + 5000)
    told = {"refusal": "from_the_future", "max_age": 6920}
    add("from the future", far, [KEY], [], own, **told)
    add("another skew", one, [KEY], [], own, skew=10, max_age=1810)
    bounds = {"shortest_idle": 300, "longest_idle": 7200}
    add("the longest idle timeout", one, [KEY], [], own, **bounds, max_age=7320)
    never = {"never_idle": True}
    add("one may never idle out", one, [KEY], [], own, **never, max_age=43_320)
    long = never | {"longest_absolute": 604_800}
    add("the longest absolute lifetime", one, [KEY], [], own, **long, max_age=604_920)
    long = {"remembers": True, "longest_absolute": 604_800}
    add("one may be remembered", one, [KEY], [], own, **long, max_age=604_920)
    short = Token("short of its own", record(own=(300, 1200)))
    case = "own lifetimes are not what counts"
    add(case, short, [KEY], [], own, **bounds, max_age=7320)
    far = never | {"longest_absolute": 1 << 33}
    add("400 days at most", one, [KEY], [], own, **far, max_age=400 * 86_400)
    return values


def renewals() -> list[dict[str, Any]]:
    """Answers to requests whose session is renewed."""
    one, twice = Token("one"), Token("renewed before", record(renewal=0xB1))
    whole = {"sign_in": one.record.id}
    own, under_other = one.tombstone(**whole), one.tombstone(key=OTHER_KEY, **whole)
    of_twice = twice.tombstone(sign_in=twice.record.id)
    others = [one.tombstone(sign_in=bytes([n] * 16)) for n in range(1, 9)]
    entries: list[dict[str, Any]] = []

    def add(
        case: str, keys: list[Key], along: list[str], value: str, of: Token = one
    ) -> None:
        entries.append(
            {
                "case": f"renewed: {case}",
                "cookies": ["; ".join([of.bare(), *along])],
                "name": NAME,
                "audience": "",
                "keys": [key.master.hex() for key in keys],
                "accepted": ["encrypted"],
                "idle": IDLE,
                "absolute": ABSOLUTE,
                "now": NOW,
                "value": value,
                "max_age": 1800 + 120,
            }
        )

    add("one key", [KEY], [], own)
    add("two keys", BOTH, [], own + under_other)
    add("two along", [KEY], [f"{R}={others[0]}{others[1]}"], own + "".join(others[:2]))
    add("eight along", [KEY], [f"{R}={''.join(others)}"], own + "".join(others[:7]))
    add("ends along are no renewals", [KEY], [f"{X}={others[0]}"], own)
    add("for the second time", [KEY], [f"{R}={own}"], of_twice + own, twice)
    return entries


FORMER, SECURE = "__Host-old", "__Secure-old"


class Several:
    """Answers to requests with several sessions, or under a former name too."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []

    def add(
        self, case: str, cookies: str, values: dict[str, list[str]], **more: Any
    ) -> None:
        entry: dict[str, Any] = {
            "case": case,
            "cookies": [cookies],
            "name": NAME,
            "audience": "",
            "keys": [KEY.master.hex()],
            "accepted": ["encrypted"],
            "idle": IDLE,
            "absolute": ABSOLUTE,
            "now": NOW,
            "max_age": 1800 + 120,
        }
        told = {name: "".join(stones) for name, stones in values.items()}
        self.all.append(entry | more | {"values": told})


def along(*tokens: Token) -> str:
    return "; ".join(token.bare(token.changed.get("name", NAME)) for token in tokens)


def stones(name: str, *tokens: Token) -> list[str]:
    return [token.tombstone(name=name) for token in tokens]


def several() -> list[dict[str, Any]]:
    made = Several()
    old, new = (
        Token("several old", record(0xB1)),
        Token("several new", record(0xB2), issued=NOW - 50),
    )
    third = Token("several third", record(0xB3), issued=NOW - 80)
    dead = Token("several dead", record(0xB4, created=NOW - 2500), issued=NOW - 1900)
    gone = Token("several gone", record(0xB5, created=NOW - 2600), issued=NOW - 2500)
    ahead = Token("several ahead", record(0xB6, created=NOW + 500), issued=NOW + 500)

    def own(case: str, cookies: str, *order: Token, **more: Any) -> None:
        made.add(case, cookies, {NAME: stones(NAME, *order)}, **more)

    own("two live", along(old, new), new, old)
    own("two live, turned round", along(new, old), new, old)
    own("three live", along(old, new, third), new, third, old)
    own("two that are over", along(dead, gone), gone, dead, refusal="idle_expired")
    own("two live and two over", along(dead, old, gone, new), new, old, gone, dead)
    own("one that is ahead", along(new, ahead), new, ahead, max_age=1920 + 500)
    own("a malformed one", f"{NAME}=x; {along(new)}", new)
    own(
        "one of the same sign-in",
        along(Token("several again", record(0xB2, 0xB3)), new),
        new,
    )
    cookies = f"{along(old, new)}; {X}={old.tombstone()}"
    made.add(
        "one is destroyed already", cookies, {NAME: [new.tombstone(), old.tombstone()]}
    )
    whole = old.tombstone(sign_in=old.record.id)
    own("one was renewed", f"{along(old, new)}; {R}={whole}", new, old)

    was = Token("several was", record(0xC1), name=FORMER)
    before = Token(
        "several before",
        record(0xC2, created=NOW - 2500),
        name=FORMER,
        issued=NOW - 1900,
    )

    def both(case: str, cookies: str, *order: Token, **more: Any) -> None:
        values = {name: stones(name, *order) for name in (NAME, FORMER)}
        made.add(f"former: {case}", cookies, values, former=FORMER, **more)

    both("nothing under it", along(new), new)
    both("alone", along(was), was, by="cookie", under=FORMER)
    both("one live under each", along(new, was), new, was)
    both("two live and one under it", along(old, new, was), new, was, old)
    both(
        "one over under each", along(dead, before), before, dead, refusal="idle_expired"
    )
    both(
        "live under it, over beside it",
        along(dead, was),
        was,
        dead,
        by="cookie",
        under=FORMER,
    )
    values = {
        NAME: stones(NAME, new),
        FORMER: [*stones(FORMER, new), *stones(FORMER, was)],
    }
    cookies = f"{along(new)}; {FORMER}.x={was.tombstone()}"
    made.add("former: a tombstone along", cookies, values, former=FORMER)
    planted = Token("several planted", record(0xC3), name=SECURE)
    values = {name: stones(name, new) for name in (NAME, SECURE)}
    made.add(
        "former: a plantable one is left out",
        along(new, planted),
        values,
        former=SECURE,
    )
    return made.all


def several_renewals() -> list[dict[str, Any]]:
    made = Several()
    was = Token("several was", record(0xC1), name=FORMER)
    new = Token("several new", record(0xB2), issued=NOW - 50)
    for case, token, more in (
        ("renewed: beside a former name", new, {}),
        ("renewed: under the former name", was, {"by": "cookie", "under": FORMER}),
    ):
        values = {
            name: [token.tombstone(name=name, sign_in=token.record.id)]
            for name in (NAME, FORMER)
        }
        made.add(case, along(token), values, former=FORMER, **more)
    return made.all


def make() -> None:
    made: dict[str, list[dict[str, Any]]] = {"touches": [], "tombstones": []}
    for form in (ss.ENCRYPTED, ss.SIGNED):
        for case, changed in BOUND.items():
            label = f"{case}, {format_name(form)}"
            # The tokens of tokens.json, where they have these names.
            token = Token(label, nonce=label, form=form, **changed)
            made["touches"].append(touch_entry(label, NOW + 100, token))
            made["tombstones"].append(tombstone_entry(label, token))
    for case, issued in {
        "the first second that may be": 180,
        "the last second but one": 0xFFFFFFFE,
        "the highest bit of the time": 0x80000000,
    }.items():
        found = record(created=issued - 180)
        token = Token(f"mark {case}", found, issued=issued - 180)
        made["touches"].append(touch_entry(case, issued, token))
    zeros = Token("mark zeros", record(0, 0))
    made["tombstones"].append(tombstone_entry("id of zeros", zeros))
    own = record(own=(600, 0), subject="user-17", attributes=[text("a", "1")])
    token = Token("mark own", own)
    made["tombstones"].append(
        tombstone_entry("with a subject and own lifetimes", token)
    )
    whole = {
        "values": whole_values(),
        "renewals": renewals(),
        "several": several(),
        "several_renewals": several_renewals(),
    }
    write("marks", made | whole)
