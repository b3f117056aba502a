"""Writes payloads.json."""

from __future__ import annotations

from typing import Any

import sealed_session as ss
from sealed_session import NEVER

from ..cases import KEY, NAME, NOW, record_form, seal, write
from . import deflate, layout, lz4, packed, values

# How all payloads are sealed, and who reads them.
SEALED = {
    "master": KEY.master.hex(),
    "format": "encrypted",
    "name": NAME,
    "audience": "",
    "now": NOW - 100,
    "issued": NOW - 100,
    "idle": 1 << 33,
    "absolute": 1 << 33,
    "shortest_idle": 2,
    "never_idle": True,
}


def entry(
    case: str,
    payload: bytes,
    written: bool = False,
    values: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """`values` are those of typed keys."""
    found = ss.read_payload(payload)
    form = record_form(found)
    values = values or {attribute.name: is_ for attribute, is_ in layout.postcard()}
    for attribute in form["attributes"]:
        if attribute["flags"] & 3 == 0 and attribute["name"] in values:
            attribute["is"] = values[attribute["name"]]
    lives = {}
    if found.own[0]:
        lives["idle_timeout"] = None if found.own[0] == NEVER else found.own[0]
    if found.own[1]:
        lives["absolute_lifetime"] = found.own[1]
    return {
        "case": case,
        "payload": payload.hex(),
        "written": written,
        "record": form,
        **lives,
        "text": seal(f"payload {case}", payload),
    }


def good() -> list[dict[str, Any]]:
    cases = [entry(*case) for case in layout.good()]
    cases += [entry(*case) for case in lz4.good() + deflate.good()]
    cases += [
        entry(case, payload, values=typed) for case, payload, typed in packed.good()
    ]
    return cases + [entry(*case) for case in values.good()]


def refused() -> list[dict[str, Any]]:
    groups = (layout, lz4, deflate, packed)
    return [
        {
            "case": case,
            "payload": payload.hex(),
            "refusal": refusal,
            "text": seal(f"payload {case}", payload),
        }
        for group in groups
        for case, payload, refusal in group.refused()
    ]


def make() -> None:
    write("payloads", {"sealed": SEALED, "payloads": good(), "refused": refused()})
