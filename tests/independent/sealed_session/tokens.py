"""Seals and opens tokens (FORMAT.md, section 2)."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .base64url import from_base64url, to_base64url
from .keys import Key, with_len16
from .source import Refused

ENCRYPTED, SIGNED = 1, 2
# The purpose of tokens in links.
IN_URL = "session-in-url"
LINE_LIMIT = 4093
TEXT_LIMIT = 9 * LINE_LIMIT


def xaes_gcm(key: bytes, nonce: bytes) -> tuple[AESGCM, bytes]:
    """The AES-256-GCM key and nonce for a key of 32 and a nonce of 24 bytes."""
    ecb = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    block = int.from_bytes(ecb.update(bytes(16)), "big")
    k1 = (block << 1) & ((1 << 128) - 1) ^ (0x87 if block >> 127 else 0)
    derived = b""
    for counter in (1, 2):
        message = bytes([0, counter]) + b"X\0" + nonce[:12]
        mixed = int.from_bytes(message, "big") ^ k1
        derived += ecb.update(mixed.to_bytes(16, "big"))
    return AESGCM(derived), nonce[12:]


def xaes_seal(key: bytes, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
    gcm, rest = xaes_gcm(key, nonce)
    return gcm.encrypt(rest, plaintext, aad)


def xaes_open(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    gcm, rest = xaes_gcm(key, nonce)
    return gcm.decrypt(rest, sealed, aad)


@dataclass(frozen=True)
class Binding:
    name: bytes
    audience: bytes = b""
    purpose: bytes = b"session"

    def context(self) -> bytes:
        parts = (self.purpose, self.name, self.audience)
        if any(len(part) > 255 for part in parts):
            raise ValueError("a part is longer than 255 bytes")
        return b"".join(with_len16(part) for part in parts)

    def associated_data(self, header: bytes) -> bytes:
        return header + self.context()


def signature(key: Key, message: bytes) -> bytes:
    """The first half of the HMAC."""
    return hmac.digest(key.derive(2), message, "sha256")[:16]


def seal(
    key: Key,
    form: int,
    issued: int,
    binding: Binding,
    payload: bytes,
    nonce: bytes | None = None,
) -> str:
    header = bytes([form]) + key.id + issued.to_bytes(4, "big")
    aad = binding.associated_data(header)
    if form == ENCRYPTED:
        nonce = nonce or os.urandom(24)
        body = nonce + xaes_seal(key.derive(1), nonce, payload, aad)
    elif form == SIGNED:
        body = payload + signature(key, aad + payload)
    else:
        raise ValueError("unknown format")
    text = to_base64url(header + body)
    if len(text) > TEXT_LIMIT:
        raise ValueError("too long")
    return text


def open_token(
    keys: dict[bytes, Key],
    accepted: set[int],
    binding: Binding,
    text: str,
    retired: frozenset[bytes] = frozenset(),
) -> tuple[int, bytes]:
    """Gives `issued` and the payload. `retired` are ids of keys."""
    if len(text) > TEXT_LIMIT:
        raise Refused("over_ceiling")
    try:
        token = from_base64url(text)
    except ValueError:
        raise Refused("malformed", "not base64url") from None
    if len(token) < 9:
        raise Refused("malformed", "no header")
    form, key_id, issued = token[0], token[1:5], int.from_bytes(token[5:9], "big")
    if form not in (ENCRYPTED, SIGNED):
        raise Refused("newer_format")
    if form not in accepted:
        raise Refused("wrong_format")
    if key_id not in keys:
        raise Refused("unknown_key")
    if key_id in retired:
        raise Refused("retired_key")
    if len(token) < (49 if form == ENCRYPTED else 25):
        raise Refused("malformed", "too short")
    key = keys[key_id]
    aad = binding.associated_data(token[:9])
    if form == ENCRYPTED:
        try:
            return issued, xaes_open(key.derive(1), token[9:33], token[33:], aad)
        except InvalidTag:
            raise Refused("tampered") from None
    payload, mac = token[9:-16], token[-16:]
    if not hmac.compare_digest(signature(key, aad + payload), mac):
        raise Refused("tampered")
    return issued, payload
