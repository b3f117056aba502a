"""The payloads of payloads.json whose open region is an LZ4 block."""

from __future__ import annotations

import sealed_session as ss

from ..blocks import sequence
from ..cases import compressed, fixed, sized, text


def good() -> list[tuple[str, bytes]]:
    plain = text("name", '"Ada"').encoded()
    cases = [("LZ4: literals only", compressed(sequence(plain), len(plain)))]
    empty = compressed(sequence(b""), 0)
    cases.append(("LZ4: nothing in it", empty))

    # One byte repeated by an overlapping match: `"a` and 40 times `a`, then `bcdef"`.
    region = text("run", f'"{"a" * 41}bcdef"').encoded()
    block = sequence(region[: -(40 + 6)], 1, 40) + sequence(region[-6:])
    assert len(block) < len(region)
    cases.append(("LZ4: overlapping match of offset 1", compressed(block, len(region))))

    region = text("run", f'"{"abc" * 100}x-end"').encoded()
    start = region.index(b"abc") + 3
    block = sequence(region[:start], 3, 297) + sequence(region[-6:])
    cases.append(
        ("LZ4: overlapping match of offset 3, long", compressed(block, len(region)))
    )

    region = text("run", f'"{"0123456789" * 2}x-end"').encoded()
    start = region.index(b"0123") + 10
    block = sequence(region[:start], 10, 10) + sequence(region[-6:])
    cases.append(("LZ4: match that does not overlap", compressed(block, len(region))))

    # Extensions of 15, 15 + 255, and 15 + 254 literals.
    for size in (15, 269, 270):
        letters = "".join(chr(97 + i * 7 % 26) for i in range(size))
        overhead = 7 if size < 128 else 8
        region = text("n", f'"{letters[: size - overhead]}"').encoded()
        assert len(region) == size
        case = f"LZ4: {len(region)} literals"
        cases.append((case, compressed(sequence(region), len(region))))

    secret = text("pin", '"1234"', ss.SECRET).encoded()
    region = text("run", f'"{"a" * 41}bcdef"').encoded()
    block = sequence(region[: -(40 + 6)], 1, 40) + sequence(region[-6:])
    whole = compressed(block, len(region), secret, sized(b"user-17"))
    cases.append(("LZ4: with subject and secret region", whole))

    # An offset of two different bytes.
    letters = fixed("letters", 130).hex()
    region = text("run", f'"{letters}{letters[2:22]}x-end"').encoded()
    start = region.index(b"x-end") - 20
    block = sequence(region[:start], 258, 20) + sequence(region[-6:])
    cases.append(("LZ4: offset of 258", compressed(block, len(region))))

    fixed_part = len(text("run", '""').encoded()) + 2
    region = text("run", f'"{"a" * (ss.OPEN_LIMIT - fixed_part)}"').encoded()
    assert len(region) == ss.OPEN_LIMIT
    start = region.index(b"aa") + 1
    block = sequence(region[:start], 1, len(region) - start - 6) + sequence(region[-6:])
    cases.append(("LZ4: 65,536 bytes", compressed(block, len(region))))
    return cases + ends()


def ends() -> list[tuple[str, bytes]]:
    """Blocks that end as no writer should end one, and every reader takes."""
    region = text("run", f'"{"a" * 60}"').encoded()
    start = region.index(b"aa") + 1
    whole = len(region)

    def ending(left: int, low: int = 0) -> bytes:
        match = whole - left - start
        last = bytes([left << 4 | low]) + region[whole - left :]
        return compressed(sequence(region[:start], 1, match) + last, whole)

    cases = [(f"LZ4: {left} literals at the end", ending(left)) for left in (4, 1)]
    # The text has to end with a match then.
    nested = text("run", "[[[[[[[[]]]]]]]]").encoded()
    at = nested.index(b"]") + 1
    block = sequence(nested[:at], 1, len(nested) - at) + b"\0"
    cases.append(
        ("LZ4: no literal in the last sequence", compressed(block, len(nested)))
    )
    cases += [
        (f"LZ4: {low} in the low half of the last token", ending(6, low))
        for low in (1, 15)
    ]
    return cases


def refused() -> list[tuple[str, bytes, str]]:
    region = text("run", f'"{"a" * 41}bcdef"').encoded()
    start = len(region) - 46
    tail = region[-6:]
    size = len(region)
    block = sequence(region[:start], 1, 40) + sequence(tail)
    bad, over = "malformed", "over_ceiling"
    region_over = text("run", f'"{"a" * (ss.OPEN_LIMIT + 1 - 11)}"').encoded()
    over_start = region_over.index(b"aa") + 1
    over_block = sequence(
        region_over[:over_start], 1, len(region_over) - over_start - 6
    )
    over_block += sequence(region_over[-6:])
    assert len(region_over) == ss.OPEN_LIMIT + 1
    return [
        ("unpacked over 65,536", compressed(over_block, len(region_over)), over),
        ("unpacked of 4,294,967,295", compressed(block, 0xFFFFFFFF), over),
        ("unpacked one more than there is", compressed(block, size + 1), bad),
        ("unpacked one less than there is", compressed(block, size - 1), bad),
        ("unpacked of zero and a block of more", compressed(block, 0), bad),
        ("LZ4: no block", compressed(b"", 0), bad),
        (
            "LZ4: offset zero",
            compressed(sequence(region[:start], 0, 40) + sequence(tail), size),
            bad,
        ),
        (
            "LZ4: offset before the start",
            compressed(sequence(region[:start], start + 1, 40) + sequence(tail), size),
            bad,
        ),
        (
            "LZ4: no literals at the end",
            compressed(sequence(region[:start], 1, 46), size),
            bad,
        ),
        (
            "LZ4: match first",
            compressed(sequence(b"", 1, 40) + sequence(region[40:]), size),
            bad,
        ),
        (
            "LZ4: match past the end",
            compressed(sequence(region[:start], 1, 400) + sequence(tail), size),
            bad,
        ),
        ("LZ4: literals past the end of the block", compressed(block[:-1], size), bad),
        (
            "LZ4: offset zero, far from the end",
            compressed(
                sequence(region[:start], 0, 8) + sequence(b"b" * 64), start + 8 + 64
            ),
            bad,
        ),
        (
            "LZ4: half of an offset",
            compressed(sequence(region[:start], 1, 40)[:-2], size),
            bad,
        ),
        ("LZ4: length without end", compressed(b"\xf0" + b"\xff" * 9, size), bad),
        ("LZ4: one block behind another", compressed(block + block, size), bad),
    ]
