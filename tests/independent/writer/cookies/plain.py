"""The requests of cookies.json without marks: names, chunks, keys, several sessions, times."""

from __future__ import annotations

from typing import Any

import sealed_session as ss
from sealed_session import write_payload

from ..blocks import sequence
from ..cases import (
    KEY,
    NAME,
    NOW,
    OTHER_KEY,
    PLAIN,
    Cases,
    Token,
    compressed,
    record,
    text,
)


def bare(cases: Cases) -> None:
    one = Token("one")
    signed = Token("signed", form=ss.SIGNED)
    cases.add("no cookie field", [], "absent")
    cases.add("empty cookie field", "", "absent")
    cases.add("other cookies only", "theme=dark; lang=de", "absent")
    cases.add("bare", one.bare(), one.found)
    cases.add("bare, signed", signed.bare(), signed.found, accepted=[2])
    # Which a writer should not write.
    attributes = [text("pin", '"1234"', ss.SECRET)]
    hidden = Token("secret", record(attributes=attributes), form=ss.SIGNED)
    case = "bare, signed, with a secret attribute"
    cases.add(case, hidden.bare(), hidden.found, accepted=[2])
    subject = Token("subject", record(subject="user-17", attributes=[text("a", "[1]")]))
    cases.add("bare, with a subject", subject.bare(), subject.found)
    cases.add("among others", f"a=b; {one.bare()}; c=d", one.found)
    cases.add("in the second field", ["a=b", one.bare()], one.found)
    cases.add("without a space behind `;`", f"a=b;{one.bare()};c=d", one.found)
    cases.add("spaces and tabs", f"a=b;\t \t{NAME} \t=\t {one.text}\t ; c=d", one.found)
    garbage = f'=; ;; a; {NAME}; =x; \x01=\x02; {one.bare()}; "="; =='
    cases.add("garbage beside", garbage, one.found)
    foreign = b"caf\xe9=\xff\xfe; " + one.bare().encode() + b"; \xc0"
    cases.add("other cookies not UTF-8", foreign, one.found)
    cases.add("name without `=`", NAME, "absent")
    for case, name in {
        "lower case": NAME.lower(),
        "upper case": NAME.upper(),
        "percent signs": NAME.replace("_", "%5F"),
        "a longer name": NAME + "1",
        "a shorter name": NAME[:-1],
        "chunk 0": NAME + ".0",
        "chunk 9": NAME + ".9",
        "chunk 10": NAME + ".10",
        "chunk 01": NAME + ".01",
        "a touch": NAME + ".t",
        "a tombstone": NAME + ".x",
        "a tombstone of a renewal": NAME + ".r",
        "a vertical tab before it": "\x0b" + NAME,
        "a line feed before it": "\n" + NAME,
        "quotes": f'"{NAME}"',
    }.items():
        removed = {"removed": [name]} if case == "a touch" else {}
        cases.add(f"not the name: {case}", one.bare(name), "absent", **removed)
    space = b"\xe2\x80\x80" + one.bare().encode()
    cases.add("not the name: a wide space before it", space, "absent")
    for case, value in {
        "empty": "",
        "quotes": f'"{one.text}"',
        "percent signs": one.text.replace("A", "%41", 1),
        "a second `=`": f"={one.text}",
        "a digit of one": "1" + one.text[-4:] + one.text,
        "a digit of zero": "0" + one.text[-4:] + one.text,
        "a letter": "B" + one.text[1:],
        "only a digit": "2",
        "a digit and three characters": "2abc",
        "lower case": one.text.lower(),
        "padding": one.text + "=",
        "a vertical tab behind it": one.text + "\x0b",
        "only `A`": "A",
    }.items():
        cases.add(f"malformed: {case}", f"{NAME}={value}", "malformed")
    not_text = NAME.encode() + b"=A\xff\xfe" + one.text.encode()
    cases.add("malformed: not UTF-8", not_text, "malformed")
    beside = f"{NAME}=hello; {NAME}=; {one.bare()}; {NAME}=2abc"
    cases.add("malformed base cookies beside", beside, one.found)


def sealing(cases: Cases) -> None:
    one, signed = Token("one"), Token("signed", form=ss.SIGNED)
    shop = Token("shop", audience="shop")
    other = Token("other key", key=OTHER_KEY)
    changed = one.text[:60] + ("B" if one.text[60] == "A" else "A") + one.text[61:]
    cases.add("changed character", f"{NAME}={changed}", "tampered")
    cases.add("cut short", one.bare()[:-8], "tampered")
    cases.add("audience", shop.bare(), shop.found, audience="shop")
    cases.add("another audience", shop.bare(), "tampered", audience="office")
    cases.add(
        "no audience where one is expected", one.bare(), "tampered", audience="shop"
    )
    cases.add("audience where none is expected", shop.bare(), "tampered")
    cases.add("another name", one.bare(PLAIN), "tampered", name=PLAIN)
    purpose = Token("purpose", purpose="token")
    cases.add("another purpose", purpose.bare(), "tampered")
    # Without lengths in between both would read the same.
    moved = Token("moved", name=NAME + "a", audience="bc")
    cases.add("name and audience moved", moved.bare(), "tampered", audience="abc")
    cases.add("signed where encrypted is expected", signed.bare(), "wrong_format")
    cases.add(
        "encrypted where signed is expected", one.bare(), "wrong_format", accepted=[2]
    )
    cases.add(
        "both formats accepted, encrypted", one.bare(), one.found, accepted=[2, 1]
    )
    cases.add(
        "both formats accepted, signed", signed.bare(), signed.found, accepted=[1, 2]
    )
    raw = ss.from_base64url(one.text)
    for form in (0, 3, 4, 5):
        other_form = ss.to_base64url(bytes([form]) + raw[1:])
        case = "newer format" if form == 3 else f"format {form}"
        expected = "malformed" if form > 3 else "newer_format"
        cases.add(case, f"{NAME}={other_form}", expected)
    cases.add("unknown key", other.bare(), "unknown_key")
    cases.add("second key of the set", other.bare(), other.found, keys=[KEY, OTHER_KEY])
    named = ss.to_base64url(raw[:1] + OTHER_KEY.id + raw[5:])
    case = "sealed under one key and naming another"
    cases.add(case, f"{NAME}={named}", "tampered", keys=[KEY, OTHER_KEY])
    cases.add(
        "wrong format before unknown key",
        Token("s2", form=2, key=OTHER_KEY).bare(),
        "wrong_format",
    )
    for case, at, expected in (
        ("a second before its end", NOW + 1, other.found),
        ("at its end", NOW, "retired_key"),
        ("long after its end", NOW - 9000, "retired_key"),
    ):
        told = {"keys": [KEY, OTHER_KEY], "retired": {OTHER_KEY: at}}
        cases.add(f"retired key: {case}", other.bare(), expected, **told)
    version = Token("version", payload=b"\x40" + bytes(63))
    cases.add("newer record", version.bare(), "record_too_new")
    damaged = Token("damaged", payload=b"\x08" + bytes(63))
    cases.add("damaged record", damaged.bare(), "malformed")


def chunks(cases: Cases) -> None:
    one, two = Token("one"), Token("two", record(0xA1, 0xB2), issued=NOW - 50)
    for count in range(2, 10):
        cases.add(f"{count} chunks", "; ".join(one.cut(count)), one.found)
    signed = Token("signed", form=ss.SIGNED)
    cases.add("3 chunks, signed", "; ".join(signed.cut(3)), signed.found, accepted=[2])
    first, *rest = one.cut(5)
    shuffled = [f"x=y; {rest[2]}; {rest[0]}", rest[3], f"{rest[1]}; {first}; z=1"]
    cases.add("shuffled over three fields", shuffled, one.found)
    a, b, c = one.cut(3)
    tag, other_tag = one.text[-4:], two.text[-4:]
    cases.add("left-over beside a bare token", f"{one.bare()}; {b}; {c}", one.found)
    cases.add(
        "higher number of the same set", f"{a}; {b}; {c}; {NAME}.3={tag}xyz", one.found
    )
    cases.add(
        "higher number of another set",
        f"{a}; {b}; {c}; {NAME}.8={other_tag}",
        one.found,
    )
    old = two.cut(3)
    cases.add("another set behind", "; ".join([a, b, c, old[1], old[2]]), one.found)
    cases.add("another set before", "; ".join([old[1], old[2], a, b, c]), one.found)
    cases.add("chunk 0 beside", f"{NAME}.0={tag}x; {a}; {b}; {c}", one.found)
    cases.add("partial: last one missing", f"{a}; {b}", "partial")
    cases.add("partial: second one missing", f"{a}; {c}", "partial")
    cases.add("partial: base cookie only", a, "partial")
    cases.add("partial: no base cookie", f"{b}; {c}", "partial")
    cases.add("partial: a left-over alone", f"{NAME}.5=x", "partial")
    cases.add("mixed: last one of another set", f"{a}; {b}; {old[2]}", "mixed")
    cases.add("mixed: all others of another set", f"{a}; {old[1]}; {old[2]}", "mixed")
    cases.add(
        "mixed: chunk shorter than a tag", f"{a}; {b}; {NAME}.2={tag[:3]}", "mixed"
    )
    cases.add("mixed: empty chunk", f"{a}; {b}; {NAME}.2=", "mixed")
    cases.add("mixed before partial, by number", f"{a}; {old[1]}", "mixed")
    cases.add("partial before mixed, by number", f"{a}; {old[2]}", "partial")
    flip = "A" if tag[0] != "A" else "B"
    wrong = flip + tag[1:]
    retagged = (
        "; ".join([a, b, c])
        .replace(f"3{tag}", f"3{wrong}")
        .replace(f"={tag}", f"={wrong}")
    )
    cases.add("wrong tag at the end", retagged, "malformed")
    moved = [a, f"{NAME}.1={c.split('=')[1]}", f"{NAME}.2={b.split('=')[1]}"]
    cases.add("chunks that changed places", "; ".join(moved), "malformed")
    middle = b[:-2] + ("AA" if b[-2:] != "AA" else "BB")
    cases.add("changed chunk", f"{a}; {middle}; {c}", "tampered")
    fewer = a.replace("=3", "=2", 1)
    cases.add("number too low", f"{fewer}; {b}; {c}", "malformed")
    more = a.replace("=3", "=4", 1)
    cases.add("number too high", f"{more}; {b}; {c}", "partial")
    not_a = a.replace(tag + "A", tag + "B", 1)
    cases.add("joined text does not begin with `A`", f"{not_a}; {b}; {c}", "malformed")
    planted = f"{NAME}.1={tag}planted"
    cases.add(
        "planted chunk with the tag, before", f"{planted}; {a}; {b}; {c}", one.found
    )
    cases.add(
        "planted chunk with the tag, behind", f"{a}; {b}; {c}; {planted}", one.found
    )
    cases.add("the same chunk twice", f"{a}; {b}; {b}; {c}; {c}", one.found)
    both = "; ".join([*one.cut(2), *two.cut(3)])
    cases.add("two complete sets, the newer one counts", both, two.found)
    cases.add(
        "set beside a bare token, the set is newer",
        "; ".join([one.bare(), *two.cut(2)]),
        two.found,
    )
    cases.add(
        "set beside a bare token, the token is newer",
        "; ".join([*one.cut(2), two.bare()]),
        two.found,
    )
    cases.add("partial set beside a bare token", f"{old[0]}; {one.bare()}", one.found)
    cases.add(
        "bare token beside a partial set",
        f"{one.bare()}; {old[0]}; {old[1]}",
        one.found,
    )


def lengths(cases: Cases) -> None:
    # Zeros behind the record make values of 4,092 and of 4,096 characters.
    payload = write_payload(record())
    fits = (4092 * 3 // 4) - 49
    for size, good in ((fits, True), (fits + 3, False)):
        token = Token(f"length {size}", payload=payload + bytes(size - len(payload)))
        expected = token.found if good else "over_ceiling"
        cases.add(f"value of {len(token.text):,} characters", token.bare(), expected)
    one = Token("one")
    a, b = one.cut(2)
    tag = one.text[-4:]
    too_long = f"{NAME}.1={tag}{'x' * 4090}"
    cases.add("chunk of 4,094 characters", f"{a}; {too_long}", "over_ceiling")
    cases.add(
        "chunk of 4,094 characters beside the good one",
        f"{a}; {too_long}; {b}",
        one.found,
    )
    region = text("run", f'"{"a" * 41}bcdef"').encoded()
    block = sequence(region[:-46], 1, 40) + sequence(region[-6:])
    bomb = Token("bomb", payload=compressed(block, 65_537))
    cases.add("unpacked over 65,536", bomb.bare(), "over_ceiling")


def several(cases: Cases) -> None:
    def token(
        label: str, sign_in: int, renewal: int, issued: int, **changed: Any
    ) -> Token:
        changed.setdefault("name", PLAIN)
        attributes = [text("from", f'"{label}"')]
        created = changed.pop("created", NOW - 1000)
        found = record(sign_in, renewal, attributes=attributes, created=created)
        return Token(f"several {label}", found, issued=issued, **changed)

    old = token("old", 1, 1, NOW - 60)
    new = token("new", 1, 2, NOW - 30)
    also = token("also new", 1, 3, NOW - 30)
    other = token("other", 2, 1, NOW - 10)
    dead = token("dead", 3, 1, NOW - 5000)

    def plain(*tokens: Token) -> str:
        return "; ".join(one.bare(PLAIN) for one in tokens)

    p = {"name": PLAIN}
    cases.add("one sign-in, the newer one behind", plain(old, new), new.found, **p)
    cases.add("one sign-in, the newer one before", plain(new, old), new.found, **p)
    cases.add("one sign-in, equal times", plain(new, also), also.found, **p)
    cases.add(
        "one sign-in, equal times, turned round", plain(also, new), new.found, **p
    )
    cases.add(
        "one sign-in, equal times, over two fields",
        [plain(also), plain(old, new)],
        new.found,
        **p,
    )
    cases.add("the same token twice", plain(new, new), new.found, **p)
    cases.add("conflict", plain(new, other), "conflict", **p)
    cases.add("conflict, turned round", plain(other, new), "conflict", **p)
    cases.add("conflict of three", plain(old, new, other), "conflict", **p)
    cases.add(
        "conflict of a set and a bare token",
        "; ".join([*new.cut(2, PLAIN), plain(other)]),
        "conflict",
        **p,
    )
    cases.add("no conflict with an expired session", plain(dead, new), new.found, **p)
    future = token("future", 4, 1, NOW + 121)
    cases.add(
        "no conflict with one from the future", plain(new, future), new.found, **p
    )
    strange = token("strange", 5, 1, NOW, key=OTHER_KEY)
    cases.add("no conflict with an unknown key", plain(strange, new), new.found, **p)
    for prefix in ("__Host-s",):
        one = token(f"older, {prefix}", 1, 1, NOW - 60, name=prefix)
        two = token(f"newer, {prefix}", 2, 1, NOW - 30, name=prefix)
        for case, line in (("behind", (one, two)), ("before", (two, one))):
            cookies = "; ".join(found.bare(prefix) for found in line)
            cases.add(
                f"two sign-ins under {prefix}, the newer one {case}",
                cookies,
                two.found,
                name=prefix,
            )
    for prefix in ("__Secure-s", "__Host_s", "_Host-s", "__host-s", "__HOST-s"):
        one = token(f"older, {prefix}", 1, 1, NOW - 60, name=prefix)
        two = token(f"newer, {prefix}", 2, 1, NOW - 30, name=prefix)
        cookies = "; ".join(found.bare(prefix) for found in (one, two))
        cases.add(f"two sign-ins under {prefix}", cookies, "conflict", name=prefix)
    gone = [token(f"gone {n}", 3, n, NOW - 5000) for n in range(8)]
    cases.add("eighth candidate counts", plain(*gone[:7], new), new.found, **p)
    cases.add(
        "ninth candidate does not count",
        plain(*gone, new),
        "idle_expired",
        **p,
    )
    garbage = "; ".join([f"{PLAIN}=hello"] * 8)
    cases.add(
        "eight malformed base cookies before",
        f"{garbage}; {plain(new)}",
        new.found,
        **p,
    )
    cases.add(
        "a live one that crowds others out",
        f"{plain(new)}; {'; '.join(f'{PLAIN}=A{n}' for n in range(8))}",
        "conflict",
        **p,
    )
    cases.add(
        "equal candidates are one",
        f"{'; '.join([f'{PLAIN}=A'] * 8)}; {plain(new)}",
        new.found,
        **p,
    )
    for count, expected in ((30, new.found), (31, "conflict"), (32, "partial")):
        left = "; ".join(f"{PLAIN}.1=x" for _ in range(count))
        cases.add(f"{count} left-overs before", f"{left}; {plain(new)}", expected, **p)
    crowd = "; ".join(f"{PLAIN}.1=wxyz{n}" for n in range(9))
    for count, expected in ((8, new.found), (9, "conflict")):
        parts = "; ".join(crowd.split("; ")[:count])
        cases.add(
            f"{count} ways that give nothing, beside a live one",
            f"{PLAIN}=2wxyzA; {parts}; {plain(new)}",
            expected,
            **p,
        )
    long = "; ".join([f"{PLAIN}={'A' * 4094}"] * 32)
    cases.add(
        "over-long base cookies count among the 32",
        f"{long}; {plain(new)}",
        "over_ceiling",
        **p,
    )
    cases.add(
        "equal base cookies count among the 32",
        f"{'; '.join([plain(dead)] * 32)}; {plain(new)}",
        "idle_expired",
        **p,
    )
    cases.add(
        "an authentic refusal tells more",
        f"{PLAIN}=hello; {plain(dead)}",
        "idle_expired",
        **p,
    )
    cases.add(
        "the first refusal tells",
        f"{plain(strange)}; {PLAIN}=hello",
        "unknown_key",
        **p,
    )
    cases.add(
        "the first refusal tells, turned round",
        f"{PLAIN}=hello; {plain(strange)}",
        "malformed",
        **p,
    )


def times(cases: Cases) -> None:
    def add(case: str, created: int, issued: int, refusal: str | None = None) -> None:
        """Times as differences to `now`."""
        found = record(created=NOW + created)
        token = Token(f"times {case}", found, issued=NOW + issued)
        cases.add(case, token.bare(), refusal or token.found, idle=600, absolute=9000)

    idle, absolute = "idle_expired", "absolute_expired"
    add("used now", 0, 0)
    add("idle: a second before the timeout", -700, -599)
    add("idle: at the timeout", -700, -600, idle)
    add("idle: 119 s after the timeout", -800, -719, idle)
    add("idle: 120 s after the timeout", -800, -720, idle)
    add("absolute: a second before the end", -8999, -1)
    add("absolute: at the end", -9000, -1, absolute)
    add("absolute: 119 s after the end", -9119, -1, absolute)
    add("absolute: 120 s after the end", -9120, -1, absolute)
    add("both over, the absolute lifetime tells", -9120, -700, absolute)
    add("both over, the idle timeout for longer", -9000, -720, absolute)
    add("issued 120 s ahead", -10, 120)
    add("issued 121 s ahead", -10, 121, "from_the_future")
    add("created 240 s ahead", 240, 0)
    add("created 241 s ahead", 241, 0, "from_the_future")
    add("created after issued", 60, -60)
    add("from the future tells before the idle timeout", 241, -600, "from_the_future")
    over = Token("times over", record(created=NOW - 9120), issued=NOW - 9000)
    older = Token("times older", record(created=NOW - 9500), issued=NOW - 9400)
    near = Token("times near", record(created=NOW - 9001), issued=NOW - 9001)
    policy = {"idle": 600, "absolute": 9000}
    two = f"{over.bare()}; {older.bare()}"
    cases.add("two that are over", two, absolute, **policy)
    two = f"{over.bare()}; {near.bare()}"
    cases.add("one that is over and one nearly", two, absolute, **policy)
    mixed = f"{over.bare()}; {NAME}=hello"
    cases.add("one that is over and garbage", mixed, absolute, **policy)
    idle_over = Token("times idle over", record(created=NOW - 900), issued=NOW - 800)
    for line in ((idle_over, over), (over, idle_over)):
        case = " behind ".join(idle if t is idle_over else absolute for t in line[::-1])
        told = idle if line[0] is idle_over else absolute
        cases.add(
            f"the first tells: {case}",
            "; ".join(t.bare() for t in line),
            told,
            **policy,
        )
    early = Token("early", record(created=0), issued=0)
    cases.add("the first second", early.bare(), early.found, now=0, **policy)


GROUPS = (bare, sealing, chunks, lengths, several, times)
