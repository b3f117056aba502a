"""Packed text, as "Packed text" in FORMAT.md has it: text that stands for bytes, stored as these."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .source import Bytes, Refused, to_varint

LITERAL, BASE64URL, BASE64, HEX, UUID, BASE64URL_PARTS, BASE64_PARTS = range(-1, 6)
# The kinds whose body is parts, and the kind that writes what these stand for.
NESTED = {BASE64URL_PARTS: BASE64URL, BASE64_PARTS: BASE64}


@dataclass
class Piece:
    """A literal or a run, not yet unpacked; `length` bytes make its text."""

    kind: int
    length: int
    body: bytes
    within: list[Piece]

    def size(self) -> int:
        """How many bytes it stands for."""
        if self.kind == LITERAL:
            return self.length
        if self.kind in (HEX, UUID):
            return 2 * self.length + (4 if self.kind == UUID else 0)
        return 4 * (self.length // 3) + (0, 2, 3)[self.length % 3]

    def text(self) -> bytes:
        if self.kind == LITERAL:
            return self.body
        if self.kind in (HEX, UUID):
            digits = self.body.hex().encode()
            return dashed(digits) if self.kind == UUID else digits
        body = b"".join(piece.text() for piece in self.within) or self.body
        plus = self.kind in (BASE64, BASE64_PARTS)
        return base64.b64encode(body, b"+/" if plus else b"-_").rstrip(b"=")


def dashed(digits: bytes) -> bytes:
    cuts = (0, 8, 12, 16, 20, 32)
    return b"-".join(digits[a:b] for a, b in pairwise(cuts))


def read_run(source: Bytes, within: bool) -> Piece:
    tag = source.varint()
    length, kind = tag >> 3, tag & 7
    if kind > BASE64_PARTS:
        raise Refused("malformed", "reserved kind of a run")
    if within and kind not in (HEX, UUID):
        raise Refused("malformed", "kind of a run within a run")
    if (length == 0) != (kind == UUID):
        raise Refused("malformed", "length of a run")
    if kind == UUID:
        return Piece(kind, 16, source.take(16), [])
    if kind in NESTED:
        return Piece(kind, length, b"", list(read_parts(source, length)))
    return Piece(kind, length, source.take(length), [])


def read_parts(source: Bytes, length: int | None = None) -> Iterator[Piece]:
    """The parts up to the end, or those within a run, which stand for `length` bytes."""
    done = 0

    def at_end() -> bool:
        if length is None:
            return not source.left()
        if done > length:
            raise Refused("malformed", "parts go beyond their run")
        return done == length

    while not at_end():
        size = source.varint()
        yield Piece(LITERAL, size, source.take(size), [])
        done += size
        if at_end():
            if not size:
                raise Refused("malformed", "empty last literal")
            return
        run = read_run(source, length is not None)
        yield run
        done += run.size()


def pieces(packed: bytes) -> list[Piece]:
    """Looks at all of a packed value and unpacks nothing of it."""
    return list(read_parts(Bytes(packed)))


def unpack(packed: bytes) -> bytes:
    return b"".join(piece.text() for piece in pieces(packed))


# The texts that a run may stand for. A literal costs a byte, a run one or two.
UUIDS = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
HEXES = rb"(?:[0-9a-f]{2}){4,}(?![0-9A-Za-z+/_-])"
WITHIN = re.compile(rb"(%s)|(%s)" % (UUIDS, HEXES))
ALL = re.compile(rb"(%s)|(%s)|([\w-]{8,})|([A-Za-z0-9+/]{8,})" % (UUIDS, HEXES))


def pack(value: bytes) -> bytes:
    """A short form of `value`, if not the shortest; it may be longer than `value`."""
    return write_parts(value, ALL)


def write_parts(value: bytes, texts: re.Pattern[bytes]) -> bytes:
    out, at = b"", 0
    for match in texts.finditer(value):
        kind = (UUID, HEX, BASE64URL, BASE64)[match.lastindex - 1]
        end = match.end()
        if kind == UUID:
            run = to_varint(UUID) + bytes.fromhex(match[0].decode().replace("-", ""))
        elif kind == HEX:
            body = bytes.fromhex(match[0].decode())
            run = to_varint(len(body) * 8 + HEX) + body
        else:
            body, size = from_base64(match[0], kind)
            end = match.start() + size
            run = write_base64(body, kind)
        literal = value[at : match.start()]
        out += to_varint(len(literal)) + literal + run
        at = end
    rest = value[at:]
    return out + (to_varint(len(rest)) + rest if rest else b"")


def from_base64(text: bytes, kind: int) -> tuple[bytes, int]:
    """What the text stands for, and how much of it does: all, or its whole groups."""
    alphabet = bytes.maketrans(b"-_", b"+/")
    for size in (len(text), len(text) // 4 * 4):
        if size % 4 == 1:
            continue
        part = text[:size]
        body = base64.b64decode(part.translate(alphabet) + b"=" * (-size % 4))
        if Piece(kind, len(body), body, []).text() == part:
            return body, size
    raise ValueError("whole groups always stand for bytes")


def write_base64(body: bytes, kind: int) -> bytes:
    parts = write_parts(body, WITHIN)
    if len(parts) < len(body):
        return to_varint(len(body) * 8 + kind + BASE64URL_PARTS) + parts
    return to_varint(len(body) * 8 + kind) + body
