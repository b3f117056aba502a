"""Writes once.json."""

from __future__ import annotations

from typing import Any

from sealed_session import once

from .cases import KEY, OTHER_KEY, write

THINGS = {
    "a link": ("sign-in link", b"8d1c06"),
    "the same under another purpose": ("invitation", b"8d1c06"),
    "a purpose that takes the beginning": ("sign-in link8", b"d1c06"),
    "no purpose": ("", b"sign-in link8d1c06"),
    "nothing": ("", b""),
    "a purpose beyond ASCII": ("\u00fc", b"1"),
    "a purpose of 300 bytes": ("p" * 300, b"1"),
    "bytes of any kind": ("jti of idp.example", bytes(range(256))),
    "a long thing": ("sign-in link", b"t" * 5_000),
}


def things() -> list[dict[str, Any]]:
    found = []
    for audience in ("", "shop.example.com"):
        for case, (purpose, thing) in THINGS.items():
            keys = (KEY, OTHER_KEY)
            named = (audience.encode(), purpose.encode(), thing)
            found.append(
                {
                    "case": f"{case}, for {audience}" if audience else case,
                    "keys": [key.master.hex() for key in keys],
                    "audience": audience,
                    "purpose": purpose,
                    "thing": thing.hex(),
                    "names": sorted(once.name(key, *named).hex() for key in keys),
                }
            )
    return found


def make() -> None:
    write("once", {"things": things()})
