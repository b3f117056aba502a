"""The grounds of a session (FORMAT.md, section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from .source import Bytes, Refused, to_varint

CONFIRMED, ACTING, ORIGIN = 1, 2, 4


@dataclass
class Grounds:
    confirmed: int | None = None
    # Since when somebody acts as the subject, and who.
    acting: tuple[int, str] | None = None
    origin: bytes | None = None

    def counts(self, now: int, skew: int) -> bool:
        """Whether the visitor is confirmed at all."""
        return self.confirmed is not None and self.confirmed <= now + skew

    def write(self) -> bytes:
        flags, fields = 0, b""
        if self.confirmed is not None:
            flags, fields = CONFIRMED, self.confirmed.to_bytes(4, "big")
        if self.acting is not None:
            since, actor = self.acting[0], self.acting[1].encode()
            flags |= ACTING
            fields += since.to_bytes(4, "big") + to_varint(len(actor)) + actor
        if self.origin is not None:
            flags |= ORIGIN
            fields += self.origin
        return bytes([flags]) + fields if flags else b""


def read_grounds(source: Bytes, subject: str | None) -> Grounds:
    flags = source.byte()
    if flags & ~7:
        raise Refused("record_too_new", "reserved grounds")
    if not flags or flags & 3 == 3 or subject is None:
        raise Refused("malformed", "grounds")
    found = Grounds()
    if flags & CONFIRMED:
        found.confirmed = source.number(4)
    if flags & ACTING:
        found.acting = source.number(4), source.short_text()
        if found.acting[1] == subject:
            raise Refused("malformed", "acts as themselves")
    if flags & ORIGIN:
        found.origin = source.take(8)
    return found
