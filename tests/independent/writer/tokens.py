"""Writes tokens.json."""

from __future__ import annotations

from typing import Any

import sealed_session as ss
from sealed_session import Binding, to_base64url, write_payload

from .cases import KEY, NAME, NOW, OTHER_KEY, fixed, format_name, record, write

XAES_NONCE = b"ABCDEFGHIJKLMNOPQRSTUVWX"


def tokens() -> dict[str, Any]:
    small = write_payload(record())
    table: list[tuple[str, dict[str, Any]]] = [
        ("small", {}),
        ("audience", {"audience": "shop.example.com"}),
        ("issued at zero", {"issued": 0}),
        ("issued at the last second", {"issued": 0xFFFFFFFF}),
        ("another key", {"key": OTHER_KEY}),
        ("plain name", {"name": "s"}),
        ("another purpose", {"purpose": "password-reset"}),
        ("in a link", {"purpose": ss.IN_URL}),
        (
            "in a link, with an audience",
            {"purpose": ss.IN_URL, "audience": "shop.example.com"},
        ),
        ("purpose, name and audience empty", {"purpose": "", "name": ""}),
        ("audience in UTF-8", {"audience": "caf\u00e9"}),
        ("parts of 255 bytes", {"name": "n" * 255, "audience": "a" * 255}),
        ("empty payload", {"payload": b""}),
        ("payload of one byte", {"payload": b"\x01"}),
        ("payload of two bytes", {"payload": b"\x01\x00"}),
    ]
    good = []
    for form in (ss.ENCRYPTED, ss.SIGNED):
        for case, changed in table:
            good.append(token(f"{case}, {format_name(form)}", form, small, changed))
    xaes = []
    for fill, aad in ((1, b""), (3, b"c2sp.org/XAES-256-GCM")):
        key, plaintext = bytes([fill] * 32), b"XAES-256-GCM"
        xaes.append(
            {
                "case": f"C2SP, key of bytes {fill}",
                "key": key.hex(),
                "nonce": XAES_NONCE.hex(),
                "plaintext": plaintext.hex(),
                "aad": aad.hex(),
                "sealed": ss.xaes_seal(key, XAES_NONCE, plaintext, aad).hex(),
            }
        )
    return {"tokens": good, "refused": refused(good), "xaes": xaes}


def token(
    case: str, form: int, small: bytes, changed: dict[str, Any]
) -> dict[str, Any]:
    key, issued = changed.get("key", KEY), changed.get("issued", NOW - 100)
    purpose = changed.get("purpose", "session")
    name, audience = changed.get("name", NAME), changed.get("audience", "")
    payload = changed.get("payload", small)
    nonce = fixed(f"nonce {case}", 24)
    binding = Binding(name.encode(), audience.encode(), purpose.encode())
    header = bytes([form]) + key.id + issued.to_bytes(4, "big")
    return {
        "case": case,
        "master": key.master.hex(),
        "format": format_name(form),
        "nonce": nonce.hex() if form == ss.ENCRYPTED else None,
        "issued": issued,
        "purpose": purpose,
        "name": name,
        "audience": audience,
        "associated_data": binding.associated_data(header).hex(),
        "payload": payload.hex(),
        "text": ss.seal(key, form, issued, binding, payload, nonce),
    }


def refused(good: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Texts that open for nobody with KEY, both formats, NAME and no audience."""
    by_case = {entry["case"]: entry["text"] for entry in good}
    cases: list[tuple[str, str, str]] = []
    for form in ("encrypted", "signed"):
        whole = by_case[f"small, {form}"]
        raw = ss.from_base64url(whole)

        def flipped(at: int) -> str:
            return to_base64url(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])

        def cut(size: int) -> str:
            return to_base64url(raw[:size])

        least = 49 if form == "encrypted" else 25
        cases += [
            (f"key id changed, {form}", flipped(1), "unknown_key"),
            (f"issued changed, {form}", flipped(8), "tampered"),
            (f"byte 9 changed, {form}", flipped(9), "tampered"),
            (f"byte 33 changed, {form}", flipped(33), "tampered"),
            (f"last byte changed, {form}", flipped(len(raw) - 1), "tampered"),
            (f"one byte short, {form}", cut(len(raw) - 1), "tampered"),
            (f"one byte more, {form}", to_base64url(raw + b"\0"), "tampered"),
            (f"least length, {form}", cut(least), "tampered"),
            (f"under the least length, {form}", cut(least - 1), "malformed"),
            (f"header only, {form}", cut(9), "malformed"),
            (f"shorter than a header, {form}", cut(8), "malformed"),
            (
                f"format as the other one, {form}",
                to_base64url(bytes([3 - raw[0]]) + raw[1:]),
                "tampered",
            ),
            (f"format 0, {form}", to_base64url(b"\0" + raw[1:]), "newer_format"),
            (f"format 3, {form}", to_base64url(b"\3" + raw[1:]), "newer_format"),
            (f"padding, {form}", whole + "=" * (-len(whole) % 4 or 4), "malformed"),
            (
                f"length of no base64, {form}",
                whole[: len(whole) // 4 * 4 - 3],
                "malformed",
            ),
            (f"slash of the other alphabet, {form}", whole[:-1] + "/", "malformed"),
            (f"line break, {form}", whole[:40] + "\n" + whole[40:], "malformed"),
        ]
    for form in ("encrypted", "signed"):
        text = by_case[f"payload of one byte, {form}"]
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        spare = text[:-1] + alphabet[alphabet.index(text[-1]) + 1]
        cases.append((f"non-zero spare bits, {form}", spare, "malformed"))
    cases.append(
        (
            "purpose of another application",
            by_case["another purpose, encrypted"],
            "tampered",
        )
    )
    for form in ("encrypted", "signed"):
        link = by_case[f"in a link, {form}"]
        cases.append((f"out of a link, {form}", link, "tampered"))
    cases.append(("another audience", by_case["audience, signed"], "tampered"))
    out = [{"case": c, "text": t, "refusal": r} for c, t, r in cases]
    out.append(
        {
            "case": "36,838 characters",
            "text": "A",
            "repeat": ss.TEXT_LIMIT + 1,
            "refusal": "over_ceiling",
        }
    )
    return out


def make() -> None:
    whole = {"master": KEY.master.hex(), "name": NAME, "audience": ""}
    write("tokens", whole | tokens())
