"""Which JSON text can be read (FORMAT.md, section 4, codec 1)."""

from __future__ import annotations

import json
import math
from typing import Any

DEPTH = 127


def is_readable(value: bytes) -> bool:
    try:
        # Python takes words for numbers that JSON has not.
        found = json.loads(value.decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return is_good(found, 0)


def refuse(word: str) -> None:
    raise ValueError(word)


def is_good(found: Any, depth: int) -> bool:
    if isinstance(found, float):
        return math.isfinite(found)
    if isinstance(found, int):
        return abs(found) < 2**1024
    if isinstance(found, str):
        return not any(0xD800 <= ord(letter) < 0xE000 for letter in found)
    if isinstance(found, dict):
        parts = [*found, *found.values()]
    elif isinstance(found, list):
        parts = found
    else:
        return True
    return depth < DEPTH and all(is_good(part, depth + 1) for part in parts)
