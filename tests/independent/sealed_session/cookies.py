"""The texts that the cookies of a request may be read as."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

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


def texts(value: bytes, others: dict[int, list[bytes]]) -> list[str]:
    """The texts that one base cookie gives with the cookies beside it."""
    if len(value) > LINE_LIMIT:
        raise Refused("over_ceiling")
    if value.startswith(b"A"):
        return [value.decode("latin-1")]
    if not re.match(rb"[2-9].{4}", value, re.DOTALL):
        raise Refused("malformed")
    tag, parts = value[1:5], [[value[5:]]]
    for i in range(1, value[0] - ord("0")):
        here = others.get(i, [])
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
    if not found:
        raise Refused("malformed", "no way to join the parts")
    left = [MORE] if next(ways, None) else []
    return [text.decode("latin-1") for text in found] + left


# Stands for what is not judged because there is too much of it.
MORE = Refused("more")


def candidates(base: bytes, fields: list[bytes]) -> Iterator[str | Refused]:
    """The texts of a request, in its order; a refusal where a base cookie gives none."""
    bases, others, kept = [], {}, 0
    for name, value in cookie_pairs(fields):
        if kept == CHUNK_LIMIT:
            break
        if name == base:
            bases.append(value)
        elif re.fullmatch(re.escape(base) + rb"\.[1-8]", name):
            others.setdefault(int(name[-1:]), []).append(value)
        else:
            continue
        kept += 1
    seen: set[str] = set()
    for value in bases:
        try:
            for text in texts(value, others):
                if text is MORE or text not in seen:
                    yield text
                seen.add(text)
        except Refused as refused:
            yield refused
    if others and not bases:
        yield Refused("partial", "no base cookie")
    if kept == CHUNK_LIMIT:
        yield MORE
