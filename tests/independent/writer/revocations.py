"""Writes revocations.json."""

from __future__ import annotations

import hashlib
from typing import Any

from sealed_session import revocations as rv

from .cases import ABSOLUTE, KEY, NOW, OTHER_KEY, write

TARGETS = {
    "everything": (rv.EVERYTHING, b""),
    "subject": (rv.SUBJECT, b"user-17"),
    "subject of 255 bytes": (rv.SUBJECT, b"s" * 255),
    "subject beyond ASCII": (rv.SUBJECT, "\u00fc".encode()),
    "sign-in": (rv.SIGN_IN, b"\xa1" * 8),
    "label": (rv.LABEL, b"tenant:7"),
    "label that is a subject, too": (rv.LABEL, b"user-17"),
    "label of 64 bytes": (rv.LABEL, b"l" * 64),
}


def targets() -> list[dict[str, Any]]:
    found = []
    for audience in ("", "shop.example.com"):
        for case, (kind, named) in TARGETS.items():
            name = rv.target(KEY, audience.encode(), kind, named)
            end = rv.until(NOW, ABSOLUTE, 120)
            found.append(
                {
                    "case": f"{case}, for {audience}" if audience else case,
                    "master": KEY.master.hex(),
                    "audience": audience,
                    "kind": kind,
                    "target": named.hex(),
                    "at": NOW,
                    "absolute": ABSOLUTE,
                    "kept": rv.kept(name, NOW, end).hex(),
                }
            )
    return found


def all_kept() -> list[bytes]:
    keys = (KEY, OTHER_KEY)
    return [
        rv.kept(rv.target(key, b"", *named), NOW - 9, NOW + 50_000)
        for key in keys
        for named in TARGETS.values()
    ]


def snapshots() -> list[dict[str, Any]]:
    table = {
        "none": (0, []),
        "one": (0, all_kept()[:1]),
        "under two keys": (0, all_kept()),
        "earlier ones may be missing": (NOW - 100, all_kept()[:1]),
    }
    return [
        {
            "case": case,
            "written": NOW,
            "since": since,
            "revocations": [one.hex() for one in sorted(kept)],
            "file": rv.write_snapshot(NOW, since, kept).hex(),
        }
        for case, (since, kept) in table.items()
    ]


def refused() -> list[dict[str, Any]]:
    good = rv.write_snapshot(NOW, 0, all_kept()[:2])
    body = good[:-32]

    def digested(data: bytes) -> bytes:
        return data + hashlib.sha256(data).digest()

    first, second = body[21:45], body[45:69]
    files = {
        "empty": b"",
        "cut": good[:-1],
        "cut behind the number": good[:21],
        "goes on": good + b"\0",
        "another digest": good[:-1] + bytes([good[-1] ^ 1]),
        "another beginning": digested(b"S" + body[1:]),
        "version 0": digested(body[:8] + b"\0" + body[9:]),
        "version 2": digested(body[:8] + b"\2" + body[9:]),
        "fewer than there are": digested(body[:20] + b"\1" + body[21:]),
        "more than there are": digested(body[:20] + b"\3" + body[21:]),
        "out of order": digested(body[:21] + second + first),
        "one twice": digested(body[:21] + first + first),
        "kept until before it was made": digested(
            body[:21] + first[:20] + bytes(4) + second
        ),
        "over when it was written": digested(
            body[:21] + first[:20] + NOW.to_bytes(4, "big") + second
        ),
    }
    return [{"case": case, "file": data.hex()} for case, data in files.items()]


def make() -> None:
    write(
        "revocations",
        {"targets": targets(), "snapshots": snapshots(), "refused": refused()},
    )
