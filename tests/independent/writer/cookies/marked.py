"""What the requests with touches and those with tombstones share."""

from __future__ import annotations

import hmac
from typing import Any

import sealed_session as ss
from sealed_session import Key, to_base64url

from ..cases import KEY, NAME, NOW, OTHER_KEY, Token, record

T, X, R = f"{NAME}.t", f"{NAME}.x", f"{NAME}.r"
BOTH = [KEY, OTHER_KEY]


def idle_token(label: str = "touched", **changed: Any) -> Token:
    """One that is over, unless a touch came along."""
    changed.setdefault("issued", NOW - 1900)
    found = changed.pop("found", record(created=NOW - 2000))
    return Token(f"idle {label}", found, **changed)


def renewed() -> Token:
    return idle_token("renewed", found=record(0xA1, 0xB2, created=NOW - 2000))


def flipped(mark: str, at: int) -> str:
    data = ss.from_base64url(mark)
    return to_base64url(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def signed_as(kind: int, message: bytes, key: Key = KEY, size: int = 16) -> str:
    """A mark whose MAC may be over something else."""
    mac = hmac.digest(key.derive(kind), message, "sha256")[:size]
    return to_base64url(message[:5] + mac)
