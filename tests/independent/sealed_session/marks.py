"""Touches and tombstones (FORMAT.md, section 5)."""

from __future__ import annotations

import hmac

from .base64url import from_base64url, to_base64url
from .keys import Key
from .tokens import ENCRYPTED, Binding

TOUCH, TOMBSTONE = 3, 4
MARK_LIMIT = 8
MARK_BYTES, MARK_TEXT = 21, 28
# A longer value of `base.r`, `base.t` or `base.x` says nothing.
MARKS_LIMIT = 256


def mark(form: int, field: bytes) -> bytes:
    """The 5 bytes of a mark before its MAC."""
    return bytes([form]) + field


def touch_input(binding: Binding, token: bytes, issued: int) -> bytes:
    """What the MAC of a touch is over; `token` has its header, and a tag or MAC."""
    nonce = token[9:33] if token[0] == ENCRYPTED else b""
    begin = mark(TOUCH, issued.to_bytes(4, "big"))
    return begin + binding.context() + token[:9] + nonce + token[-16:]


def touch(key: Key, binding: Binding, token: bytes, issued: int) -> str:
    message = touch_input(binding, token, issued)
    return to_base64url(
        message[:5] + hmac.digest(key.derive(3), message, "sha256")[:16]
    )


def touch_time(key: Key, binding: Binding, token: bytes, text: str) -> int | None:
    """When a touch of `token` was issued; nothing if it is none."""
    try:
        data = from_base64url(text)
    except ValueError:
        return None
    issued = int.from_bytes(data[1:5], "big")
    good = touch(key, binding, token, issued)
    return issued if hmac.compare_digest(text, good) else None


def tombstone_input(key_id: bytes, binding: Binding, sign_in: bytes) -> bytes:
    return mark(TOMBSTONE, key_id) + binding.context() + sign_in


def tombstone(key: Key, binding: Binding, sign_in: bytes) -> str:
    message = tombstone_input(key.id, binding, sign_in)
    return to_base64url(
        message[:5] + hmac.digest(key.derive(4), message, "sha256")[:16]
    )


def pieces(values: list[bytes]) -> list[str]:
    """The texts in values of `base.x` or `base.r`, each of which may be a tombstone."""
    starts = range(0, MARK_LIMIT * MARK_TEXT, MARK_TEXT)
    short = [value for value in values if len(value) <= MARKS_LIMIT]
    parts = [v[at : at + MARK_TEXT].decode("latin-1") for v in short for at in starts]
    return [part for part in parts if len(part) == MARK_TEXT]


def mark_format(text: str) -> int | None:
    try:
        return from_base64url(text)[0]
    except ValueError:
        return None


def is_tombstone(
    keys: dict[bytes, Key], binding: Binding, sign_in: bytes, text: str
) -> bool:
    try:
        key = keys[from_base64url(text)[1:5]]
    except (ValueError, KeyError):
        return False
    return hmac.compare_digest(text, tombstone(key, binding, sign_in))
