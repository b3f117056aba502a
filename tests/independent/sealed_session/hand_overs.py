"""Asks for a sign-in at another site, gives it, and takes it (FORMAT.md, section 16)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from . import tickets
from .base64url import to_base64url
from .keys import Key
from .payloads import LABEL_LIMIT, LABELS_LIMIT, POSTCARD, Attribute
from .prints import print_of
from .source import Bytes, Refused, to_varint
from .tickets import Place

PURPOSE, LIFETIME, SUFFIX = b"hand-over", 30, "-hand-over"
BACK_LIMIT = 800
NONCE_SHAPE = ["tuple", *["u8"] * 16, "end"]
FIELDS = ["struct", "subject", "labels", "created", "confirmed", "origin", "back"]


@dataclass
class Given:
    """A sign-in on its way."""

    subject: str
    created: int
    origin: bytes
    labels: list[str] = field(default_factory=list)
    confirmed: int | None = None
    back: str = "/"

    def shape(self) -> list[Any]:
        labels = ["sequence", *["text"] * len(self.labels), "end"]
        confirmed = ["none"] if self.confirmed is None else ["some", "u32"]
        origin = ["tuple", *["u8"] * 8, "end"]
        return [FIELDS, "text", *labels, "u32", *confirmed, *origin, "text", "end"]

    def value(self) -> bytes:
        """With the number of the codec in front."""
        texts = [sized(label) for label in self.labels]
        confirmed = (
            b"\0" if self.confirmed is None else b"\1" + to_varint(self.confirmed)
        )
        return (
            bytes([POSTCARD])
            + print_of(self.shape())
            + sized(self.subject)
            + to_varint(len(texts))
            + b"".join(texts)
            + to_varint(self.created)
            + confirmed
            + self.origin
            + sized(self.back)
        )


def sized(text: str) -> bytes:
    return to_varint(len(text.encode())) + text.encode()


def read_given(value: bytes) -> Given:
    source = Bytes(value)
    codec, print_ = source.take(1), source.take(2)

    def text() -> str:
        return source.take(source.varint()).decode()

    subject = text()
    labels = [text() for _ in range(source.varint())]
    created = source.varint()
    confirmed = source.varint() if source.byte() else None
    given = Given(subject, created, source.take(8), labels, confirmed, text())
    if codec + print_ != given.value()[:3] or source.left():
        raise Refused("other_type")
    return given


def is_given(value: bytes) -> bool:
    try:
        read_given(value)
    except (Refused, ValueError):
        return False
    return True


def state(nonce: bytes) -> bytes:
    return hashlib.sha256(nonce).digest()


def kept(nonce: bytes) -> Attribute:
    """What the browser keeps of its question."""
    return Attribute("nonce", POSTCARD, 1, print_of(NONCE_SHAPE) + nonce)


def asked(own: str, nonce: bytes) -> str:
    """The query of a request to give, without a way back."""
    return f"for={own}&state={to_base64url(state(nonce))}"


def place(own: str, audience: str) -> Place:
    return Place(PURPOSE, own.encode(), audience.encode())


def give(
    key: Key, where: Place, issued: int, nonce: bytes, hashed: bytes, given: Given
) -> str:
    plaintext = tickets.plain(key, where, hashed, given.value())
    return tickets.seal(key, where, issued, nonce, plaintext)


def arrive(
    keys: dict[bytes, Key],
    where: Place,
    query: str,
    now: int,
    skew: int,
    nonce: bytes | None,
) -> tuple[Given, int]:
    """Gives the sign-in that arrives, and when its session begins."""
    texts = [part[7:] for part in query.split("&") if part.startswith("ticket=")]
    if len(texts) != 1 or "+" in texts[0]:
        raise Refused("malformed", "no ticket")
    wanted = tickets.Wanted(keys, frozenset(), where, LIFETIME, is_given, True)
    hashed = state(nonce or b"")
    try:
        given = read_given(
            tickets.open_ticket(wanted, texts[0], now, skew, hashed)
        )
    except Refused as refused:
        is_other = refused.label == "other_state" and nonce is None
        raise Refused("not_asked") if is_other else refused from None
    if not good(given):
        raise Refused("malformed", "no session can hold it")
    if given.created - now > 2 * skew:
        raise Refused("from_the_future", "created")
    if given.confirmed is not None and given.confirmed > now + skew:
        given.confirmed = None
    return given, max(given.created, tickets.issued(texts[0]))


def good(given: Given) -> bool:
    """Whether a session may have this subject and these labels."""
    sizes = [len(label.encode()) for label in given.labels]
    subject = 1 <= len(given.subject.encode()) <= 255
    labels = len(set(given.labels)) <= LABELS_LIMIT
    return subject and labels and all(1 <= size <= LABEL_LIMIT for size in sizes)
