"""Things that count once (FORMAT.md, section 13)."""

from __future__ import annotations

import hmac

from .keys import Key
from .tokens import Binding


def name(key: Key, audience: bytes, purpose: bytes, thing: bytes) -> bytes:
    """The name of a thing under a key."""
    context = Binding(b"", audience, b"once").context()
    head = len(purpose).to_bytes(8, "big") + purpose
    return hmac.digest(key.derive(8), head + context + thing, "sha256")[:16]
