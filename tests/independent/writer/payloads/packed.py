"""The payloads of payloads.json with packed text."""

from __future__ import annotations

import base64
from typing import Any

import sealed_session as ss
from sealed_session import JSON, PACKED, POSTCARD, SECRET, Attribute, to_varint
from sealed_session.packed_text import (
    BASE64,
    BASE64_PARTS,
    BASE64URL,
    BASE64URL_PARTS,
    HEX,
    UUID,
    dashed,
    unpack,
)
from sealed_session.prints import print_of

from ..blocks import Deflate, lz4, sequence
from ..cases import compressed, fixed, head, sized, stored, text

NUMBER = bytes.fromhex("52f22665a60c12d289185d950ee88136")
OTHER = fixed("uuid", 16)
QUOTE = sized(b'"')


def uuid(number: bytes) -> bytes:
    return dashed(number.hex().encode())


def tag(kind: int, length: int) -> bytes:
    return to_varint(length * 8 + kind)


def run(kind: int, body: bytes, length: int | None = None) -> bytes:
    """A run, whose tag may tell another length than it has."""
    if length is None:
        length = 0 if kind == UUID else len(body)
    return tag(kind, length) + body


def url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def plus(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def quoted(*runs: bytes) -> bytes:
    """A packed JSON text: quotation marks, and these in between."""
    first = sized(b'"') + b"\0".join(runs) if runs else b""
    return first + sized(b'"')


def attribute(name: str, packed: bytes, flags: int = JSON, schema: int = 0) -> bytes:
    return Attribute(name, flags | PACKED, schema, packed).encoded()


# The name of a case, a packed JSON text, and what it stands for.
Text = tuple[str, bytes, bytes]


def texts() -> list[Text]:
    # Bytes with both characters in which the two base64s differ.
    data = bytes.fromhex("fbeffe 0102ff fe") + fixed("bytes", 20)
    table: list[Text] = [
        ("a UUID", quoted(run(UUID, NUMBER)), b'"%s"' % uuid(NUMBER)),
        (
            "two UUIDs",
            quoted(run(UUID, NUMBER), run(UUID, OTHER)),
            b'"%s%s"' % (uuid(NUMBER), uuid(OTHER)),
        ),
        (
            "UUIDs of zeros and of ones",
            QUOTE
            + run(UUID, bytes(16))
            + sized(b"/")
            + run(UUID, b"\xff" * 16)
            + QUOTE,
            b'"%s/%s"' % (uuid(bytes(16)), uuid(b"\xff" * 16)),
        ),
    ]
    for size in (1, 2, 15, 16, 27):
        part = data[:size]
        digits = b'"%s"' % part.hex().encode()
        table.append((f"hex of {size} bytes", quoted(run(HEX, part)), digits))
    for size in (1, 2, 3, 4, 5, 6, 15, 16, 27):
        part = data[:size]
        for case, kind, way in (("url", BASE64URL, url), ("", BASE64, plus)):
            whole = b'"%s"' % way(part)
            case = f"base64{case} of {size} bytes"
            table.append((case, quoted(run(kind, part)), whole))
    table += [
        (
            "base64 with its padding as a literal",
            QUOTE + run(BASE64, data[:4]) + sized(b'=="'),
            b'"%s"' % base64.b64encode(data[:4]),
        ),
        ("a run and nothing else", b"\0" + run(HEX, b"\x12\x34"), b"1234"),
        (
            "runs and nothing else",
            b"\0".join(
                [
                    b"",
                    run(HEX, b"\x12"),
                    run(HEX, b"\x34\x56"),
                    run(BASE64, base64.b64decode(b"7890")),
                ]
            ),
            b"1234567890",
        ),
        (
            "a run first",
            b"\0" + run(HEX, b"\x12") + sized(b".5"),
            b"12.5",
        ),
        ("a run last", sized(b"-") + run(HEX, b"\x12\x34"), b"-1234"),
        ("a literal and nothing else", sized(b'"Ada"'), b'"Ada"'),
        (
            "longer than the text",
            QUOTE + run(HEX, b"\1") + sized(b'x"'),
            b'"01x"',
        ),
        (
            "literals of 127 and 128 bytes",
            sized(b'"' + b"x" * 126) + run(UUID, NUMBER) + sized(b"y" * 127 + b'"'),
            b'"%s%s%s"' % (b"x" * 126, uuid(NUMBER), b"y" * 127),
        ),
        (
            "runs of all kinds",
            quoted(
                run(UUID, NUMBER),
                run(HEX, data),
                run(BASE64URL, data),
                run(BASE64, data),
                run(BASE64URL_PARTS, b"\0" + run(UUID, OTHER), 36),
                run(BASE64_PARTS, b"\0" + run(HEX, data), 2 * len(data)),
            ),
            b'"%s%s%s%s%s%s"'
            % (
                uuid(NUMBER),
                data.hex().encode(),
                url(data),
                plus(data),
                url(uuid(OTHER)),
                plus(data.hex().encode()),
            ),
        ),
        (
            "text that looks packed",
            sized(b'"\\u0003%s"' % uuid(NUMBER)[:-1]),
            b'"\\u0003%s"' % uuid(NUMBER)[:-1],
        ),
    ]
    return table + nested()


def nested() -> list[Text]:
    data = fixed("nested", 21)
    within: list[Text] = [
        ("a UUID", b"\0" + run(UUID, NUMBER), uuid(NUMBER)),
        (
            "a UUID between literals",
            sized(b"id:") + run(UUID, NUMBER) + sized(b"\xff\x00>"),
            b"id:" + uuid(NUMBER) + b"\xff\x00>",
        ),
        (
            "a UUID behind a literal",
            sized(b"?") + run(UUID, NUMBER),
            b"?" + uuid(NUMBER),
        ),
        (
            "a UUID before a literal",
            b"\0" + run(UUID, NUMBER) + sized(b"??"),
            uuid(NUMBER) + b"??",
        ),
        (
            "two UUIDs and hex",
            b"\0"
            + run(UUID, NUMBER)
            + b"\0"
            + run(UUID, OTHER)
            + b"\0"
            + run(HEX, data),
            uuid(NUMBER) + uuid(OTHER) + data.hex().encode(),
        ),
        ("hex of one byte", b"\0" + run(HEX, b"\xa5"), b"a5"),
        (
            "hex and a literal of one byte",
            b"\0" + run(HEX, data) + sized(b"."),
            data.hex().encode() + b".",
        ),
        ("a literal and nothing else", sized(b"\xfb\xff\xfe\x3e"), b"\xfb\xff\xfe\x3e"),
        ("a literal of one byte", sized(b"\xff"), b"\xff"),
    ]
    table = []
    for case, parts, whole in within:
        for name, kind, way in (
            ("base64url", BASE64URL_PARTS, url),
            ("base64", BASE64_PARTS, plus),
        ):
            packed = quoted(run(kind, parts, len(whole)))
            table.append((f"{case} in {name}", packed, b'"%s"' % way(whole)))
    parts = b"\0" + run(UUID, NUMBER)
    table.append(
        (
            "base64 with a UUID, and its padding as a literal",
            QUOTE + run(BASE64_PARTS, parts + sized(b"12"), 38) + sized(b'="'),
            b'"%s="' % plus(uuid(NUMBER) + b"12"),
        )
    )
    # Behind the run, parts of the value itself follow again.
    table.append(
        (
            "base64url with a UUID, a UUID, and base64 with a UUID",
            quoted(
                run(BASE64URL_PARTS, parts, 36),
                run(UUID, OTHER),
                run(BASE64_PARTS, parts, 36),
            ),
            b'"%s%s%s"' % (url(uuid(NUMBER)), uuid(OTHER), plus(uuid(NUMBER))),
        )
    )
    return table


def good() -> list[tuple[str, bytes, dict[str, Any]]]:
    cases: list[tuple[str, bytes, dict[str, Any]]] = []

    def add(case: str, payload: bytes, wanted: dict[str, bytes], **typed: Any) -> None:
        found = {a.name: a.value for a in ss.read_payload(payload).attributes}
        assert found == wanted, case
        values = {name.replace("_", "."): value for name, value in typed.items()}
        cases.append((f"packed: {case}", payload, values))

    for case, packed, whole in texts():
        assert unpack(packed) == whole, case
        add(case, stored(attribute("v", packed)), {"v": whole})

    id_text, id_packed = b'"%s"' % uuid(NUMBER), quoted(run(UUID, NUMBER))
    prints = {
        "pc.bytes": print_of(["sequence", *["u8"] * 36, "end"]),
        "pc.schema7": print_of(["u32"]),
        "pc.string": print_of(["text"]),
        "pc.unit": print_of(["unit"]),
    }
    typed = {
        "pc.bytes": prints["pc.bytes"] + sized(uuid(NUMBER)),
        "pc.schema7": prints["pc.schema7"] + to_varint(300),
        "pc.string": prints["pc.string"] + sized(uuid(NUMBER)),
        "pc.unit": prints["pc.unit"],
        "v": id_text,
    }
    packed_uuid = run(UUID, NUMBER)
    packed = {
        "pc.bytes": sized(prints["pc.bytes"] + b"\x24") + packed_uuid,
        "pc.schema7": sized(typed["pc.schema7"]),
        "pc.string": sized(prints["pc.string"] + b"\x24") + packed_uuid,
        "pc.unit": sized(prints["pc.unit"]),
    }
    region = b"".join(
        attribute(name, value, POSTCARD, 7 if name == "pc.schema7" else 1)
        for name, value in packed.items()
    )
    region += attribute("v", id_packed)
    add(
        "postcard",
        stored(region),
        typed,
        pc_bytes=list(uuid(NUMBER)),
        pc_schema7=300,
        pc_string=uuid(NUMBER).decode(),
        pc_unit=None,
    )
    add(
        "a schema under a string key",
        stored(attribute("v", id_packed) + attribute("w", id_packed, JSON, 9)),
        {"v": id_text, "w": id_text},
    )
    open_region = text("a", '"plain"').encoded() + attribute("b", id_packed)
    open_region += text("c", id_text.decode()).encoded()
    secrets = text("key", id_text.decode(), SECRET).encoded()
    secrets += text("pin", '"1234"', SECRET).encoded()
    three = {"a": b'"plain"', "b": id_text, "c": id_text}
    add(
        "beside others, and a secret region",
        stored(open_region, secrets),
        three | {"key": id_text, "pin": b'"1234"'},
    )
    add("no padding", head(0) + sized(open_region), three)
    wanted = {"codec": b"\x02", "d": id_text, "later": b"\0"}
    region = Attribute("codec", 0b1010, 0, b"\x02").encoded() + attribute(
        "d", id_packed
    )
    region += Attribute("later", 0b1_1001, 0, b"\0").encoded()
    hidden = Attribute("secret", 0b10_1100, 0, b"\x02").encoded()
    add(
        "beside unreadable ones with the packed bit",
        stored(region, hidden),
        wanted | {"secret": b"\x02"},
    )
    add(
        "in LZ4",
        compressed(sequence(open_region), len(open_region), secrets),
        three | {"key": id_text, "pin": b'"1234"'},
    )
    stream = Deflate().fixed([open_region]).bytes()
    add(
        "in DEFLATE",
        compressed(stream, len(open_region), b"", b"", ss.DEFLATE),
        three,
    )
    for case, size, payload, wanted in ceilings():
        if size <= ss.OPEN_LIMIT:
            add(case, payload, wanted)
    return cases


def ceilings() -> list[tuple[str, int, bytes, dict[str, bytes]]]:
    """A case, the size of its open region with all unpacked, its payload, and the values.

    Each comes with 65,536 bytes and with one more.
    """
    table = []
    cyclic = b"twelve bytes" * 5000

    def add(
        case: str,
        packed: bytes,
        whole: bytes,
        before: bytes = b"",
        others: dict[str, bytes] | None = None,
        size: int = 0,
        secrets: bytes = b"",
    ) -> None:
        """Fills the value `v`; the attributes in `before` have `size` bytes unpacked."""
        for total in (ss.OPEN_LIMIT, ss.OPEN_LIMIT + 1):
            # The name, flags, schema and length of `v`.
            fill = b"x" * (total - size - 7 - len(whole) - 1) + b'"'
            region = before + attribute("v", packed + sized(fill))
            payload = compressed(lz4(region), len(region), secrets)
            values = (others or {}) | {"v": whole + fill}
            table.append((f"{case}, {total:,} bytes", total, payload, values))

    def uuids(count: int) -> bytes:
        return (b"\0" + run(UUID, NUMBER)) * count

    def texts(count: int) -> bytes:
        return uuid(NUMBER) * count

    # A literal before the run, which the parts of a run all have.
    add("UUIDs", sized(b'"') + uuids(1800)[1:], b'"' + texts(1800))
    for name, kind, way in (("url", BASE64URL_PARTS, url), ("", BASE64_PARTS, plus)):
        nest = QUOTE + run(kind, uuids(1300), 36 * 1300)
        add(f"UUIDs in base64{name}", nest, b'"' + way(texts(1300)))
    few, many = QUOTE + run(HEX, cyclic[:32_000]), cyclic[:32_000].hex().encode()
    add("hex", few, b'"' + many)
    bytes_ = cyclic[:49_000]
    add("base64url", QUOTE + run(BASE64URL, bytes_), b'"' + url(bytes_))
    add("base64", QUOTE + run(BASE64, bytes_), b'"' + plus(bytes_))

    half = QUOTE + uuids(900)[1:]
    before, inside = attribute("a", half + QUOTE), b'"' + texts(900) + b'"'
    size = len(text("a", inside.decode()).encoded())
    secrets = text("pin", f'"{"1" * 300}"', SECRET).encoded()
    two = {"a": inside}
    add("two values", half, b'"' + texts(900), before, two, size)
    hidden = two | {"pin": f'"{"1" * 300}"'.encode()}
    case = "two values, and a secret region"
    add(case, half, b'"' + texts(900), before, hidden, size, secrets)

    # The length of a value takes two bytes packed, and three unpacked.
    half, inside = QUOTE + uuids(460)[1:], b'"' + texts(460) + b'"'
    before = attribute("a", half + QUOTE) + attribute("b", half + QUOTE)
    size = 2 * len(text("a", inside.decode()).encoded())
    two = {"a": inside, "b": inside}
    add("lengths of values", QUOTE + run(HEX, b"\0"), b'"00', before, two, size)

    # The packed bit says nothing beside a reserved one.
    newer = Attribute("a", 0b10_1001, 0, QUOTE + uuids(900)[1:] + QUOTE)
    before, two = newer.encoded(), {"a": newer.value}
    case = "UUIDs beside a reserved bit"
    more = QUOTE + uuids(1300)[1:]
    add(case, more, b'"' + texts(1300), before, two, len(before))
    return table


def refused() -> list[tuple[str, bytes, str]]:
    bad = "malformed"
    good = quoted(run(UUID, NUMBER))
    parts = b"\0" + run(UUID, NUMBER)
    table: dict[str, bytes] = {
        "reserved kind 6": quoted(run(6, b"\x01")),
        "reserved kind 7": quoted(run(7, b"\x01")),
        "reserved kind 6 of length 0": quoted(run(6, b"")),
        "a UUID with a length": quoted(run(UUID, NUMBER, 16)),
        "a UUID with the length 1": quoted(run(UUID, NUMBER, 1)),
        "an empty last literal": sized(b'"') + run(UUID, NUMBER) + b"\0",
        "an empty literal and nothing else": b"\0",
        "two empty literals": b"\0\0",
        "a literal behind a literal": sized(b'"') + sized(b'"'),
        "literal cut off": b"\x02x",
        "literal of 4,294,967,295 bytes": b"\xff\xff\xff\xff\x0fx",
        "literal's length cut off": good[:-2] + b"\x80",
        "overlong literal's length": b"\x81\0" + good[1:],
        "literal's length over 32 bits": b"\x81\x80\x80\x80\x10" + good[1:],
        "tag cut off": sized(b'"') + b"\x80",
        "overlong tag": sized(b'"') + b"\x83\0" + NUMBER + QUOTE,
        "tag over 32 bits": QUOTE + b"\x8a\x80\x80\x80\x10\xff" + QUOTE,
        "tag of six bytes": QUOTE + b"\x8a\x80\x80\x80\x80\x01\xff" + QUOTE,
        "a UUID cut off": QUOTE + run(UUID, NUMBER[:-1]),
        "a UUID without a body": QUOTE + run(UUID, b""),
        "the text itself": b'"%s"' % uuid(NUMBER),
    }
    for name, kind in (("base64url", BASE64URL), ("base64", BASE64), ("hex", HEX)):
        table |= {
            f"{name} of length 0": QUOTE + run(kind, b"") + QUOTE,
            f"{name} cut off": QUOTE + run(kind, b"\1\2\3", 4),
            f"{name} of 536,870,911 bytes": QUOTE + run(kind, b"\1\2\3", (1 << 29) - 1),
        }
    for name, kind in (("base64url", BASE64URL_PARTS), ("base64", BASE64_PARTS)):
        within = {
            "length 0": (b"", 0),
            "length 0, and a literal": (b"\0", 0),
            "length 0, and parts": (parts, 0),
            "an empty literal before the end": (parts + b"\0", 36),
            "two empty literals": (b"\0\0", 2),
            "one less than a UUID has": (parts, 35),
            "one less than hex has": (b"\0" + run(HEX, b"\1\2"), 3),
            "a literal that goes beyond": (sized(b"abc"), 2),
            "a last literal that goes beyond": (parts + sized(b"abc"), 38),
            "a literal that does not reach the end": (parts + sized(b"ab"), 39),
            "a run behind its end": (b"\1a" + run(HEX, b"\1"), 1),
            "536,870,911 bytes": (parts, (1 << 29) - 1),
            "base64url": (b"\0" + run(BASE64URL, b"\1\2\3"), 4),
            "base64": (b"\0" + run(BASE64, b"\1\2\3"), 4),
            "parts in base64url": (b"\0" + run(BASE64URL_PARTS, parts, 36), 48),
            "parts in base64": (b"\0" + run(BASE64_PARTS, parts, 36), 48),
            "reserved kind 6": (b"\0" + run(6, b"\1"), 2),
            "reserved kind 7": (b"\0" + run(7, b"\1"), 2),
            "a UUID with a length": (b"\0" + run(UUID, NUMBER, 16), 36),
            "hex of length 0": (b"\0" + run(HEX, b"") + b"\1a", 1),
            "overlong tag": (b"\0\x83\0" + NUMBER, 36),
            "overlong literal's length": (b"\x80\0" + run(UUID, NUMBER), 36),
        }
        for case, (body, length) in within.items():
            table[f"within {name}: {case}"] = QUOTE + run(kind, body, length) + QUOTE
        for case, body, length in (
            ("no parts", b"", 1),
            ("one more than its parts have", parts, 37),
            ("a UUID cut off", b"\0" + run(UUID, NUMBER[:-1]), 36),
            ("hex cut off", b"\0" + run(HEX, b"\1", 2), 4),
            ("literal cut off", b"\x04abc", 4),
            ("tag missing", b"\1a", 2),
            ("tag cut off", b"\1a\x80", 200),
        ):
            table[f"within {name}: {case}"] = QUOTE + run(kind, body, length)
    cases = [
        (case, stored(attribute("v", packed)), bad) for case, packed in table.items()
    ]

    broken, plain = QUOTE + run(6, b"\x01"), text("a", "1").encoded()
    cases += [
        ("value cut off", stored(attribute("v", good)[:-1]), bad),
        ("postcard", stored(attribute("v", broken, POSTCARD, 1)), bad),
        ("a schema that is not known", stored(attribute("v", broken, JSON, 999)), bad),
        ("not the first attribute", stored(plain + attribute("v", broken)), bad),
        ("in LZ4", compressed(lz4(attribute("v", broken)), 10), bad),
    ]
    region = attribute("v", broken)
    stream = Deflate().fixed([region]).bytes()
    whole = compressed(stream, len(region), b"", b"", ss.DEFLATE)
    cases += [("in DEFLATE", whole, bad)]
    for case, packed, flags in (
        ("JSON", good, JSON),
        ("postcard", sized(b"\1"), POSTCARD),
        ("a literal", sized(b'"x"'), JSON),
        ("broken", broken, JSON),
        ("an empty value", b"", POSTCARD),
    ):
        secret = attribute("v", packed, flags | SECRET)
        cases.append((f"in the secret region, {case}", stored(plain, secret), bad))
    for case, flags in (("secret bit", SECRET), ("secret bit, a reserved one", 0x44)):
        part = attribute("v", good, flags | JSON)
        cases.append((f"in the open region, {case}", stored(part), bad))
    part = attribute("v", good, 0b1_0001)
    cases.append(("no secret bit in the secret region", stored(b"", part), bad))
    for case, size, payload, _ in ceilings():
        if size > ss.OPEN_LIMIT:
            cases.append((case, payload, "over_ceiling"))
    return [(f"packed: {case}", payload, refusal) for case, payload, refusal in cases]
