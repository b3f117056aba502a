"""Makes shapes.json."""

from __future__ import annotations

from typing import Any

from sealed_session.prints import print_of

from .cases import sized, write

LINE = ["struct", "sku", "quantity"]
CARD = ["newtype variant", "Card"]
BANK = ["struct variant", "Bank", "iban", "bic"]
A, B = sized(b"a"), sized(b"b")

# The name of a case, a shape, and the postcard bytes behind its print.
SHAPES: list[tuple[str, list[Any], bytes]] = [
    ("bool", ["bool"], b"\1"),
    ("i8", ["i8"], b"\xff"),
    ("i16", ["i16"], b"\1"),
    ("i32", ["i32"], b"\1"),
    ("i64", ["i64"], b"\1"),
    ("i128", ["i128"], b"\1"),
    ("u8", ["u8"], b"\1"),
    ("u16", ["u16"], b"\1"),
    ("u32", ["u32"], b"\1"),
    ("u64", ["u64"], b"\1"),
    ("u128", ["u128"], b"\1"),
    ("f32", ["f32"], b"\0\0\x80\x3f"),
    ("f64", ["f64"], b"\0\0\0\0\0\0\xf0\x3f"),
    ("char", ["char"], A),
    ("text", ["text"], A),
    ("bytes", ["bytes"], A),
    ("none", ["none"], b"\0"),
    ("some", ["some", "u8"], b"\1\x07"),
    ("unit", ["unit"], b""),
    ("a unit struct", ["unit"], b""),
    ("a newtype", ["u64"], b"\x07"),
    ("a sequence", ["sequence", "u8", "u8", "end"], b"\2\1\2"),
    ("an empty sequence", ["sequence", "end"], b"\0"),
    ("an array", ["tuple", "u8", "u8", "end"], b"\1\2"),
    ("a tuple", ["tuple", "u8", "text", "end"], b"\1" + A),
    ("a tuple struct", ["tuple", "u8", "text", "end"], b"\1" + A),
    (
        "a map",
        ["map", "text", "u8", "text", "u8", "end"],
        b"\2" + A + b"\1" + B + b"\2",
    ),
    ("a struct", [LINE, "text", "u32", "end"], A + b"\2"),
    (
        "a struct with an alias",
        [["struct", "article", "sku", "quantity"], "text", "u32", "end"],
        A + b"\2",
    ),
    (
        "structs in a sequence",
        ["sequence", LINE, "text", "u32", "end", LINE, "text", "u32", "end", "end"],
        b"\2" + A + b"\1" + B + b"\2",
    ),
    ("a unit variant", [["unit variant", "Cash"]], b"\0"),
    ("a newtype variant", [CARD, "text"], b"\1" + A),
    ("a tuple variant", [["tuple variant", "Split"], "u8", "u8", "end"], b"\2\1\2"),
    ("a struct variant", [BANK, "text", "none", "end"], b"\3" + A + b"\0"),
]


def make() -> None:
    entries = [
        {
            "case": case,
            "shape": shape,
            "print": print_of(shape).hex(),
            "value": (print_of(shape) + value).hex(),
        }
        for case, shape, value in SHAPES
    ]
    write("shapes", {"shapes": entries})
