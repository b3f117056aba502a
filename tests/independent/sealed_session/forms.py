"""Form tokens (FORMAT.md, section 15)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from .base64url import from_base64url, to_base64url
from .keys import Key
from .tokens import Binding


def mac(key: Key, audience: bytes, sign_in: bytes, subject: str | None = None) -> bytes:
    """What a token hides behind its mask."""
    context = Binding(b"", audience, b"form").context()
    whose = sign_in + (subject or "").encode()
    return hmac.digest(key.derive(9), context + whose, "sha256")[:16]


def masked(mask: bytes, data: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(mask, data, strict=True))


def token(
    key: Key, audience: bytes, sign_in: bytes, mask: bytes, subject: str | None = None
) -> str:
    return to_base64url(mask + masked(mask, mac(key, audience, sign_in, subject)))


def is_right(
    keys: Iterable[Key],
    audience: bytes,
    sign_in: bytes,
    text: str,
    subject: str | None = None,
) -> bool:
    """Says whether a token is one of this sign-in; `keys` are those that have not retired."""
    try:
        data = from_base64url(text)
    except ValueError:
        return False
    if len(data) != 32:
        return False
    found = masked(data[:16], data[16:])
    macs = (mac(key, audience, sign_in, subject) for key in keys)
    return any(hmac.compare_digest(found, one) for one in macs)
