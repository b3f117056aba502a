"""Writes LZ4 blocks and raw DEFLATE piece by piece, for the makers of vectors.

What compressors write changes from version to version; this does not. Faults can be written, too.
"""

from __future__ import annotations

# What a DEFLATE block holds: literals, and matches of a length and a distance.
Tokens = list[bytes | tuple[int, int]]


def played(tokens: Tokens) -> bytes:
    """What they give."""
    out = b""
    for token in tokens:
        if isinstance(token, bytes):
            out += token
            continue
        length, distance = token
        seen = out[-distance:]
        out += (seen * (length // len(seen) + 1))[:length]
    return out


ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
END = 256
FIXED = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8


def sequence(literals: bytes, offset: int | None = None, match: int = 4) -> bytes:
    """One sequence of an LZ4 block; the last one has no match."""

    def more(length: int) -> bytes:
        if length < 15:
            return b""
        return b"\xff" * ((length - 15) // 255) + bytes([(length - 15) % 255])

    behind = match - 4 if offset is not None else 0
    token = bytes([min(len(literals), 15) << 4 | min(behind, 15)])
    out = token + more(len(literals)) + literals
    if offset is not None:
        out += offset.to_bytes(2, "little") + more(behind)
    return out


def lz4(data: bytes) -> bytes:
    """A block that keeps the rules for its end."""
    out, seen, anchor, at = b"", {}, 0, 0
    while at + 12 <= len(data):
        back = seen.get(data[at : at + 4])
        seen[data[at : at + 4]] = at
        if back is None or at - back > 0xFFFF:
            at += 1
            continue
        size = 4
        while at + size < len(data) - 5 and data[back + size] == data[at + size]:
            size += 1
        out += sequence(data[anchor:at], at - back, size)
        at += size
        anchor = at
    return out + sequence(data[anchor:])


class Bits:
    """Bits from the lowest of the first byte on."""

    def __init__(self) -> None:
        self.number = self.count = 0

    def add(self, number: int, count: int) -> None:
        self.number |= number << self.count
        self.count += count

    def code(self, number: int, count: int) -> None:
        """A Huffman code, which begins with its highest bit."""
        self.add(int(f"{number:0{count}b}"[::-1], 2) if count else 0, count)

    def bytes(self, spare: int = 0) -> bytes:
        """`spare` fills the bits behind the last one."""
        filled = self.number | spare << self.count
        size = -(-self.count // 8)
        return (filled & ((1 << 8 * size) - 1)).to_bytes(size, "little")


def codes(lengths: list[int]) -> dict[int, tuple[int, int]]:
    """The canonical codes of RFC 1951, section 3.2.2."""
    out, code = {}, 0
    for size in range(1, 16):
        code <<= 1
        for symbol, length in enumerate(lengths):
            if length == size:
                out[symbol] = code, size
                code += 1
    return out


def flat(used: set[int], least: int) -> list[int]:
    """Lengths of a complete code for `used`; one symbol alone has one bit."""
    size = max(1, (len(used) - 1).bit_length())
    short = (1 << size) - len(used) if len(used) > 1 else 0
    lengths = [0] * max(least, max(used, default=0) + 1)
    for at, symbol in enumerate(sorted(used)):
        lengths[symbol] = size - 1 if at < short else size
    return lengths


def in_steps(value: int, base: int, steps: int, symbol: int) -> tuple[int, int, int]:
    """Symbol, extra bits and their number; each number of bits serves `steps` symbols."""
    bits = 0
    while True:
        for _ in range(steps if bits else 2 * steps):
            if value < base + (1 << bits):
                return symbol, value - base, bits
            base += 1 << bits
            symbol += 1
        bits += 1


def length_symbol(length: int) -> tuple[int, int, int]:
    return (285, 0, 0) if length == 258 else in_steps(length, 3, 4, 257)


def distance_symbol(distance: int) -> tuple[int, int, int]:
    return in_steps(distance, 1, 2, 0)


class Deflate:
    """Blocks one behind the other; the one of a method called with `final` is the last."""

    def __init__(self) -> None:
        self.bits = Bits()

    def head(self, kind: int, final: bool) -> None:
        self.bits.add(final, 1)
        self.bits.add(kind, 2)

    def stored(self, data: bytes, final: bool = True, check: int = 0xFFFF) -> Deflate:
        self.head(0, final)
        self.bits.add(0, -self.bits.count % 8)
        self.bits.add(len(data), 16)
        self.bits.add(len(data) ^ check, 16)
        self.bits.add(int.from_bytes(data, "little"), 8 * len(data))
        return self

    def fixed(self, tokens: Tokens, final: bool = True, end: bool = True) -> Deflate:
        self.head(1, final)
        self.tokens(tokens, FIXED, [5] * 32, end)
        return self

    def dynamic(self, tokens: Tokens, final: bool = True) -> Deflate:
        literals, distances = {END}, set()
        for token in tokens:
            if isinstance(token, bytes):
                literals |= set(token)
            else:
                literals.add(length_symbol(token[0])[0])
                distances.add(distance_symbol(token[1])[0])
        if literals == {END}:
            literals.add(0)
        return self.with_codes(tokens, flat(literals, 257), flat(distances, 1), final)

    def with_codes(
        self,
        tokens: Tokens,
        literals: list[int],
        distances: list[int],
        final: bool = True,
        end: bool = True,
        runs: list[tuple[int, int, int]] | None = None,
        meta: list[int] | None = None,
    ) -> Deflate:
        """A dynamic block; `runs` tell the lengths, and `meta` the lengths of their code."""
        self.head(2, final)
        runs = shortened(literals + distances) if runs is None else runs
        meta = meta or flat({symbol for symbol, _, _ in runs}, 19)
        count = max(4, *(at + 1 for at, symbol in enumerate(ORDER) if meta[symbol]))
        self.bits.add(len(literals) - 257, 5)
        self.bits.add(len(distances) - 1, 5)
        self.bits.add(count - 4, 4)
        for symbol in ORDER[:count]:
            self.bits.add(meta[symbol], 3)
        for symbol, extra, bits in runs:
            self.bits.code(*codes(meta)[symbol])
            self.bits.add(extra, bits)
        self.tokens(tokens, literals, distances, end)
        return self

    def tokens(
        self, tokens: Tokens, literals: list[int], distances: list[int], end: bool
    ) -> None:
        first, second = codes(literals), codes(distances)
        for token in tokens:
            if isinstance(token, bytes):
                for byte in token:
                    self.bits.code(*first[byte])
                continue
            symbol, extra, bits = length_symbol(token[0])
            self.bits.code(*first[symbol])
            self.bits.add(extra, bits)
            symbol, extra, bits = distance_symbol(token[1])
            self.bits.code(*second[symbol])
            self.bits.add(extra, bits)
        if end:
            self.bits.code(*first[END])

    def bytes(self, spare: int = 0) -> bytes:
        return self.bits.bytes(spare)


def shortened(lengths: list[int]) -> list[tuple[int, int, int]]:
    """Code lengths with their repetitions, as RFC 1951 has them in section 3.2.7."""
    out, at = [], 0
    while at < len(lengths):
        length, times = lengths[at], 1
        while at + times < len(lengths) and lengths[at + times] == length:
            times += 1
        if length == 0 and times >= 11:
            times = min(times, 138)
            out.append((18, times - 11, 7))
        elif length == 0 and times >= 3:
            out.append((17, times - 3, 3))
        elif times >= 4:
            times = min(times, 7)
            out += [(length, 0, 0), (16, times - 4, 2)]
        else:
            times = 1
            out.append((length, 0, 0))
        at += times
    return out
