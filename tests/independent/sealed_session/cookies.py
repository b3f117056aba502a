"""The texts that the cookies of a request may be read as."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from .marks import MARK_LIMIT
from .source import Refused
from .tokens import LINE_LIMIT

CANDIDATE_LIMIT = 8
CHUNK_LIMIT = 32


def split(base: str, text: str, attributes: str = "", limit: int = LINE_LIMIT):
    """The cookies (name, value) of a text; `attributes` follow every value."""

    def room(name: str) -> int:
        return limit - len(name) - 1 - len(attributes)

    if len(text) <= room(base):
        return [(base, text)]
    tag, parts, rest = text[-4:], [], text
    while rest:
        size = room(f"{base}.{len(parts)}") - 4 if parts else room(base) - 5
        if size < 1:
            raise ValueError("no room")
        parts.append(rest[:size])
        rest = rest[size:]
    if len(parts) > 9:
        raise ValueError("too long")
    cookies = [(base, f"{len(parts)}{tag}{parts[0]}")]
    return cookies + [(f"{base}.{i}", tag + p) for i, p in enumerate(parts) if i]


def cookie_pairs(fields: list[bytes]) -> list[tuple[bytes, bytes]]:
    pairs = [pair.partition(b"=") for line in fields for pair in line.split(b";")]
    return [(n.strip(b" \t"), v.strip(b" \t")) for n, equals, v in pairs if equals]


def texts(value: bytes, chunks: list[tuple[int, bytes]]) -> tuple[list[str], bool]:
    """The texts that one base cookie gives with the chunks beside it, and whether there are
    more ways than are tried. An empty list stands for no way that fits."""
    if len(value) > LINE_LIMIT:
        raise Refused("over_ceiling")
    if value.startswith(b"A"):
        return [value.decode("latin-1")], False
    if not re.match(rb"[2-9].{4}", value, re.DOTALL):
        raise Refused("malformed")
    tag, parts = value[1:5], [[value[5:]]]
    for i in range(1, value[0] - ord("0")):
        here = [part for number, part in chunks if number == i]
        short = [part for part in here if len(part) <= LINE_LIMIT]
        options = [part[4:] for part in short if part.startswith(tag)]
        if not options:
            label = "mixed" if short else "over_ceiling" if here else "partial"
            raise Refused(label, f"part {i}")
        parts.append(list(dict.fromkeys(options)))
    # The part with the lowest number changes fastest.
    ways = itertools.product(*reversed(parts))
    first = itertools.islice(ways, CANDIDATE_LIMIT)
    joined = [b"".join(reversed(way)) for way in first]
    found = [t for t in joined if t.startswith(b"A") and t.endswith(tag)]
    return [text.decode("latin-1") for text in found], next(ways, None) is not None


@dataclass
class Kept:
    """The cookies of one name, as far as they count (rule 7.7)."""

    # Each with its number; 0 is the base cookie.
    chunks: list[tuple[int, bytes]]
    touches: list[bytes]
    tombstones: list[bytes]
    renewals: list[bytes]

    def any(self) -> bool:
        return any((self.chunks, self.touches, self.tombstones, self.renewals))


def kept(base: bytes, lines: list[bytes]) -> Kept:
    pairs = cookie_pairs(lines)

    def named(suffix: bytes) -> list[bytes]:
        return [v for n, v in pairs if n == base + suffix][:MARK_LIMIT]

    chunk = re.compile(re.escape(base) + rb"(?:\.([1-8]))?")
    found = [(chunk.fullmatch(name), value) for name, value in pairs]
    chunks = [(int(match[1] or 0), value) for match, value in found if match]
    return Kept(chunks[:CHUNK_LIMIT], named(b".t"), named(b".x"), named(b".r"))


def candidates(found: Kept) -> tuple[list[str | Refused], bool]:
    """The texts of one name, or a reason where a base cookie gives none; and whether the name is
    crowded (rule 7.17)."""
    bases = [value for number, value in found.chunks if number == 0]
    marks = max(len(found.tombstones), len(found.renewals))
    crowded = len(found.chunks) == CHUNK_LIMIT or marks == MARK_LIMIT
    listed: list[str | Refused] = []
    for value in bases:
        try:
            given, more = texts(value, found.chunks)
        except Refused as refused:
            listed.append(refused)
            continue
        crowded |= more
        if not given:
            listed.append(Refused("malformed", "no way to join the parts"))
        for text in given:
            if text not in listed:
                listed.append(text)
    if found.chunks and not bases:
        listed.append(Refused("partial", "no base cookie"))
    good = [entry for entry in listed if isinstance(entry, str)]
    crowded |= len(good) > CANDIDATE_LIMIT
    left = set(good[CANDIDATE_LIMIT:])
    return [entry for entry in listed if entry not in left], crowded
