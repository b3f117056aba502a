"""Writes keys.json."""

from __future__ import annotations

import hashlib
from typing import Any

import sealed_session as ss
from sealed_session import Key, to_base64url

from .cases import KEY, OTHER_KEY, fixed, write


def keys() -> dict[str, Any]:
    masters = {
        "lowest bit only": bytes(31) + b"\x01",
        "all ones": b"\xff" * 32,
        "counting": bytes(range(32)),
        "bytes of 7": b"\x07" * 32,
        "random 1": KEY.master,
        "random 2": OTHER_KEY.master,
    }
    good = []
    for case, master in masters.items():
        key = Key(master)
        derived = {str(kind): key.derive(kind).hex() for kind in range(1, 6)}
        derived["6:password-reset"] = key.derive(6, b"password-reset").hex()
        derived["7"] = key.derive(7).hex()
        derived["8"] = key.derive(8).hex()
        good.append(
            {
                "case": case,
                "master": master.hex(),
                "text": key.text(),
                "id": key.id.hex(),
                "derived": derived,
            }
        )
    valid = KEY.text()
    body = valid[len(ss.KEY_PREFIX) :]
    other = "B" if body[0] == "A" else "A"
    checked_zero = ss.KEY_PREFIX + to_base64url(bytes(32) + ss.key_check(bytes(32)))
    wrong_check = ss.KEY_PREFIX + to_base64url(KEY.master + bytes(4))
    unprefixed = fixed("key 1")
    bare_check = hashlib.sha256(unprefixed).digest()[:4]
    texts = {
        "empty": "",
        "no prefix": body,
        "prefix only": ss.KEY_PREFIX,
        "version 2": valid.replace("_v1_", "_v2_"),
        "upper case prefix": valid.replace("sealed", "SEALED"),
        "one character short": valid[:-1],
        "one character more": valid + "A",
        "padding": valid + "=",
        "first character changed": ss.KEY_PREFIX + other + body[1:],
        "check of zeros": wrong_check,
        "check without the prefix": ss.KEY_PREFIX
        + to_base64url(unprefixed + bare_check),
        "alphabet of section 4": ss.KEY_PREFIX + "+/" + body[2:],
        "space inside": valid[:30] + " " + valid[31:],
        "all zero": checked_zero,
        "hexadecimal": KEY.master.hex(),
    }
    return {
        "keys": good,
        "refused_texts": [{"case": c, "text": t} for c, t in texts.items()],
        "refused_masters": [
            {"case": "all zero", "master": bytes(32).hex()},
            {"case": "31 bytes", "master": "01" * 31},
            {"case": "33 bytes", "master": "01" * 33},
            {"case": "none", "master": ""},
        ],
        "refused_sets": [
            {"case": "one key twice", "masters": [KEY.master.hex()] * 2},
            {
                "case": "two keys with the id 8ce80d31",
                "masters": [n.to_bytes(32, "big").hex() for n in (76863, 87748)],
            },
        ],
    }


def make() -> None:
    write("keys", keys())
