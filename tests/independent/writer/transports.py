"""Writes transports.json: requests with header fields and links, and under a former name."""

from __future__ import annotations

from typing import Any

from sealed_session import IN_URL, SIGNED, TEXT_LIMIT

from .cases import NAME, NOW, OTHER_KEY, PLAIN, Cases, Expected, Token, record, write

FORMER, SECURE = "__Host-old", "__Secure-old"
FIELDS = {"field": ["x-session", "x-session"]}
BEARER = {"field": ["authorization", "x-session"]}
LINKS = {"link": "s"}
COOKIES = {"cookie": True}
HERE = {"host": "shop.example"}


def of_fields(cases: Cases) -> None:
    one, two = Token("one"), Token("two", record(0xA2), issued=NOW - 50)
    idle = Token("idle touched", record(created=NOW - 2000), issued=NOW - 1900)
    link = Token("linked", purpose=IN_URL)

    def add(
        case: str, fields: list[Any], expected: str | Expected, **more: Any
    ) -> None:
        more.setdefault("transports", FIELDS | COOKIES)
        cookies = more.pop("cookies", [])
        if not isinstance(expected, str):
            more.setdefault("by", "field")
        cases.add(f"field: {case}", cookies, expected, fields=fields, **more)

    def value(text: str) -> list[list[str]]:
        return [["x-session", text]]

    add("a token", value(one.text), one.found)
    add("spaces and tabs around", value(f" \t{one.text}\t "), one.found)
    add("its name in another case", [["X-SESSION", one.text]], one.found)
    add("no cookies configured", value(one.text), one.found, transports=FIELDS)
    add("none", [], "absent")
    add("empty", value(""), "absent")
    add("empty, beside a cookie", value(""), "absent", cookies=one.bare())
    add("before a cookie", value(two.text), two.found, cookies=one.bare())
    add("malformed, before a cookie", value("x"), "malformed", cookies=one.bare())
    add("none, beside a cookie", [], one.found, cookies=one.bare(), by="cookie")
    alone = {"transports": FIELDS, "cookies": one.bare()}
    add("none, beside a cookie that is not configured", [], "absent", **alone)
    add("twice", value(one.text) * 2, "conflict")
    add("twice, with a comma", value(f"{one.text}, {one.text}"), "conflict")
    add("a comma behind", value(f"{one.text},"), "conflict")
    add("a comma and nothing else", value(","), "conflict")
    add("twice empty", value("") * 2, "conflict")
    add(
        "one that is too long, and another",
        [*value("A" * 36_838), *value("A")],
        "conflict",
    )
    add("a first chunk", value(f"2{one.text[-4:]}{one.text}"), "malformed")
    add("36,838 characters", value("A" * (TEXT_LIMIT + 1)), "over_ceiling")
    add("36,837 characters", value("A" * TEXT_LIMIT), "malformed")
    add("of a link", value(link.text), "tampered")
    add("another scheme", value(f"Bearer {one.text}"), "malformed")
    signed = Token("signed", form=SIGNED)
    add("signed", value(signed.text), signed.found, accepted=[2])

    def touched(case: str, touches: list[str], expected: str | Expected) -> None:
        fields = [["x-session-touch", touch] for touch in touches]
        add(f"touch: {case}", [*value(idle.text), *fields], expected)

    touch, used = idle.touch(NOW - 100), idle.used(NOW - 100)
    touched("none", [], "idle_expired")
    touched("one", [touch], used)
    touched("spaces around", [f"\t{touch} "], used)
    touched("the latest counts", [idle.touch(NOW - 200), touch], used)
    touched("two with a comma", [f"{touch},{touch}"], "idle_expired")
    touched("the eighth", ["x"] * 7 + [touch], used)
    touched("the ninth", ["x"] * 8 + [touch], "idle_expired")
    touched("of another token", [one.touch(NOW - 50)], "idle_expired")
    touched("28 characters and more", [touch + "A"], "idle_expired")
    only = [["x-session-touch", touch]]
    add("touch: without its token", only, "absent", cookies=[])
    cookies = f"{idle.bare()}; {NAME}.t={touch}"
    add(
        "touch: in a cookie, of a token in a field",
        value(idle.text),
        "idle_expired",
        cookies=cookies,
    )
    add(
        "touch: in a field, of a token in a cookie",
        only,
        "idle_expired",
        cookies=idle.bare(),
    )
    stone = f"{NAME}.x={one.tombstone()}"
    add(
        "a tombstone in a cookie says nothing",
        value(one.text),
        one.found,
        cookies=stone,
    )

    def bearer(
        case: str, values: list[str], expected: str | Expected, **more: Any
    ) -> None:
        fields = [["authorization", v] for v in values]
        add(f"bearer: {case}", fields, expected, transports=BEARER | COOKIES, **more)

    bearer("a token", [f"Bearer {one.text}"], one.found)
    bearer("another case, a tab and spaces", [f" bEARER\t  {one.text} "], one.found)
    bearer("the scheme alone", ["Bearer"], "absent")
    bearer(
        "the scheme alone, beside a cookie", ["Bearer "], "absent", cookies=one.bare()
    )
    told = {"cookies": one.bare(), "by": "cookie"}
    bearer("another scheme, beside a cookie", ["Basic QTpC"], one.found, **told)
    bearer("no space behind the scheme", [f"Bearer{one.text}"], "absent")
    bearer("behind another scheme", ["Basic QTpC", f"Bearer {one.text}"], one.found)
    bearer("twice", [f"Bearer {one.text}"] * 2, "conflict")
    bearer("twice, with a comma", [f"Bearer {one.text}, Bearer {one.text}"], "conflict")


def of_links(cases: Cases) -> None:
    one, two = Token("linked", purpose=IN_URL), Token("two", record(0xA2))
    cookie = Token("one")

    def add(case: str, query: str, expected: str | Expected, **more: Any) -> None:
        more.setdefault("transports", LINKS)
        cookies = more.pop("cookies", [])
        if not isinstance(expected, str):
            more.setdefault("by", "link")
        more.setdefault("idle", 900)
        cases.add(f"link: {case}", cookies, expected, query=query, **more)

    q = f"s={one.text}"
    add("a token", q, one.found)
    add("among others", f"a=b&{q}&c", one.found)
    add("behind empty pairs", f"&&{q}&", one.found)
    add("no query", "", "absent")
    add("another parameter", f"t={one.text}", "absent")
    add("another case", f"S={one.text}", "absent")
    add("percent signs in the name", f"%73={one.text}", "absent")
    add("percent signs in the value", f"s=%41{one.text[1:]}", "malformed")
    add("without `=`", "s", "absent")
    add("empty", "s=", "absent")
    add("a live one and one without `=`", f"{q}&s", "conflict")
    add("one without `=` and a live one", f"s&{q}", "conflict")
    add("twice", f"{q}&{q}", "conflict")
    add("twice empty", "s&s=", "conflict")
    add("a semicolon is no end", f"{q};s", "malformed")
    add("a second `=`", f"s={one.text}=", "malformed")
    add("2,001 characters", f"s={'A' * 2001}", "over_ceiling")
    add("2,000 characters", f"s={'A' * 2000}", "newer_format")
    add("of a cookie", f"s={cookie.text}", "tampered")
    add("a first chunk", f"s=2{one.text[-4:]}{one.text}", "malformed")
    stone = f"{NAME}.x={one.tombstone(purpose='session')}"
    add("a tombstone in a cookie says nothing", q, one.found, cookies=stone)

    both = {"transports": LINKS | COOKIES}
    add("beside cookies that are configured", q, one.found, **both)
    told = both | {"cookies": cookie.bare(), "by": "cookie"}
    add("behind a cookie", q, cookie.found, **told)
    add("empty, behind a cookie", "s", cookie.found, **told)
    told = both | {"cookies": f"{NAME}.t=x"}
    add("behind a mark in a cookie", q, "absent", removed=[f"{NAME}.t"], **told)
    three = FIELDS | LINKS | COOKIES
    fields = [["x-session", two.text]]
    told = {"transports": three, "fields": fields, "by": "field"}
    add("behind a field", q, two.found, **told)

    # What may not be a token asks for links only if the own site has offered them.
    def asks(case: str, fields: list[list[str]], counts: bool) -> None:
        add(
            f"two, {case}",
            "s&s",
            "conflict" if counts else "absent",
            fields=fields,
            **both,
            **HERE,
        )

    site = "sec-fetch-site"
    asks("from nowhere", [], False)
    asks("from the own origin", [[site, "same-origin"]], True)
    asks("from the own site", [[site, "same-site"]], False)
    asks("from another site", [[site, "cross-site"]], False)
    asks("from the user", [[site, "none"]], False)
    asks("from two origins", [[site, "same-origin"]] * 2, False)
    asks("by `Origin`", [["origin", "https://shop.example"]], True)
    asks("by another `Origin`", [["origin", "https://evil.example"]], False)
    asks("by `Referer`", [["referer", "https://shop.example/a?b"]], True)
    asks("by another `Referer`", [["referer", "https://evil.example/"]], False)
    mixed = [["origin", "https://evil.example"], ["referer", "https://shop.example/"]]
    asks("by `Origin` before `Referer`", mixed, False)
    asks("by an empty `Origin` and `Referer`", [["origin", ""], mixed[1]], True)
    asks("by two of `Origin`", [["origin", "https://shop.example"]] * 2, False)
    other = [["origin", "https://shop.example:8443"]]
    asks("by another port", other, False)
    asks("by the port of the scheme", [["origin", "https://shop.example:443"]], True)
    asks("by another scheme", [["origin", "ttps://shop.example"]], False)
    asks("by `http`", [["origin", "http://shop.example"]], True)
    asks("by a user's name", [["referer", "https://a@shop.example/"]], False)
    asks("by another case", [["origin", "HTTPS://Shop.Example"]], True)
    asks("by `null`", [["origin", "null"]], False)
    asks("with spaces around", [[site, " same-origin\t"]], True)
    asks("by another case of the word", [[site, "Same-Origin"]], False)
    far = {"host": "shop.example"} | both
    add("too long, from nowhere", f"s={'A' * 2001}", "absent", **far)
    add("malformed, from nowhere", "s=x", "malformed", **far)


def of_former_names(cases: Cases) -> None:
    own, over = (
        Token("one"),
        Token("over", record(created=NOW - 2000), issued=NOW - 1900),
    )
    old = Token("old", record(0xA2), name=FORMER)
    dead = Token(
        "dead", record(0xA3, created=NOW - 2000), name=FORMER, issued=NOW - 1900
    )
    planted = Token("planted", record(0xA4), name=SECURE)

    def add(case: str, cookies: str, expected: str | Expected, **more: Any) -> None:
        more.setdefault("former", FORMER)
        if not isinstance(expected, str):
            more.setdefault("by", "cookie")
        cases.add(f"former: {case}", cookies, expected, **more)

    def both(*tokens: Token) -> str:
        return "; ".join(
            token.bare(token.changed.get("name", NAME)) for token in tokens
        )

    was = {"under": FORMER}
    add("alone", both(old), old.found, **was)
    add("in three chunks", "; ".join(old.cut(3, FORMER)), old.found, **was)
    add("beside a live one", both(own, old), own.found)
    add(
        "issued later than the own one",
        both(own, Token("late", record(0xA2), name=FORMER, issued=NOW)),
        own.found,
    )
    add("beside one that is over", both(over, old), old.found, **was)
    add("before one that is over", both(old, over), old.found, **was)
    tampered = f"{NAME}={own.text[:-4]}AAAA"
    for case, cookies in {
        "tampered": tampered,
        "malformed": f"{NAME}=hello",
        "partial": f"{NAME}.1=x",
        "of an unknown key": both(Token("other key", key=OTHER_KEY)),
        "of a newer record": both(Token("newer record", payload=b"\x40")),
        "from the future": both(Token("ahead", record(), issued=NOW + 121)),
    }.items():
        reason = {
            "of an unknown key": "unknown_key",
            "of a newer record": "record_too_new",
        }
        reason |= {"from the future": "from_the_future"}
        add(
            f"beside one that is {case}",
            f"{cookies}; {both(old)}",
            reason.get(case, case),
        )
    add(
        "beside one that is over and a malformed one",
        f"{both(over)}; {NAME}=; {both(old)}",
        "idle_expired",
    )
    gone = f"{NAME}.x={own.tombstone()}"
    add("beside one that is destroyed", f"{both(own, old)}; {gone}", old.found, **was)
    add("beside a touch of the own name", f"{NAME}.t=x; {both(old)}", old.found, **was)
    add("of the own name's token", old.bare(), "tampered")
    add("the own name's token under it", own.bare(FORMER), "tampered")
    add("both over", both(over, dead), "idle_expired")
    ended = Token("ended", record(0xA5, created=NOW - 50_000), name=FORMER)
    add("both over, the own one tells", both(ended, over), "idle_expired")
    add("over, and nothing of the own name", both(dead), "idle_expired")
    add("malformed, and nothing of the own name", f"{FORMER}=x", "malformed")
    add(
        "telling, beside an own one that is not",
        f"{both(over)}; {FORMER}=x",
        "idle_expired",
    )

    stone, far = old.tombstone(), old.tombstone(name=NAME)
    destroyed = "destroyed"
    add("its tombstone beside it", f"{both(old)}; {FORMER}.x={stone}", destroyed)
    add("its tombstone under the own name", f"{both(old)}; {NAME}.x={far}", destroyed)
    add(
        "a tombstone with the other context",
        f"{both(old)}; {NAME}.x={stone}",
        old.found,
        **was,
    )
    add(
        "a tombstone with the own context",
        f"{both(old)}; {FORMER}.x={far}",
        old.found,
        **was,
    )
    mine = own.tombstone(name=FORMER)
    add(
        "an own tombstone under the former name",
        f"{both(own)}; {FORMER}.x={mine}",
        destroyed,
    )
    whole = own.tombstone(name=FORMER, sign_in=own.record.id)
    add(
        "an own renewal under the former name",
        f"{both(own)}; {FORMER}.r={whole}",
        "superseded",
    )

    touch = dead.touch(NOW - 100)
    add(
        "its touch beside it",
        f"{both(dead)}; {FORMER}.t={touch}",
        dead.used(NOW - 100),
        **was,
    )
    add(
        "its touch under the own name",
        f"{both(dead)}; {NAME}.t={touch}",
        "idle_expired",
    )
    wrong = dead.touch(NOW - 100, name=NAME)
    add(
        "a touch with the own context",
        f"{both(dead)}; {FORMER}.t={wrong}",
        "idle_expired",
    )

    plain = {"former": SECURE}
    add("plantable, alone", both(planted), planted.found, under=SECURE, **plain)
    add(
        "plantable, beside one that is over",
        both(over, planted),
        "idle_expired",
        **plain,
    )
    for suffix in ("t", "x", "r"):
        beside = f"{NAME}.{suffix}=x; {both(planted)}"
        add(f"plantable, beside the own `.{suffix}`", beside, "absent", **plain)
    again = Token("planted too", record(0xA6), name=SECURE)
    add("plantable, two sign-ins", both(planted, again), "conflict", **plain)
    own_plain = {"name": PLAIN, "former": FORMER}
    p, r = Token("plain", name=PLAIN), Token("plain too", record(0xA7), name=PLAIN)
    add("beside a conflict", both(p, r, old), "conflict", **own_plain)

    fields = {"transports": FIELDS, "by": "field"}
    value = [["x-session", old.text]]
    add("in a field", "", old.found, fields=value, **was, **fields)
    add(
        "in a field, of the own name",
        "",
        own.found,
        fields=[["x-session", own.text]],
        **fields,
    )
    value = [["x-session", planted.text]]
    add(
        "in a field, plantable",
        "",
        planted.found,
        fields=value,
        under=SECURE,
        **plain,
        **fields,
    )
    value = [["x-session", dead.text], ["x-session-touch", touch]]
    add("in a field, touched", "", dead.used(NOW - 100), fields=value, **was, **fields)
    add("in a field, over", "", "idle_expired", fields=value[:1], transports=FIELDS)
    link = Token("old link", record(0xA2), name=FORMER, purpose=IN_URL)
    told = {"transports": LINKS, "by": "link", "idle": 900}
    add("in a link", "", link.found, query=f"s={link.text}", **was, **told)
    add(
        "in a link, of a cookie",
        "",
        "tampered",
        query=f"s={old.text}",
        transports=LINKS,
        idle=900,
    )


def make() -> None:
    cases = Cases()
    for group in (of_fields, of_links, of_former_names):
        group(cases)
    names = [entry["case"] for entry in cases.all]
    assert len(set(names)) == len(names)
    write("transports", {"requests": cases.all})
