"""The payloads of payloads.json whose open region is raw DEFLATE."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import sealed_session as ss
from sealed_session import to_varint

from ..blocks import (
    FIXED,
    Bits,
    Deflate,
    Tokens,
    distance_symbol,
    flat,
    length_symbol,
    played,
)
from ..cases import compressed, fixed, head, sized, text


def deflated(
    stream: bytes, unpacked: int, secret: bytes = b"", subject: bytes = b""
) -> bytes:
    return compressed(stream, unpacked, secret, subject, ss.DEFLATE)


def good() -> list[tuple[str, bytes]]:
    plain = text("name", '"Ada"').encoded()
    size = len(plain)
    half = size // 2
    run = text("run", f'"{"a" * 41}bcdef"').encoded()
    start = run.index(b"a" * 41) + 1
    repeated = [run[:start], (40, 1), run[-6:]]
    empty = Deflate().stored(b"", final=False)
    table: dict[str, tuple[Deflate, bytes]] = {
        "a stored block": (Deflate().stored(plain), plain),
        "two stored blocks": (
            Deflate().stored(plain[:half], False).stored(plain[half:]),
            plain,
        ),
        "empty blocks around": (
            Deflate()
            .stored(b"", False)
            .fixed([], False)
            .dynamic([plain], False)
            .fixed([], False)
            .stored(b""),
            plain,
        ),
        "fixed Huffman": (Deflate().fixed([plain]), plain),
        "fixed Huffman, a match that overlaps": (
            Deflate().fixed(repeated),
            run,
        ),
        "dynamic Huffman": (Deflate().dynamic(repeated), run),
        "dynamic Huffman without a match": (Deflate().dynamic([plain]), plain),
        "one block of each kind": (
            Deflate()
            .stored(plain[:4], False)
            .fixed([plain[4:8]], False)
            .dynamic([plain[8:]]),
            plain,
        ),
        "nothing in it": (Deflate().fixed([]), b""),
        "nothing in it, stored": (Deflate().stored(b""), b""),
        "nothing in it, two blocks": (empty.dynamic([]), b""),
    }
    nine = text("bytes", '"\u00fc\u00ff\u0100\u00e9"').encoded()
    table["fixed Huffman, codes of 9 bits"] = Deflate().fixed([nine]), nine

    # A match from another block, and from across a stored one.
    digits = text("run", f'"{"0123456789" * 2}x-end"').encoded()
    at = digits.index(b"x-end") - 10
    stream = Deflate().stored(digits[:at], False).fixed([(10, 10), digits[-6:]])
    table["a match into another block"] = stream, digits
    stream = Deflate().dynamic([digits[:at]], False).stored(b"", False)
    stream = stream.dynamic([(10, 10), digits[-6:]])
    table["a match across blocks"] = stream, digits

    # The shortest and the longest match of each symbol, and so the distances.
    tokens: Tokens = [b'"' + fixed("deflate", 300).hex().encode()]
    tokens += [(size, 100) for size in edges(range(3, 259), length_symbol)]
    tokens += [(3, distance) for distance in edges(range(1, 4097), distance_symbol)]
    tokens, long = attribute([*tokens, b'"'])
    table["fixed Huffman, many symbols"] = Deflate().fixed(tokens), long
    table["dynamic Huffman, many symbols"] = Deflate().dynamic(tokens), long

    tokens, far = attribute([b'"abc', *[(258, 3)] * 127, b"()", (200, 32_768), b'"'])
    table["the farthest match"] = Deflate().fixed(tokens), far

    limit = ss.OPEN_LIMIT - len(text("run", '""').encoded()) - 2
    whole = text("run", f'"{"a" * limit}"').encoded()
    assert len(whole) == ss.OPEN_LIMIT
    start = whole.index(b"aa") + 1
    matches = [(258, 1)] * ((len(whole) - start - 1) // 258)
    rest = whole[start + 258 * len(matches) :]
    stream = Deflate().dynamic([whole[:start], *matches, rest])
    table["65,536 bytes"] = stream, whole

    # One word of one bit for the end of the block, and no distances.
    alone = [0] * 256 + [1]
    table["a code for its end only"] = Deflate().with_codes([], alone, [0]), b""
    last = flat({256, 285, *plain}, 286)
    stream = Deflate().with_codes([plain], last, flat(set(range(30)), 30))
    table["all lengths and distances there are"] = stream, plain

    cases = []
    for case, (stream, region) in table.items():
        cases.append((f"DEFLATE: {case}", deflated(stream.bytes(), len(region))))
    spare = Deflate().fixed([plain]).bytes(spare=0xFF)
    cases.append(("DEFLATE: spare bits that are not zero", deflated(spare, size)))
    secret = text("pin", '"1234"', ss.SECRET).encoded()
    subject = deflated(Deflate().fixed(repeated).bytes(), len(run), secret, sized(b"u"))
    cases.append(("DEFLATE: with subject and secret region", subject))
    unpadded = head(2) + b"\x02\x00" + Deflate().fixed([]).bytes()
    cases.append(("DEFLATE: nothing in it, no padding", unpadded))
    return cases


def edges(values: range, symbol: Callable[[int], tuple[int, int, int]]) -> list[int]:
    """Those with which another symbol begins or ends."""
    ends = [v for v in values[:-1] if symbol(v)[0] != symbol(v + 1)[0]]
    return sorted({values[0], values[-1], *ends, *(v + 1 for v in ends)})


def attribute(tokens: Tokens) -> tuple[Tokens, bytes]:
    """The tokens of a region whose one value these are, and what they give."""
    name = text("run", "").encoded()[:-1] + to_varint(len(played(tokens)))
    return [name, *tokens], played([name, *tokens])


def refused() -> list[tuple[str, bytes, str]]:
    plain = text("name", '"Ada"').encoded()
    size = len(plain)
    run = text("run", f'"{"a" * 41}bcdef"').encoded()
    start = run.index(b"a" * 41) + 1
    long, tail = run[:start], run[-6:]
    stored, dynamic = Deflate().stored(plain).bytes(), Deflate().dynamic([plain])
    good = Deflate().fixed([long, (40, 1), tail]).bytes()
    bad, over = "malformed", "over_ceiling"

    def one(literals: list[int], **told) -> bytes:
        return Deflate().with_codes([plain], literals, [0], **told).bytes()

    complete = flat({256, *plain}, 257)
    overfull = list(complete)
    overfull[next(i for i, length in enumerate(complete) if not length)] = 1
    full_meta = [0] * 19
    full_meta[0] = full_meta[1] = full_meta[2] = 1
    reserved_kind = Bits()
    reserved_kind.add(0b111, 3)
    symbol286 = Deflate()
    symbol286.head(1, True)
    symbol286.tokens([long], FIXED, [5] * 32, False)
    symbol286.bits.code(0b11000110, 8)
    symbol286.bits.code(0, 5)
    distance30 = Deflate()
    distance30.head(1, True)
    distance30.tokens([long], FIXED, [5] * 32, False)
    distance30.bits.code(0b0000001, 7)
    distance30.bits.code(30, 5)
    distance30.bits.add(0, 13)
    wrapped = zlib.compressobj(9, zlib.DEFLATED, 15)
    header = wrapped.compress(plain)[:2] or b"\x78\xda"
    gzip = b"\x1f\x8b\x08" + bytes(7)
    behind = bytes(8)
    table: list[tuple[str, bytes, int, str]] = [
        ("no block", b"", 0, bad),
        ("no block, but a size", b"", size, bad),
        ("a stored block, cut off", stored[:-1], size, bad),
        ("a stored block, its length cut off", stored[:3], size, bad),
        ("fixed Huffman, cut off", good[:-1], len(run), bad),
        ("dynamic Huffman, cut off", dynamic.bytes()[:-1], size, bad),
        ("dynamic Huffman, cut off in its lengths", dynamic.bytes()[:9], size, bad),
        ("a byte behind", good + b"\x01", len(run), bad),
        ("a zero behind", good + b"\x00", len(run), bad),
        ("one stream behind another", stored + stored, 2 * size, bad),
        ("an empty stream behind", stored + Deflate().fixed([]).bytes(), size, bad),
        ("one more than there is", good, len(run) + 1, bad),
        ("one less than there is", good, len(run) - 1, bad),
        ("zero and a stream of more", good, 0, bad),
        ("one and a stream of none", Deflate().fixed([]).bytes(), 1, bad),
        ("more than there is, within a match", good, start + 20, bad),
        ("no last block", Deflate().stored(plain, final=False).bytes(), size, bad),
        ("no end of the block", Deflate().fixed([plain], end=False).bytes(), size, bad),
        ("a block of kind 3", reserved_kind.bytes(), 0, bad),
        (
            "a stored block whose lengths differ",
            stored[:3] + b"\0\0" + stored[5:],
            size,
            bad,
        ),
        (
            "a match before the start",
            Deflate().fixed([long, (40, start + 1), tail]).bytes(),
            len(run),
            bad,
        ),
        (
            "a match before anything",
            Deflate().fixed([(40, 1), run[40:]]).bytes(),
            len(run),
            bad,
        ),
        (
            "dynamic Huffman, a match before the start",
            Deflate().dynamic([long, (40, start + 9), tail]).bytes(),
            len(run),
            bad,
        ),
        (
            "a match past the end",
            Deflate().fixed([long, (200, 1), tail]).bytes(),
            len(run),
            bad,
        ),
        ("length symbol 286", symbol286.bytes() + behind, len(run), bad),
        ("distance symbol 30", distance30.bytes() + behind, len(run), bad),
        ("a code with too many words", one(overfull), size, bad),
        (
            "a code of code lengths with too many words",
            one(complete, meta=full_meta, runs=[(0, 0, 0)] * 258) + behind,
            size,
            bad,
        ),
        (
            "a repetition of no length",
            one(complete, runs=[(16, 0, 2), (0, 0, 0)]) + behind,
            size,
            bad,
        ),
        (
            "a repetition past the lengths",
            one(complete, runs=[(18, 127, 7), (18, 127, 7), (1, 0, 0)]) + behind,
            size,
            bad,
        ),
        (
            "a zlib header",
            header + stored + zlib.adler32(plain).to_bytes(4, "big"),
            size,
            bad,
        ),
        ("a gzip header", gzip + stored, size, bad),
        ("an LZ4 block", b"\xd0" + plain, size, bad),
    ]

    def of(literals: list[int], distances: list[int], **told) -> bytes:
        return Deflate().with_codes([], literals, distances, **told).bytes()

    alone = [0] * 256 + [1]
    table += [
        ("287 literals and lengths", of(flat({256, 286}, 257), [0]), 0, bad),
        ("31 distances", of(alone, flat(set(range(31)), 31)), 0, bad),
        ("31 distances without a code", of(alone, [0] * 31), 0, bad),
        ("no code for its end", of(flat({0, 1}, 257), [0], end=False), 0, bad),
        ("an end of two bits", of([0] * 256 + [2], [0]), 0, bad),
        ("too few literals", of([2, 2] + [0] * 254 + [2], [0]), 0, bad),
        ("one distance of two bits", of(alone, [2]), 0, bad),
        ("too few distances", of(alone, [2, 2, 2]), 0, bad),
        ("too many distances", of(alone, [1, 1, 1]), 0, bad),
    ]
    meta = [0] * 19
    meta[0] = meta[1] = meta[18] = 2
    runs = [(18, 127, 7), (18, 107, 7), (1, 0, 0), (0, 0, 0)]
    few = of(alone, [0], meta=meta, runs=runs)
    table.append(("too few codes of code lengths", few, 0, bad))
    region = text("run", f'"{"a" * (ss.OPEN_LIMIT + 1 - 11)}"').encoded()
    begin = region.index(b"aa") + 1
    matches = [(258, 1)] * ((len(region) - begin - 1) // 258)
    tokens = [region[:begin], *matches, region[begin + 258 * len(matches) :]]
    bomb = Deflate().dynamic(tokens).bytes()
    assert len(region) == ss.OPEN_LIMIT + 1
    table += [
        ("over 65,536", bomb, len(region), over),
        ("over 65,536, a claim of less", bomb, ss.OPEN_LIMIT, bad),
        ("a claim of 65,537", good, ss.OPEN_LIMIT + 1, over),
        ("a claim of 4,294,967,295", good, 0xFFFFFFFF, over),
    ]
    cases = [
        (f"DEFLATE: {case}", deflated(stream, told), refusal)
        for case, stream, told, refusal in table
    ]
    broken = b"\x80" + text("n", "1").encoded()
    stream = Deflate().fixed([broken]).bytes()
    cases += [
        (
            "DEFLATE: attributes cut",
            deflated(Deflate().fixed([plain[:-1]]).bytes(), size - 1),
            bad,
        ),
        ("DEFLATE: no attributes", deflated(stream, len(broken)), bad),
        ("DEFLATE: LZ4 told", compressed(good, len(run)), bad),
        ("DEFLATE: stored beyond the payload", head(2) + b"\x7f\x05" + good, bad),
        ("DEFLATE: unpacked missing", head(2) + b"\x02", bad),
        ("DEFLATE: overlong unpacked", head(2) + b"\x02\x80\x00\x03\x00\x00", bad),
    ]
    return cases
