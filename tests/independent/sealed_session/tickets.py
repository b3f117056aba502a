"""Seals and opens tickets (FORMAT.md, section 14)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from .base64url import from_base64url, to_base64url
from .keys import Key
from .prints import print_of
from .source import Refused
from .tokens import Binding, xaes_open, xaes_seal

TICKET = 5
LIMIT = 2048
HEAD, NONCE, MAC, TAG = 13, 24, 16, 16
LAST = 0xFFFFFFFF
# The types of the values that tickets have here.
SHAPES = {"number": ["u64"], "text": ["text"]}


@dataclass(frozen=True)
class Place:
    """A purpose, a target and an audience."""

    purpose: bytes
    target: bytes = b""
    audience: bytes = b""

    def prints(self) -> bytes:
        whose = Binding(self.target, self.audience, b"").context()
        digests = (hashlib.sha256(part).digest() for part in (self.purpose, whose))
        return b"".join(digest[:2] for digest in digests)

    def header(self, key_id: bytes, issued: int) -> bytes:
        return bytes([TICKET]) + key_id + issued.to_bytes(4, "big") + self.prints()

    def associated_data(self, header: bytes) -> bytes:
        return Binding(self.target, self.audience, self.purpose).associated_data(header)

    def state(self, key: Key, state: bytes) -> bytes:
        return hmac.digest(key.derive(10, self.purpose), state, "sha256")[:MAC]


def plain(key: Key, place: Place, state: bytes | None, value: bytes) -> bytes:
    """`value` begins with the number of its codec."""
    return b"\0" + value if state is None else b"\1" + place.state(key, state) + value


def seal(key: Key, place: Place, issued: int, nonce: bytes, plaintext: bytes) -> str:
    header = place.header(key.id, issued)
    return seal_behind(key, place, header, nonce, plaintext)


def seal_behind(
    key: Key, place: Place, header: bytes, nonce: bytes, plaintext: bytes
) -> str:
    aad = place.associated_data(header)
    sealed = xaes_seal(key.derive(6, place.purpose), nonce, plaintext, aad)
    return to_base64url(header + nonce + sealed)


@dataclass(frozen=True)
class Wanted:
    """What a reader asks for."""

    keys: dict[bytes, Key]
    retired: frozenset[bytes]
    place: Place
    lifetime: int
    type: str | Callable[[bytes], bool]
    bound: bool


def open_ticket(
    wanted: Wanted, text: str, now: int, skew: int, state: bytes | None
) -> bytes:
    """Gives the value."""
    if len(text) > LIMIT:
        raise Refused("over_ceiling")
    try:
        token = from_base64url(text)
    except ValueError:
        raise Refused("malformed", "not base64url") from None
    if not token:
        raise Refused("malformed", "empty")
    if 1 <= token[0] <= 4:
        raise Refused("wrong_format")
    if token[0] != TICKET:
        raise Refused("newer_format")
    if len(token) < HEAD + NONCE + 1 + TAG:
        raise Refused("malformed", "too short")
    header, nonce, sealed = token[:HEAD], token[HEAD:][:NONCE], token[HEAD + NONCE :]
    key_id, issued = header[1:5], int.from_bytes(header[5:9], "big")
    if key_id not in wanted.keys:
        raise Refused("unknown_key")
    if key_id in wanted.retired:
        raise Refused("retired_key")
    prints = wanted.place.prints()
    if header[9:11] != prints[:2]:
        raise Refused("other_purpose")
    if header[11:13] != prints[2:]:
        raise Refused("other_audience")
    key, aad = wanted.keys[key_id], wanted.place.associated_data(header)
    try:
        opened = xaes_open(key.derive(6, wanted.place.purpose), nonce, sealed, aad)
    except InvalidTag:
        raise Refused("tampered") from None
    if opened[0] > 1:
        raise Refused("newer_format", "state")
    if opened[0] == 1 and len(opened) < 1 + MAC:
        raise Refused("malformed", "no MAC")
    if issued - now > skew:
        raise Refused("from_the_future")
    if now >= min(issued + wanted.lifetime, LAST):
        raise Refused("expired")
    value = opened[1 + MAC :] if opened[0] else opened[1:]
    if not is_of(wanted.type, value):
        raise Refused("other_type")
    if (opened[0] == 1) != wanted.bound:
        raise Refused("other_state", "bound, or free")
    if wanted.bound:
        good = wanted.place.state(key, state or b"")
        if not hmac.compare_digest(good, opened[1 : 1 + MAC]):
            raise Refused("other_state")
    return value


def issued(text: str) -> int:
    return int.from_bytes(from_base64url(text)[5:9], "big")


def is_of(kind: str | Callable[[bytes], bool], value: bytes) -> bool:
    """Whether a value may be of a type; what follows a print is not read."""
    if callable(kind):
        return kind(value)
    if kind == "json":
        return value[:1] == b"\1"
    return value[:3] == b"\0" + print_of(SHAPES[kind])
