"""Reads and writes the sessions of sealed-session, written from FORMAT.md.

Needs Python 3.11 and the package `cryptography`. Refusals carry the labels of the vectors.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from packed_text import Piece, pack
from packed_text import pieces as text_pieces
from policy import Policy
from source import (
    Bytes,
    Refused,
    compress_deflate,
    decompress_deflate,
    decompress_lz4,
    to_varint,
)

ENCRYPTED, SIGNED, TOUCH, TOMBSTONE = 1, 2, 3, 4
# The purpose of tokens in links.
IN_URL = "session-in-url"
KEY_PREFIX = "sealed_key_v1_"
LINE_LIMIT = 4093
TEXT_LIMIT = 9 * LINE_LIMIT
OPEN_LIMIT = 65536
CANDIDATE_LIMIT = 8
CHUNK_LIMIT = 32
MARK_LIMIT = 8
MARK_BYTES, MARK_TEXT = 21, 28
# A longer value of `base.t` or `base.x` counts as an empty one.
MARKS_LIMIT = 256


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Refuses padding, white space, other characters and non-zero spare bits."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("bits after the last byte")
    return data


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
        body = payload + hmac.digest(key.derive(2), aad + payload, "sha256")
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
    if len(token) < (49 if form == ENCRYPTED else 41):
        raise Refused("malformed", "too short")
    key = keys[key_id]
    aad = binding.associated_data(token[:9])
    if form == ENCRYPTED:
        try:
            return issued, xaes_open(key.derive(1), token[9:33], token[33:], aad)
        except InvalidTag:
            raise Refused("tampered") from None
    payload, mac = token[9:-32], token[-32:]
    if not hmac.compare_digest(
        hmac.digest(key.derive(2), aad + payload, "sha256"), mac
    ):
        raise Refused("tampered")
    return issued, payload


def mark(form: int, field: bytes) -> bytes:
    """The 5 bytes of a mark before its MAC."""
    return bytes([form]) + field


def touch_input(binding: Binding, token: bytes, issued: int) -> bytes:
    """What the MAC of a touch is over; `token` has its header, and a tag or MAC."""
    behind = token[9:33] + token[-16:] if token[0] == ENCRYPTED else token[-32:]
    begin = mark(TOUCH, issued.to_bytes(4, "big"))
    return begin + binding.context() + token[:9] + behind


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


def pieces(value: bytes) -> list[str]:
    """The texts in a value of `base.x`, each of which may be a tombstone."""
    starts = range(0, MARK_LIMIT * MARK_TEXT, MARK_TEXT)
    parts = [value[at : at + MARK_TEXT].decode("latin-1") for at in starts]
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


POSTCARD, JSON, SECRET, PACKED = 0, 1, 4, 8


@dataclass
class Attribute:
    """In a record its value is unpacked, and `flags` do not tell how it came."""

    name: str
    flags: int
    schema: int
    value: bytes

    def newer(self) -> bool:
        """Whether it has a reserved bit or codec."""
        return bool(self.flags & ~15) or self.flags & 3 > JSON

    def unreadable(self) -> bool:
        """Whether no plain key can read it; a typed one knows its schema."""
        return self.newer() or bool(self.flags & 3 == JSON and self.schema)

    def encoded(self) -> bytes:
        name = self.name.encode()
        head = to_varint(len(name)) + name + bytes([self.flags])
        return head + to_varint(self.schema) + to_varint(len(self.value)) + self.value

    def packed(self) -> Attribute:
        """With its text packed, where that may be and is shorter."""
        short = pack(self.value)
        if self.newer() or self.flags & SECRET or len(short) >= len(self.value):
            return self
        return Attribute(self.name, self.flags | PACKED, self.schema, short)


@dataclass
class Record:
    id: bytes
    created: int
    subject: str | None = None
    attributes: list[Attribute] = field(default_factory=list)
    # The idle timeout and the absolute lifetime of its own; 0 for none.
    own: tuple[int, int] = (0, 0)


def read_region(region: bytes, secret: bool) -> list[Attribute]:
    source, found, before = Bytes(region), [], b""
    while source.left():
        name, flags = source.short_text(), source.byte()
        schema = source.varint()
        value = source.take(source.varint())
        if bool(flags & SECRET) != secret:
            raise Refused("malformed", "secret bit in the wrong region")
        if name.encode() <= before:
            raise Refused("malformed", "names not ascending")
        before = name.encode()
        found.append(Attribute(name, flags, schema, value))
    return found


def unpack_attributes(attributes: list[Attribute]) -> list[Attribute]:
    """Those of the open region with their values unpacked."""
    judged = [a for a in attributes if a.flags & PACKED and not a.newer()]
    parts: dict[str, list[Piece]] = {a.name: text_pieces(a.value) for a in judged}
    total = 0
    for attribute in attributes:
        total += len(attribute.encoded())
        if attribute.name in parts:
            size = sum(piece.size() for piece in parts[attribute.name])
            stored = len(attribute.value)
            total += size - stored
            total += len(to_varint(size)) - len(to_varint(stored))
    if total > OPEN_LIMIT:
        raise Refused("over_ceiling", "open region, unpacked")
    for attribute in judged:
        attribute.flags &= ~PACKED
        attribute.value = b"".join(piece.text() for piece in parts[attribute.name])
    return attributes


NONE, LZ4, DEFLATE = 0, 1, 2


def parse_payload(payload: bytes) -> tuple[Record, int, list[list[Attribute]]]:
    """Without attributes, how they are compressed, and those of both regions as stored."""
    source = Bytes(payload)
    version = source.byte()
    if version != 1:
        raise Refused("malformed" if version == 0 else "record_too_new", "version")
    flags = source.byte()
    compression = flags & 3
    if flags & ~15 or compression > DEFLATE:
        raise Refused("record_too_new", "reserved flags")
    record = Record(source.take(16), source.number(4))
    if flags & 4:
        record.subject = source.short_text()
    if flags & 8:
        record.own = source.varint(), source.varint()
        if record.own == (0, 0):
            raise Refused("malformed", "no lifetime of its own")
    stored = source.varint()
    unpacked = source.varint() if compression else stored
    if unpacked > OPEN_LIMIT:
        raise Refused("over_ceiling", "open region")
    region = source.take(stored)
    if compression:
        decompress = decompress_lz4 if compression == LZ4 else decompress_deflate
        region = decompress(region, unpacked)
    secrets = source.take(source.varint())
    if any(source.take(source.left())):
        raise Refused("malformed", "padding")
    return record, compression, [read_region(region, False), read_region(secrets, True)]


def read_payload(payload: bytes) -> Record:
    record, _, (attributes, hidden) = parse_payload(payload)
    if any(a.flags & PACKED and not a.newer() for a in hidden):
        raise Refused("malformed", "packed text in the secret region")
    record.attributes = unpack_attributes(attributes) + hidden
    if len({a.name for a in record.attributes}) != len(record.attributes):
        raise Refused("malformed", "a name in both regions")
    return record


def write_payload(record: Record, compression: int = NONE, pack: bool = False) -> bytes:
    """Compresses with DEFLATE, if with anything, and then in any case."""
    regions, size = [b"", b""], 0
    for attribute in sorted(record.attributes, key=lambda a: a.name.encode()):
        size += 0 if attribute.flags & SECRET else len(attribute.encoded())
        if pack:
            attribute = attribute.packed()
        regions[bool(attribute.flags & SECRET)] += attribute.encoded()
    if size > OPEN_LIMIT:
        raise ValueError("open region too large")
    subject = b""
    if record.subject is not None:
        subject = record.subject.encode()
        subject = to_varint(len(subject)) + subject
    own = b"".join(map(to_varint, record.own)) if any(record.own) else b""
    flags = compression | (4 if subject else 0) | (8 if own else 0)
    head = bytes([1, flags]) + record.id
    payload = head + record.created.to_bytes(4, "big") + subject + own
    unpacked = b""
    if compression == DEFLATE:
        unpacked = to_varint(len(regions[0]))
        regions[0] = compress_deflate(regions[0])
    payload += to_varint(len(regions[0])) + unpacked + regions[0]
    payload += to_varint(len(regions[1])) + regions[1]
    return payload + bytes(-len(payload) % 32)


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


AUTHENTIC = {
    "destroyed",
    "from_the_future",
    "absolute_expired",
    "idle_expired",
    "record_too_new",
    "superseded",
}


def telling(refusals: list[Refused]) -> Refused:
    """One refusal for a request: the first authentic one, else the first."""
    if not refusals:
        return Refused("absent")
    authentic = [refused for refused in refusals if refused.label in AUTHENTIC]
    return (authentic or refusals)[0]


@dataclass
class Found:
    """A session that was opened, and the token that it came in."""

    token: bytes
    issued: int
    used: int
    record: Record


@dataclass
class Reader:
    keys: list[Key]
    accepted: set[int]
    base: str
    audience: str
    policy: Policy
    # From when on the keys with these ids are retired.
    retirements: dict[bytes, int] = field(default_factory=dict)

    def retired(self, now: int) -> frozenset[bytes]:
        return frozenset(k for k, time in self.retirements.items() if now >= time)

    def binding(self) -> Binding:
        return Binding(self.base.encode(), self.audience.encode())

    def marks(self, fields: list[bytes], suffix: str) -> list[bytes]:
        name = f"{self.base}.{suffix}".encode()
        found = [value for n, value in cookie_pairs(fields) if n == name]
        return [v if len(v) <= MARKS_LIMIT else b"" for v in found[:MARK_LIMIT]]

    def open(
        self, text: str, fields: list[bytes], now: int
    ) -> tuple[Found, str | None]:
        """The session in a text, and why it is over if a tombstone of it came along."""
        keys, binding, policy = key_set(self.keys), self.binding(), self.policy
        retired = self.retired(now)
        issued, payload = open_token(keys, self.accepted, binding, text, retired)
        record, token = read_payload(payload), from_base64url(text)
        times = [
            touch_time(keys[token[1:5]], binding, token, value.decode("latin-1"))
            for value in self.marks(fields, "t")
        ]
        in_time = [t for t in times if t is not None and policy.reaches(t, now)]
        used = max([issued, *in_time])

        def lies(suffix: str, buried: bytes) -> bool:
            return any(
                is_tombstone(keys, binding, buried, piece)
                for value in self.marks(fields, suffix)
                for piece in pieces(value)
            )

        over = None
        if lies("x", record.id[:8]):
            over = "destroyed"
        elif lies("r", record.id):
            over = "superseded"
        return Found(token, issued, used, record), over

    def judge(self, found: Found, over: str | None, now: int) -> None:
        times = found.issued, found.record.created, found.used
        self.policy.judge(times, found.record.own, over, now)

    def load(self, fields: list[bytes], now: int) -> Found:
        """The session that counts."""
        live, refusals, tried = [], [], 0
        more = any(len(self.marks(fields, s)) == MARK_LIMIT for s in "xr")
        for candidate in candidates(self.base.encode(), fields):
            tried += not isinstance(candidate, Refused)
            if candidate is MORE or tried > CANDIDATE_LIMIT:
                more = True
                continue
            try:
                if isinstance(candidate, Refused):
                    raise candidate
                found, over = self.open(candidate, fields, now)
                self.judge(found, over, now)
                live.append(found)
            except Refused as refused:
                refusals.append(refused)
        if not live:
            raise telling(refusals)
        # A sibling domain can set cookies of any other name.
        plantable = not self.base.startswith("__Host-")
        strangers = len({found.record.id[:8] for found in live}) > 1
        if plantable and (strangers or more):
            raise Refused("conflict")
        newest = max(found.issued for found in live)
        return [found for found in live if found.issued == newest][-1]

    def next_touch(self, found: Found, now: int) -> str | None:
        """What a request that counts as a use and changes nothing sends as `base.t`."""
        if now - found.used < self.policy.touch_interval():
            return None
        key = key_set(self.keys)[found.token[1:5]]
        return touch(key, self.binding(), found.token, now)

    def farewell(self, found: Found, fields: list[bytes], now: int) -> tuple[str, int]:
        """The value and the `Max-Age` of `base.x` when a session is destroyed."""
        return self.bury(found, fields, ("x", found.record.id[:8]), now)

    def renewal(self, found: Found, fields: list[bytes], now: int) -> tuple[str, int]:
        """The value and the `Max-Age` of `base.r` when a session is renewed."""
        return self.bury(found, fields, ("r", found.record.id), now)

    def bury(
        self, found: Found, fields: list[bytes], grave: tuple[str, bytes], now: int
    ) -> tuple[str, int]:
        suffix, buried = grave
        first, sealing = found.token[1:5], self.keys[0].id
        keys = [key for key in self.keys if key.id not in self.retired(now)]
        keys.sort(key=lambda key: (key.id != first, key.id != sealing, key.id))
        stones = [tombstone(key, self.binding(), buried) for key in keys]
        for value in self.marks(fields, suffix):
            stones += [
                piece for piece in pieces(value) if mark_format(piece) == TOMBSTONE
            ]
        text = "".join(list(dict.fromkeys(stones))[:MARK_LIMIT])
        return text, self.policy.afterlife(found.record.created, found.used, now)

    def removes_touch(self, fields: list[bytes], now: int) -> bool:
        """Whether a `base.t` came that stands for nothing."""
        touches = self.marks(fields, "t")
        name = f"{self.base}.t".encode()
        if any(len(v) > MARKS_LIMIT for n, v in cookie_pairs(fields) if n == name):
            return False
        orphan = not any(candidates(self.base.encode(), fields))
        if not touches or not orphan or not self.base.startswith("__Host-"):
            return False
        return not any(self.may_be_newer(value, now) for value in touches)

    def may_be_newer(self, value: bytes, now: int) -> bool:
        try:
            data = from_base64url(value.decode("latin-1"))
        except ValueError:
            return False
        if data[:1] == bytes([TOUCH]) and len(data) == MARK_BYTES:
            return not self.policy.reaches(int.from_bytes(data[1:5], "big"), now)
        return data[:1] > bytes([TOMBSTONE])
