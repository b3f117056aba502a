"""What all makers of vectors share: fixed keys and times, small encoders, JSON forms."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sealed_session as ss
from sealed_session import Attribute, Binding, Key, Record, to_varint
from sealed_session.policy import Policy
from sealed_session.revocations import Known, read_kept
from sealed_session.transports import Transports

VECTORS = Path(__file__).resolve().parents[2] / "vectors"

NOW = 1_800_000_000
NAME, PLAIN = "__Host-session", "session"
IDLE, ABSOLUTE = 1800, 43_200


def fixed(label: str, size: int = 32) -> bytes:
    """Bytes that depend on the label only."""
    blocks = (
        hashlib.sha256(f"sealed-session vectors {label} {i}".encode()).digest()
        for i in range(-(-size // 32))
    )
    return b"".join(blocks)[:size]


KEY = Key(fixed("key 1"))
OTHER_KEY = Key(fixed("key 2"))


def bound(changed: dict[str, Any]) -> Binding:
    return Binding(
        changed.get("name", NAME).encode(),
        changed.get("audience", "").encode(),
        changed.get("purpose", "session").encode(),
    )


def seal(label: str, payload: bytes, **changed: Any) -> str:
    """A token with everything fixed; the nonce comes from `label`."""
    return ss.seal(
        changed.get("key", KEY),
        changed.get("form", ss.ENCRYPTED),
        changed.get("issued", NOW - 100),
        bound(changed),
        payload,
        fixed(f"nonce {label}", 24),
    )


def record(sign_in: int = 0xA1, renewal: int = 0, **changed: Any) -> Record:
    """Never renewed, unless it is told to be."""
    return Record(
        bytes([sign_in] * 8) + bytes([renewal] * 8),
        changed.get("created", NOW - 1000),
        changed.get("subject"),
        changed.get("attributes", [text("name", '"Ada"')]),
        changed.get("own", (0, 0)),
        changed.get("labels", []),
        grounds=changed.get("grounds", ss.Grounds()),
    )


def text(name: str, value: str, flags: int = 0, schema: int = 0) -> Attribute:
    """An attribute whose value is JSON."""
    return Attribute(name, flags | ss.JSON, schema, value.encode())


def head(flags: int, more: int = 0, found: Record | None = None) -> bytes:
    """`more` is the second byte of flags, if there is one."""
    found = found or record()
    sign_in, renewal = found.id[:8], found.id[8:]
    renewal = renewal if any(renewal) else b""
    flags |= (ss.RENEWED if renewal else 0) | (ss.MORE if more else 0)
    front = bytes([flags, more] if more else [flags])
    return front + sign_in + renewal + found.created.to_bytes(4, "big")


def sized(data: bytes) -> bytes:
    return to_varint(len(data)) + data


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 32)


def compressed(
    block: bytes,
    unpacked: int,
    secret: bytes = b"",
    subject: bytes = b"",
    method: int = ss.LZ4,
) -> bytes:
    flags = method | (ss.SUBJECT if subject else 0) | (ss.SECRETS if secret else 0)
    region = to_varint(len(block)) + to_varint(unpacked) + block
    return padded(head(flags) + subject + region + (sized(secret) if secret else b""))


def stored(region: bytes, secret: bytes = b"") -> bytes:
    if not secret:
        return padded(head(0) + sized(region))
    return padded(head(ss.SECRETS) + sized(region) + sized(secret))


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
    long = rb"(.{1,48}?)\1{400,}" if len(value) > 4000 else rb"(?!)"
    if run := re.search(long, value, re.DOTALL):
        form["value"] = {
            "head": value[: run.start()].hex(),
            "repeat": run[1].hex(),
            "times": len(run[0]) // len(run[1]),
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
    form: dict[str, Any] = {
        "sign_in": found.id[:8].hex(),
        "renewal": found.id[8:].hex(),
        "created": found.created,
        "subject": found.subject,
    }
    if any(found.own):
        form["own_idle"], form["own_absolute"] = found.own
    if found.labels:
        form["labels"] = found.labels
    grounds = found.grounds
    if grounds.confirmed is not None:
        form["confirmed"] = grounds.confirmed
    if grounds.acting is not None:
        form["acting_since"], form["actor"] = grounds.acting
    if grounds.origin is not None:
        form["origin"] = grounds.origin.hex()
    attributes = [attribute_form(attribute) for attribute in found.attributes]
    return form | {"attributes": attributes}


# What an entry says of a policy, if it is not the default.
POLICY = (
    "skew",
    "shortest_idle",
    "longest_idle",
    "never_idle",
    "remembers",
    "longest_absolute",
)


# What an entry says of transports and names, if it is not cookies of one name.
TRANSPORTS = ("former", "transports", "fields", "query", "host", "by", "under")

# What an entry says of revocations, if the reader knows of any.
REVOCATIONS = ("revocations", "as_of", "within", "since")

# What an entry says of a store, if the reader has one.
STORE = ("stored", "store_answers", "limit")


def policy_of(entry: dict[str, Any]) -> Policy:
    more = {field: entry[field] for field in POLICY if field in entry}
    return Policy(entry["idle"], entry["absolute"], **more)


def known_of(entry: dict[str, Any]) -> Known:
    kept = [read_kept(bytes.fromhex(one)) for one in entry.get("revocations", [])]
    at = {name: at for name, at, _ in kept}
    return Known(at, entry.get("as_of"), entry.get("within"), entry.get("since", 0))


def store_of(entry: dict[str, Any]) -> ss.Store | None:
    if "stored" not in entry:
        return None
    hexes = {bytes.fromhex(name): sealed for name, sealed in entry["stored"].items()}
    kept = {name: bytes.fromhex(sealed) for name, sealed in hexes.items()}
    answers = entry.get("store_answers", True)
    return ss.Store(kept, answers, entry.get("limit", 1 << 20))


def transports_of(entry: dict[str, Any]) -> Transports:
    told = entry.get("transports", {"cookie": True})
    fields = told.get("field")
    return Transports(
        fields and tuple(fields), told.get("cookie", False), told.get("link")
    )


@dataclass
class Expected:
    token: Token
    used: int


class Token:
    """A record in a sealed text."""

    def __init__(self, label: str, found: Record | None = None, **changed: Any):
        self.record = found or record()
        self.issued = changed.get("issued", NOW - 100)
        payload = changed.pop("payload", None) or ss.write_payload(self.record)
        nonce = changed.pop("nonce", f"cookie {label}")
        self.text = seal(nonce, payload, **changed)
        self.changed = changed
        self.found = self.used(self.issued)

    def used(self, time: int) -> Expected:
        """What a request gives where this token counts."""
        return Expected(self, time)

    def bare(self, name: str = NAME) -> str:
        return f"{name}={self.text}"

    def cut(self, count: int, name: str = NAME) -> list[str]:
        """As `count` cookies of about one length."""
        size = -(-len(self.text) // count)
        parts = [self.text[at : at + size] for at in range(0, len(self.text), size)]
        assert len(parts) == count
        tag = self.text[-4:]
        behind = [f"{name}.{i}={tag}{part}" for i, part in enumerate(parts) if i]
        return [f"{name}={count}{tag}{parts[0]}", *behind]

    def raw(self) -> bytes:
        return ss.from_base64url(self.text)

    def touch(self, issued: int, **changed: Any) -> str:
        """A touch of this token, unless it is told to be of something else."""
        told = self.changed | changed
        return ss.touch(told.get("key", KEY), bound(told), self.raw(), issued)

    def tombstone(self, **changed: Any) -> str:
        told = self.changed | changed
        sign_in = told.get("sign_in", self.record.id[:8])
        return ss.tombstone(told.get("key", KEY), bound(told), sign_in)


class Cases:
    """The requests of cookies.json."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []

    def add(
        self,
        case: str,
        cookies: str | bytes | list[str] | list[bytes],
        expected: str | Expected,
        **changed: Any,
    ) -> None:
        """`expected` is a refusal, or the token that counts."""
        lines = cookies if isinstance(cookies, list) else [cookies]
        entry: dict[str, Any] = {"case": case}
        raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
        if all(line.isascii() for line in raw):
            entry["cookies"] = [line.decode() for line in raw]
        else:
            entry["cookies_hex"] = [line.hex() for line in raw]
        entry |= {
            "name": changed.get("name", NAME),
            "audience": changed.get("audience", ""),
            "keys": [key.master.hex() for key in changed.get("keys", [KEY])],
            "accepted": [format_name(f) for f in changed.get("accepted", [1])],
            "idle": changed.get("idle", IDLE),
            "absolute": changed.get("absolute", ABSOLUTE),
        }
        entry |= {field: changed[field] for field in POLICY if field in changed}
        more = (*TRANSPORTS, *REVOCATIONS, *STORE)
        entry |= {field: changed[field] for field in more if field in changed}
        if "retired" in changed:
            retired = changed["retired"]
            entry["retired"] = {key.master.hex(): at for key, at in retired.items()}
        entry["now"] = changed.get("now", NOW)
        if isinstance(expected, str):
            entry["refusal"] = expected
            # The cookies that a response removes if nobody asks for it.
            if "removed" in changed:
                entry["removed"] = changed["removed"]
        else:
            self.live(entry, expected)
        self.all.append(entry)

    def live(self, entry: dict[str, Any], expected: Expected) -> None:
        found, policy, now = expected.token.record, policy_of(entry), entry["now"]
        entry["issued"] = expected.token.issued
        # When it was used, if that is later.
        if expected.used != expected.token.issued:
            entry["used"] = expected.used
        if any(found.own) or policy != Policy(policy.idle, policy.absolute):
            entry["idle_timeout"] = policy.idle_of(*found.own)
            entry["absolute_lifetime"] = policy.absolute_of(found.own[1])
        entry["record"] = record_form(found)
        counts = found.grounds.counts(now, policy.skew)
        if found.grounds.confirmed is not None and not counts:
            entry["is_confirmed"] = False
        # What a request that changes nothing sends as `base.t`.
        due = now - expected.used >= policy.touch_interval()
        if due and entry.get("by") != "link":
            entry["touch"] = expected.token.touch(now)


def write(name: str, content: dict[str, Any]) -> None:
    VECTORS.mkdir(exist_ok=True)
    body = json.dumps(content, indent=2, ensure_ascii=True)
    (VECTORS / f"{name}.json").write_text(body + "\n", encoding="ascii")


def read(name: str) -> dict[str, Any]:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
