"""Writes forms.json."""

from __future__ import annotations

from typing import Any

from sealed_session import Key, forms, to_base64url, write_payload

from .cases import KEY, NOW, OTHER_KEY, fixed, record, seal, write

THIRD_KEY = Key(fixed("key 3"))
SIGN_INS = {"a sign-in": 0xA1, "another": 0xA2, "all zero": 0x00}


def entry(
    case: str, sign_in: int, audience: str, text: str, subject: str | None = None
) -> dict[str, Any]:
    """A token, and the session beside which it comes."""
    token = seal(f"form {case}", write_payload(record(sign_in, subject=subject)), audience=audience)
    return {
        "case": case,
        "keys": [key.master.hex() for key in (KEY, OTHER_KEY, THIRD_KEY)],
        "retired": {THIRD_KEY.master.hex(): NOW},
        "audience": audience,
        "session": token,
        "sign_in": bytes([sign_in] * 8).hex(),
        "subject": subject,
        "now": NOW,
        "text": text,
    }


def tokens() -> list[dict[str, Any]]:
    found = []
    for audience in ("", "shop.example.com"):
        for named, sign_in in SIGN_INS.items():
            for key in (KEY, OTHER_KEY):
                place = "the key that seals" if key is KEY else "another key"
                case = f"{named}, under {place}" + (f", for {audience}" if audience else "")
                mask, half = fixed(f"mask {case}", 16), bytes([sign_in] * 8)
                text = forms.token(key, audience.encode(), half, mask)
                mac = forms.mac(KEY, audience.encode(), half)
                found.append(
                    entry(case, sign_in, audience, text)
                    | {"mask": mask.hex(), "mac": mac.hex()}
                )
    for subject in ("user-17", "\u00e9"):
        case, half = f"of {subject}", bytes([0xA1] * 8)
        mask = fixed(f"mask {case}", 16)
        text = forms.token(KEY, b"", half, mask, subject)
        mac = forms.mac(KEY, b"", half, subject)
        found.append(
            entry(case, 0xA1, "", text, subject) | {"mask": mask.hex(), "mac": mac.hex()}
        )
    zero = forms.token(KEY, b"", bytes([0xA1] * 8), bytes(16))
    found.append(
        entry("a mask of zeros", 0xA1, "", zero)
        | {
            "mask": bytes(16).hex(),
            "mac": forms.mac(KEY, b"", bytes([0xA1] * 8)).hex(),
        }
    )
    return found


def refused() -> list[dict[str, Any]]:
    half, mask = bytes([0xA1] * 8), fixed("mask refused", 16)
    right = forms.token(KEY, b"", half, mask)
    raw = mask + forms.masked(mask, forms.mac(KEY, b"", half))
    whole = record(0xA1).id
    texts = {
        "of another sign-in": forms.token(KEY, b"", bytes([0xA2] * 8), mask),
        "of the whole id": forms.token(KEY, b"", whole, mask),
        "for another audience": forms.token(KEY, b"shop.example.com", half, mask),
        "under a key that has retired": forms.token(THIRD_KEY, b"", half, mask),
        "under a key that is in no ring": forms.token(Key(fixed("key 4")), b"", half, mask),
        "without a mask": to_base64url(mask + forms.mac(KEY, b"", half)),
        "one bit of the mask changed": to_base64url(bytes([raw[0] ^ 1]) + raw[1:]),
        "one bit of the end changed": to_base64url(raw[:-1] + bytes([raw[-1] ^ 1])),
        "halves in the other order": to_base64url(raw[16:] + mask[:15] + bytes([mask[15] ^ 1])),
        "one byte short": to_base64url(raw[:-1]),
        "one byte more": to_base64url(raw + b"\0"),
        "one character short": right[:-1],
        "one character more": right + "A",
        "padding": right + "=",
        "the alphabet of section 4": "+" + right[1:],
        "bits behind the last byte": right[:-1] + chr(ord(right[-1]) + 1),
        "all zero": to_base64url(bytes(32)),
    }
    found = [entry(case, 0xA1, "", text) for case, text in texts.items()]
    other = forms.token(KEY, b"", half, mask, "user-18")
    found.append(entry("of another subject", 0xA1, "", other, "user-17"))
    found.append(entry("of nobody, beside a subject", 0xA1, "", right, "user-17"))
    return found


def make() -> None:
    write("forms", {"tokens": tokens(), "refused": refused()})
