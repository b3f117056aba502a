"""Master keys, their text, and what is derived of them (FORMAT.md, section 1)."""

from __future__ import annotations

import hashlib
import hmac

from .base64url import from_base64url, to_base64url

KEY_PREFIX = "sealed_key_v1_"


class Key:
    def __init__(self, master: bytes):
        if len(master) != 32 or not any(master):
            raise ValueError("a master key is 32 bytes, not all zero")
        self.master = master
        self.id = self.derive(5)[:4]

    @classmethod
    def parse(cls, text: str) -> Key:
        if not text.startswith(KEY_PREFIX) or len(text) != len(KEY_PREFIX) + 48:
            raise ValueError("not the text form of a key")
        data = from_base64url(text[len(KEY_PREFIX) :])
        if data[32:] != key_check(data[:32]):
            raise ValueError("the check does not match")
        return cls(data[:32])

    def text(self) -> str:
        return KEY_PREFIX + to_base64url(self.master + key_check(self.master))

    def derive(self, kind: int, application: bytes = b"") -> bytes:
        info = b"sealed-session v1" + bytes([kind]) + with_len16(application)
        extracted = hmac.digest(bytes(32), self.master, "sha256")
        return hmac.digest(extracted, info + b"\x01", "sha256")


def key_check(master: bytes) -> bytes:
    return hashlib.sha256(KEY_PREFIX.encode() + master).digest()[:4]


def key_set(keys: list[Key]) -> dict[bytes, Key]:
    by_id = {key.id: key for key in keys}
    if len(by_id) != len(keys):
        raise ValueError("two keys with one id")
    return by_id


def with_len16(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data
