"""Revocations, and the files that they are kept in (FORMAT.md, section 11)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from .keys import Key
from .payloads import Record
from .source import Bytes, Refused
from .tokens import Binding

EVERYTHING, SUBJECT, SIGN_IN, LABEL = range(4)
RECORD_BYTES = 24
MAGIC, VERSION = b"srevoked", 1


def target(key: Key, audience: bytes, kind: int, named: bytes = b"") -> bytes:
    """The name of a target under a key."""
    context = Binding(b"", audience, b"revocation").context()
    return hmac.digest(key.derive(7), bytes([kind]) + context + named, "sha256")[:16]


def until(at: int, absolute: int, skew: int) -> int:
    return min(at + max(skew, 1) + absolute + skew, 0xFFFFFFFF)


def kept(name: bytes, at: int, until: int) -> bytes:
    return name + at.to_bytes(4, "big") + until.to_bytes(4, "big")


def read_kept(data: bytes) -> tuple[bytes, int, int]:
    at, until = (int.from_bytes(data[i : i + 4], "big") for i in (16, 20))
    if len(data) != RECORD_BYTES or at > until:
        raise Refused("malformed", "a revocation")
    return data[:16], at, until


@dataclass
class Known:
    """What a reader knows of revocations."""

    at: dict[bytes, int] = field(default_factory=dict)
    # As of when; nothing for now.
    as_of: int | None = None
    # How old that may be, if sessions beyond are refused.
    within: int | None = None
    # The time before which some may be missing.
    since: int = 0

    def judge(self, keys: list[Key], audience: bytes, record: Record, now: int, skew: int):
        begun, acting = record.created, record.grounds.acting
        wider = [(EVERYTHING, b"", begun)]
        wider += [(LABEL, label.encode(), begun) for label in record.labels]
        if acting is not None:
            wider.append((SUBJECT, acting[1].encode(), begun))
            begun = max(begun, acting[0])
        if record.subject is not None:
            wider.append((SUBJECT, record.subject.encode(), begun))
        for key in keys:
            for sign_in in (record.id[:8], record.grounds.origin):
                if sign_in and target(key, audience, SIGN_IN, sign_in) in self.at:
                    raise Refused("revoked")
            for kind, named, since in wider:
                at = self.at.get(target(key, audience, kind, named))
                if at is not None and since < at + max(skew, 1):
                    raise Refused("revoked")
        missing = self.since > 0 and record.created < self.since + max(skew, 1)
        if missing and self.within is not None:
            raise Refused("not_known")
        if None not in (self.as_of, self.within):
            # The order within a second is not known.
            if now - self.as_of > self.within or (self.within == 0 and self.as_of <= now):
                raise Refused("not_known")


def write_snapshot(written: int, since: int, all_kept: list[bytes]) -> bytes:
    body = MAGIC + bytes([VERSION]) + written.to_bytes(4, "big") + since.to_bytes(4, "big")
    body += len(all_kept).to_bytes(4, "big") + b"".join(sorted(all_kept))
    return body + hashlib.sha256(body).digest()


def read_snapshot(data: bytes) -> tuple[int, int, list[bytes]]:
    source = Bytes(data)
    if source.take(8) != MAGIC or source.byte() != VERSION:
        raise Refused("malformed", "no snapshot")
    written, since = source.number(4), source.number(4)
    found = [source.take(RECORD_BYTES) for _ in range(source.number(4))]
    names = [one[:16] for one in found]
    if names != sorted(set(names)) or any(read_kept(one)[2] <= written for one in found):
        raise Refused("malformed", "revocations")
    if source.take(32) != hashlib.sha256(data[:-32]).digest() or source.left():
        raise Refused("malformed", "digest")
    return written, since, found
