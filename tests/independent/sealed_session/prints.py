"""The print in front of a postcard value, written from FORMAT.md, section 4.

A shape is a list of calls. A call is its name, `["struct", *names]`, or for a variant
`[kind, name]` and the names of its fields, if it has any.
"""

from __future__ import annotations

from typing import Any

CALLS = [
    *("bool", "i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"),
    *("f32", "f64", "char", "text", "bytes", "none", "some", "unit", "sequence"),
    *("tuple", "map", "struct", "unit variant", "newtype variant", "tuple variant"),
    *("struct variant", "end"),
]
NUMBERS = {name: number for number, name in enumerate(CALLS, 1)}
VARIANTS = [name for name in CALLS if name.endswith(" variant")]

BASIS, PRIME = 0xCBF29CE484222325, 0x100000001B3


def mix(state: int, number: int) -> int:
    return (state ^ number) * PRIME % 2**64


def mix_names(names: list[str]) -> int:
    state = BASIS
    for byte in b"".join(name.encode() + b"\xff" for name in names):
        state = mix(state, byte)
    return state


def print_of(shape: list[Any]) -> bytes:
    state = BASIS
    for call in shape:
        kind, *names = [call] if isinstance(call, str) else call
        if kind in VARIANTS:
            state = mix(state, mix_names(names[:1]))
            names = names[1:]
        state = mix(state, NUMBERS[kind])
        if kind in ("struct", "struct variant"):
            state = mix(state, mix_names(names))
    folded = 0
    for shift in (0, 16, 32, 48):
        folded ^= state >> shift & 0xFFFF
    return folded.to_bytes(2, "big")
