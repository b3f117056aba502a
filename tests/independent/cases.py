"""What all makers of vectors share: fixed keys and times, small encoders, JSON forms."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import sealed_session as ss
from sealed_session import Attribute, Binding, Key, Record

VECTORS = Path(__file__).resolve().parent.parent / "vectors"

NOW = 1_800_000_000
NAME = "__Host-session"


def fixed(label: str, size: int = 32) -> bytes:
    """Bytes that depend on the label only."""
    blocks = (
        hashlib.sha256(f"sealed-session vectors {label} {i}".encode()).digest()
        for i in range(-(-size // 32))
    )
    return b"".join(blocks)[:size]


KEY = Key(fixed("key 1"))
OTHER_KEY = Key(fixed("key 2"))


def seal(label: str, payload: bytes, **changed: Any) -> str:
    """A token with everything fixed; the nonce comes from `label`."""
    binding = Binding(
        changed.get("name", NAME).encode(),
        changed.get("audience", "").encode(),
        changed.get("purpose", "session").encode(),
    )
    return ss.seal(
        changed.get("key", KEY),
        changed.get("form", ss.ENCRYPTED),
        changed.get("issued", NOW - 100),
        binding,
        payload,
        fixed(f"nonce {label}", 24),
    )


def record(sign_in: int = 0xA1, renewal: int = 0xB1, **changed: Any) -> Record:
    return Record(
        bytes([sign_in] * 8) + bytes([renewal] * 8),
        changed.get("created", NOW - 1000),
        changed.get("subject"),
        changed.get("attributes", [text("name", '"Ada"')]),
    )


def text(name: str, value: str, flags: int = 0, schema: int = 0) -> Attribute:
    """An attribute whose value is JSON."""
    return Attribute(name, flags | ss.JSON, schema, value.encode())


def format_name(form: int) -> str:
    return {ss.ENCRYPTED: "encrypted", ss.SIGNED: "signed"}[form]


def format_number(name: str) -> int:
    return {"encrypted": ss.ENCRYPTED, "signed": ss.SIGNED}[name]


def attribute_form(attribute: Attribute) -> dict[str, Any]:
    form: dict[str, Any] = {
        "name": attribute.name,
        "flags": attribute.flags,
        "schema": attribute.schema,
    }
    value = attribute.value
    if run := re.search(rb"(.)\1{4000,}", value, re.DOTALL):
        form["value"] = {
            "head": value[: run.start()].hex(),
            "repeat": run[1].hex(),
            "times": len(run[0]),
            "tail": value[run.end() :].hex(),
        }
    elif attribute.flags & 3 == ss.JSON:
        form["json"] = value.decode()
    else:
        form["value"] = value.hex()
    if attribute.unreadable():
        form["unreadable"] = True
    return form


def record_form(found: Record) -> dict[str, Any]:
    return {
        "sign_in": found.id[:8].hex(),
        "renewal": found.id[8:].hex(),
        "created": found.created,
        "subject": found.subject,
        "attributes": [attribute_form(attribute) for attribute in found.attributes],
    }


def write(name: str, content: dict[str, Any]) -> None:
    VECTORS.mkdir(exist_ok=True)
    body = json.dumps(content, indent=2, ensure_ascii=True)
    (VECTORS / f"{name}.json").write_text(body + "\n", encoding="ascii")


def read(name: str) -> dict[str, Any]:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
