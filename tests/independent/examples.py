"""The examples of FORMAT.md that its own bytes are enough for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import sealed_session as ss
from sealed_session.packed_text import unpack
from writer import cases

FORMAT = Path(__file__).resolve().parents[2] / "FORMAT.md"


def section(heading: str) -> str:
    behind = FORMAT.read_text(encoding="utf-8").split(f"\n### {heading}\n")[-1]
    return behind.split("\n### ")[0]


def rows(heading: str) -> list[list[str]]:
    lines = [line for line in section(heading).split("\n") if line.startswith("|")]
    return [
        [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]
        for line in lines[2:]
    ]


def packed() -> list[dict[str, Any]]:
    return [
        {"case": f"kind {kind}", "packed": hexes.replace(" ", ""), "json": value}
        for kind, hexes, value in rows("Packed text")
    ]


def check_packed(entry: dict[str, Any]) -> None:
    found = unpack(bytes.fromhex(entry["packed"])).decode()
    assert found == entry["json"], found


def refusals() -> list[dict[str, Any]]:
    token = next(
        entry["text"]
        for entry in cases.read("tokens")["tokens"]
        if entry["case"] == "small, encrypted"
    )
    deposited = next(
        entry["cookies"][0].split("=", 1)[1]
        for entry in cases.read("deposits")["requests"]
        if entry["case"] == "one attribute"
    )
    retired = cases.OTHER_KEY.master.hex()
    assert retired in section("Refusals")
    found = []
    for reason, now, line in rows("Refusals"):
        line = line.replace("{T}", token).replace("{D}", deposited)
        line = re.sub(r"\{A\*(\d+)\}", lambda times: "A" * int(times[1]), line)
        name, value = line.split(": ", 1)
        came = {"cookies": [value]} if name == "Cookie" else {"fields": [[name, value]]}
        entry = {
            "case": reason,
            "name": cases.NAME,
            "audience": "",
            "keys": [cases.KEY.master.hex(), retired],
            "retired": {retired: cases.NOW - 10_000},
            "accepted": ["encrypted"],
            "transports": {"field": ["x-session", "x-session"], "cookie": True},
            "idle": cases.IDLE,
            "absolute": cases.ABSOLUTE,
            "now": int(now),
            "refusal": reason,
        }
        if reason == "revoked":
            ticks = section("Refusals").split("`")
            came["revocations"] = [part for part in ticks if len(part) == 48]
        if reason == "not_known":
            came |= {"as_of": cases.NOW - 31, "within": 30}
        if reason in ("missing", "not_fetched"):
            came |= {"stored": {}, "store_answers": reason == "missing"}
        found.append(entry | came)
    return found


def check_renewal(entry: dict[str, Any]) -> None:
    """The last block of hex is what the MAC of the tombstone is over."""
    shown = section("A touch and a tombstone")
    block = [part for part in shown.split("\n\n") if part.startswith("    ")][-1]
    lines = (line.strip().split("  ")[0] for line in block.split("\n"))
    found = "".join(lines).replace(" ", "")
    binding = ss.Binding(cases.NAME.encode())
    whole = cases.record().id
    assert found == ss.tombstone_input(cases.KEY.id, binding, whole).hex(), found
    text = ss.tombstone(cases.KEY, binding, whole)
    assert f".r={text}`" in shown, text
