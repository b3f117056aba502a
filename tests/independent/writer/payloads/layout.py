"""The payloads of payloads.json that are not compressed, and those that break their layout."""

from __future__ import annotations

from typing import Any

import sealed_session as ss
from sealed_session import NEVER, Attribute, Record, to_varint, write_payload
from sealed_session.prints import print_of

from ..blocks import sequence
from ..cases import head, padded, record, sized, stored, text


def postcard() -> list[tuple[Attribute, Any]]:
    """Attributes of typed keys, and their values."""
    three = ["sequence", "u8", "u8", "u8", "end"]
    table = [
        ("pc.bool", 1, ["bool"], b"\x01", True),
        ("pc.bytes", 1, three, sized(b"\x00\xff\x80"), [0, 255, 128]),
        ("pc.i32", 1, ["i32"], b"\x03", -2),
        ("pc.schema7", 7, ["u32"], to_varint(300), 300),
        ("pc.string", 1, ["text"], sized("gr\u00fc\u00df".encode()), "gr\u00fc\u00df"),
        ("pc.u32", 1, ["u32"], to_varint(300), 300),
        ("pc.unit", 1, ["unit"], b"", None),
    ]
    return [
        (Attribute(name, 0, schema, print_of(shape) + value), is_)
        for name, schema, shape, value, is_ in table
    ]


def good() -> list[tuple[str, bytes, bool]]:
    """With whether a writer that compresses nothing writes just these bytes."""
    typed = [attribute for attribute, _ in postcard()]
    mixed = [text("a", "1"), *typed, text("z", '{"k":[true,null,1.5]}')]
    secret = [
        text("open", "1"),
        text("key", '"k"', ss.SECRET),
        text("zz", '"z"', ss.SECRET),
    ]
    reserved = [
        Attribute("codec2", 2, 0, b"\x00\x01"),
        Attribute("codec3", 3, 9, b""),
        Attribute("flag4", 0b1_0001, 0, b'"x"'),
        Attribute("flag5", 0b10_0000, 1, b"\x00"),
        Attribute("flag6", 0b100_0001, 0, b'"z"'),
        Attribute("flag7", 0b1000_0000, 0xFFFFFFFF, b"\xff"),
        text("known", '"read"'),
        Attribute("hidden", 0b1_0101, 0, b'"y"'),
    ]
    # The packed bit beside them says nothing; none of these values is packed text.
    bit3 = [
        Attribute("codec2", 0b1010, 0, b"\x02"),
        Attribute("codec3", 0b1011, 9, b"\x00\x06\x00"),
        Attribute("flag4", 0b1_1001, 0, b'"x"'),
        Attribute("flag7", 0b1000_1000, 0, b"\x00"),
        text("known", '"read"'),
    ]
    hidden = [
        Attribute("codec", 0b1110, 0, b"\x02"),
        Attribute("flag5", 0b10_1101, 0, b'"x"'),
    ]
    names = ["B", "a", "a\x00", "aa", "ab", "\u00e9", "\uffff", "\U0001f600"]
    lowest = record()
    lowest.id = lowest.id[:15] + b"\1"
    table: list[tuple[str, Record]] = [
        ("no attributes", record(attributes=[])),
        ("one attribute", record()),
        ("both codecs", record(attributes=mixed)),
        ("subject", record(subject="user-17")),
        ("subject and no attributes", record(subject="\u00fc", attributes=[])),
        ("longest subject", record(subject="s" * 255)),
        ("secret region", record(attributes=secret)),
        ("secret region only", record(attributes=secret[1:])),
        ("unreadable attributes", record(attributes=reserved)),
        ("few unreadable attributes", record(attributes=[reserved[0], reserved[2]])),
        ("few unreadable attributes, packed bit", record(attributes=bit3[:3])),
        ("unreadable attributes, packed bit", record(attributes=bit3)),
        (
            "unreadable attributes, packed bit in the secret region",
            record(attributes=[text("known", '"read"'), *hidden]),
        ),
        (
            "schema under a string key",
            record(attributes=[text("known", '"read"'), text("x", '"y"', 0, 7)]),
        ),
        ("longest name", record(attributes=[text("n" * 255, "1"), text("o", "2")])),
        ("names by their bytes", record(attributes=[text(n, "1") for n in names])),
        (
            "values of 127 and 128 bytes",
            record(
                attributes=[text("a", f'"{"x" * 125}"'), text("b", f'"{"y" * 126}"')]
            ),
        ),
        ("created at zero", record(created=0)),
        ("id of zeros", record(0)),
        ("renewed", record(renewal=0xB1)),
        ("renewed, the lowest bit only", lowest),
        ("renewed, and the first half of zeros", record(0, 0xB1)),
        ("renewed, with a subject", record(renewal=0xB1, subject="user-17")),
        ("renewed, with a secret region", record(renewal=0xB1, attributes=secret)),
        ("renewed, with labels", record(renewal=0xB1, labels=["x"])),
        ("own idle timeout", record(own=(3600, 0))),
        ("own idle timeout of two seconds", record(own=(2, 0))),
        ("own idle timeout, the longest", record(own=(NEVER - 1, 0))),
        ("never idle", record(own=(NEVER, 0))),
        ("own absolute lifetime", record(own=(0, 604_800))),
        ("own absolute lifetime, the longest", record(own=(0, NEVER))),
        ("own lifetimes, both", record(own=(7200, 2_592_000))),
        ("never idle, and an absolute lifetime", record(own=(NEVER, 86_400))),
        ("own lifetimes of 127 and 128 s", record(own=(127, 1128))),
        ("own lifetimes with a subject", record(own=(600, 0), subject="user-17")),
        ("own lifetimes and no attributes", record(own=(600, 86_400), attributes=[])),
        ("own lifetimes and a secret region", record(own=(600, 0), attributes=secret)),
        ("a label", record(labels=["sid:08a5019c"])),
        ("labels, four", record(labels=["a", "ab", "b", "\u00e9"])),
        ("labels, the longest", record(labels=["l" * 64])),
        ("labels and no attributes", record(labels=["tenant:7"], attributes=[])),
        ("labels and a secret region", record(labels=["x"], attributes=secret)),
        (
            "labels with a subject and own lifetimes",
            record(labels=["sid:1", "tenant:7"], subject="user-17", own=(600, 86_400)),
        ),
    ]
    cases = []
    for case, found in table:
        cases.append((case, write_payload(found), True))
    one = head(0) + sized(text("name", '"Ada"').encoded())
    cases += [
        ("no padding", one, False),
        ("padding of two blocks", padded(one) + bytes(64), False),
        ("padding to no multiple", one + bytes(3), False),
    ]
    return cases


def refused() -> list[tuple[str, bytes, str]]:
    flags = ss.SUBJECT | ss.SECRETS
    whole = head(flags, ss.LABELS, record(renewal=0xB1)) + sized(b"ada") + b"\1\1a"
    whole += sized(text("n", '"v"').encoded())
    whole += sized(text("s", "1", ss.SECRET).encoded())
    region = text("run", f'"{"a" * 41}bcdef"').encoded()
    start = len(region) - 46
    tail = region[-6:]
    size = len(region)
    block = sequence(region[:start], 1, 40) + sequence(tail)
    in_compressed = head(1) + to_varint(len(block))
    cut = {
        "empty": b"",
        "second byte of flags": whole[:1],
        "first half of the id": whole[:2],
        "half of its first half": whole[:6],
        "second half of the id": whole[:10],
        "half of its second half": whole[:14],
        "created": whole[:18],
        "half of created": whole[:20],
        "subject's length": whole[:22],
        "subject": whole[:25],
        "labels": whole[:26],
        "stored": whole[:29],
        "open region": whole[:33],
        "secret region's length": whole[: whole.index(b'"v"') + 3],
        "secret region": whole[:-1],
        "unpacked": in_compressed,
        "half of unpacked": in_compressed + b"\x80",
        "block": in_compressed + to_varint(size) + block[:-1],
    }
    bad = "malformed"
    cases = [(f"truncated: {at}", part, bad) for at, part in cut.items()]

    plain = write_payload(record())
    newer = "record_too_new"
    cases += [
        ("reserved flag bit 6", b"\x40" + plain[1:], newer),
        ("reserved flag bit 7", b"\x80" + plain[1:], newer),
        ("reserved flag bit 6 and nothing else", b"\x40", newer),
        ("reserved flag bit 7 and nothing else", b"\x80", newer),
        ("all flags and nothing else", b"\xff", newer),
        ("compression 3", b"\3" + plain[1:], newer),
        ("compression 3 and nothing else", b"\3", newer),
        ("compression 3, renewed", b"\x0b" + plain[1:], newer),
        ("compression 3 beside own lifetimes", head(3, ss.OWN) + plain[1:], newer),
        ("reserved flag beside own lifetimes", head(0x80, ss.OWN) + plain[1:], newer),
        ("reserved flag beside labels", head(0x40, ss.LABELS) + plain[1:], newer),
    ]
    cases += [
        (f"second byte of flags: reserved bit {bit}", padded(head(0, 1 << bit)), newer)
        for bit in range(4, 8)
    ]
    more = bytes([ss.MORE])
    cases += [
        ("second byte of flags: a reserved bit beside one", head(0, 0x11), newer),
        ("second byte of flags: a reserved bit and no more", more + b"\x80", newer),
        ("second byte of flags: zero", more + b"\0" + plain[1:], bad),
        ("second byte of flags: zero and no more", more + b"\0", bad),
        ("second byte of flags: a reserved bit before it", b"\x60\0", newer),
    ]
    one = plain[9 : 9 + 4 + 14]
    renewed = bytes([ss.RENEWED]) + plain[1:9]
    sized_one, front = one[4:], plain[:13]
    assert padded(front + sized_one) == plain
    cases += [
        ("renewed: a half of zeros", padded(renewed + bytes(8) + one), bad),
        ("renewed: a half of zeros and no more", renewed + bytes(8), bad),
        (
            "secret region: flagged and empty",
            padded(head(ss.SECRETS) + sized_one + b"\0"),
            bad,
        ),
        ("secret region: flagged, and nothing", head(ss.SECRETS) + sized_one, bad),
        (
            "secret region: there, and not flagged",
            padded(front + sized_one + sized(text("s", "1", ss.SECRET).encoded())),
            bad,
        ),
    ]

    secret_in_open = text("s", "1", ss.SECRET).encoded()
    a, b = text("a", "1").encoded(), text("b", "1").encoded()
    ab = text("ab", "1").encoded()
    in_secret = text("a", "1", ss.SECRET).encoded()
    b_secret = text("b", "1", ss.SECRET).encoded()
    regions = {
        "empty name": b"\0" + a[2:],
        "name of 256 bytes": sized(b"n" * 256) + a[2:],
        "name not UTF-8": sized(b"\xff") + a[2:],
        "name of half a character": sized("\u00e9".encode()[:1]) + a[2:],
        "name with a surrogate": sized(b"\xed\xa0\x80") + a[2:],
        "name in an overlong form": sized(b"\xc0\x80") + a[2:],
        "names out of order": b + a,
        "names out of order, one the beginning of the other": ab + a,
        "name twice": a + a,
        "secret bit in the open region": secret_in_open,
        "secret bit with a reserved bit in the open region": a[:2] + b"\x0c" + a[3:],
        "name cut": sized(b"name")[:3],
        "attribute flags missing": a[:2],
        "schema missing": a[:3],
        "value's length missing": a[:4],
        "value cut": a[:-1],
        "name's length beyond the region": b"\x7f" + a[1:],
        "overlong schema": a[:3] + b"\x80\x00" + a[4:],
        "schema over 32 bits": a[:3] + b"\xff\xff\xff\xff\x10" + a[4:],
        "overlong length of a name": b"\x81\x00" + a[1:],
        "overlong length of a value": a[:4] + b"\x81\x00" + a[5:],
        "zeros": bytes(32),
    }
    cases += [
        (f"attribute: {case}", stored(part), bad) for case, part in regions.items()
    ]
    cases += [
        ("attribute: no secret bit in the secret region", stored(b"", a), bad),
        ("attribute: one name in both regions", stored(a, in_secret), bad),
        (
            "attribute: one name in both regions, not the first",
            stored(a + b, b_secret),
            bad,
        ),
        (
            "attribute: secret names out of order",
            stored(b"", b_secret + in_secret),
            bad,
        ),
        ("attribute: value reaches into the secret region", stored(a[:-1], b"1"), bad),
    ]
    ends = bytes(32)
    cases += [
        ("overlong varint", head(0) + b"\x80\x00" + ends, bad),
        ("overlong varint, five bytes", head(0) + b"\x80\x80\x80\x80\x00" + ends, bad),
        ("varint over 32 bits", head(0) + b"\xff\xff\xff\xff\x1f" + ends, bad),
        ("varint of 2^32", head(0) + b"\x80\x80\x80\x80\x10" + ends, bad),
        ("varint of six bytes", head(0) + b"\x80\x80\x80\x80\x80\x01" + ends, bad),
        ("overlong subject's length", head(ss.SUBJECT) + b"\x83\x00ada" + ends, bad),
        ("overlong unpacked", head(1) + b"\x01\x80\x00" + sequence(b"") + ends, bad),
        ("overlong length of the secret region", head(ss.SECRETS) + b"\x00\x81\x00" + ends, bad),
        (
            "secret region beyond the end",
            head(ss.SECRETS) + b"\x00\xff\xff\xff\xff\x0f" + ends,
            bad,
        ),
        ("empty subject", padded(head(ss.SUBJECT) + b"\0\0"), bad),
        ("subject of 256 bytes", padded(head(ss.SUBJECT) + sized(b"s" * 256) + b"\0"), bad),
        ("subject not UTF-8", padded(head(ss.SUBJECT) + sized(b"a\xff") + b"\0"), bad),
        ("padding ends with one", plain[:-1] + b"\1", bad),
        ("padding begins with one", head(0) + b"\0\1" + bytes(7), bad),
        ("a block behind the padding", plain + plain, bad),
    ]
    rest = sized(text("name", '"Ada"').encoded())
    for case, own in {
        "both zero": b"\0\0",
        "longer zero": b"\x80\0\1",
        "longer idle timeout": b"\x81\0\0",
        "longer absolute lifetime": b"\0\x81\0",
        "idle timeout over 32 bits": b"\xff\xff\xff\xff\x1f\0",
        "absolute lifetime over 32 bits": b"\0\xff\xff\xff\xff\x1f",
        "idle timeout of 2^32": b"\x80\x80\x80\x80\x10\0",
        "idle timeout of six bytes": b"\x80\x80\x80\x80\x80\1\0",
    }.items():
        cases.append((f"own lifetimes: {case}", padded(head(0, ss.OWN) + own + rest), bad))
    for case, part in {
        "nothing": b"",
        "half of the idle timeout": b"\x80",
        "idle timeout only": b"\1",
        "half of the absolute lifetime": b"\1\x80",
        "nothing behind": b"\1\1",
    }.items():
        cases.append((f"own lifetimes, truncated: {case}", head(0, ss.OWN) + part, bad))
    whole = head(ss.SUBJECT, ss.OWN) + b"\1\1" + sized(b"ada") + rest
    cases.append(("own lifetimes before the subject", padded(whole), bad))
    for case, labels in {
        "none": b"\0",
        "five": b"\5\1a\1b\1c\1d\1e",
        "number in a longer form": b"\x81\0\1a",
        "number over 32 bits": b"\xff\xff\xff\xff\x1f\1a",
        "an empty one": b"\1\0",
        "of 65 bytes": b"\1" + sized(b"l" * 65),
        "length in a longer form": b"\1\x81\0a",
        "not UTF-8": b"\1\1\xff",
        "half a character": b"\1\1\xc3",
        "a surrogate": b"\1\3\xed\xa0\x80",
        "one twice": b"\2\1a\1a",
        "out of order": b"\2\1b\1a",
        "out of order, one the beginning of the other": b"\2\2ab\1a",
        "more than are there": b"\2\1a",
    }.items():
        cases.append((f"labels: {case}", padded(head(0, ss.LABELS) + labels + rest), bad))
    for case, part in {
        "nothing": b"",
        "number only": b"\1",
        "half a label": b"\1\2a",
        "nothing behind": b"\1\1a",
    }.items():
        cases.append((f"labels, truncated: {case}", head(0, ss.LABELS) + part, bad))
    whole = head(0, ss.OWN | ss.LABELS) + b"\1\1a" + b"\1\1" + rest
    cases.append(("labels before own lifetimes", padded(whole), bad))
    deposit = bytes(range(48))
    for case, part in {
        "nothing": b"",
        "half of the name": deposit[:8],
        "name only": deposit[:16],
        "half of the key": deposit[:47],
    }.items():
        cases.append((f"deposit, truncated: {case}", head(0, ss.DEPOSIT) + part, bad))
    cases += [
        ("deposit, compressed", padded(head(ss.LZ4, ss.DEPOSIT) + deposit), bad),
        ("deposit, and a secret region", padded(head(ss.SECRETS, ss.DEPOSIT) + deposit), bad),
        ("deposit: regions behind it", padded(head(0, ss.DEPOSIT) + deposit + rest), bad),
        ("deposit: padding ends with one", head(0, ss.DEPOSIT) + deposit + bytes(3) + b"\1", bad),
        ("deposit and compression 3", padded(head(3, ss.DEPOSIT) + deposit), newer),
        ("deposit beside a reserved flag", padded(head(0x80, ss.DEPOSIT) + deposit), newer),
    ]
    over, far = "over_ceiling", to_varint(ss.OPEN_LIMIT + 1)
    return [
        *cases,
        ("stored over 65,536", head(0) + far + ends, over),
        ("stored of 4,294,967,295", head(0) + to_varint(0xFFFFFFFF) + ends, over),
    ]
