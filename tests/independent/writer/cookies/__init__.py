"""Writes cookies.json: whole requests, and what they give."""

from __future__ import annotations

from ..cases import Cases, write
from . import lives, plain, revoked, tombstones, touches


def make() -> None:
    cases = Cases()
    marked = (*touches.GROUPS, *tombstones.GROUPS, touches.orphans)
    for group in (*plain.GROUPS, *marked, *lives.GROUPS, *revoked.GROUPS):
        group(cases)
    names = [entry["case"] for entry in cases.all]
    assert len(set(names)) == len(names)
    write("cookies", {"requests": cases.all})
