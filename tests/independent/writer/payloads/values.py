"""The payloads of payloads.json with JSON texts at the edge of what can be read."""

from __future__ import annotations

from sealed_session import JSON, Attribute, write_payload

from ..cases import record, text

# The name of a case, and a text.
TEXTS: list[tuple[str, bytes]] = [
    ("127 levels of arrays", b"[" * 127 + b"]" * 127),
    ("127 levels of objects", b'{"a":' * 126 + b"{}" + b"}" * 126),
    ("128 levels of arrays", b"[" * 128 + b"]" * 128),
    ("128 levels of objects", b'{"a":' * 127 + b"{}" + b"}" * 127),
    ("1e308", b"1e308"),
    ("1e999", b"1e999"),
    ("-1e999 in an array", b"[1,-1e999]"),
    ("1e-999", b"1e-999"),
    ("the largest double and half a step", b"179769313486231580793e289"),
    ("an integer of 310 digits", b"9" * 310),
    ("2^64 - 1", b"18446744073709551615"),
    ("-2^63", b"-9223372036854775808"),
    ("2^64", b"18446744073709551616"),
    ("a lone high surrogate", b'"\\ud800"'),
    ("a lone high surrogate before a letter", b'"\\ud800a"'),
    ("a lone low surrogate", b'"\\udc00"'),
    ("two low surrogates", b'"\\udc00\\udc00"'),
    ("a lone surrogate in a name", b'{"\\ud800":1}'),
    ("a pair of surrogates", b'"\\ud83d\\ude00"'),
    ("noncharacters", b'"\xef\xbf\xbf\\ufdd0\\uffff"'),
    ("a zero byte in an escape", b'"\\u0000"'),
    ("white space around", b" \t\r\n1 \t\r\n"),
    ("a form feed behind", b"1\x0c"),
    ("a second text behind", b"1 2"),
    ("a comma behind", b"[1,]"),
    ("nothing", b""),
    ("white space only", b" "),
    ("a word of JavaScript", b"NaN"),
    ("a leading zero", b"01"),
    ("a plus sign", b"+1"),
    ("a fraction without digits", b"1."),
    ("a control character in text", b'"\t"'),
    ("single quotes", b"'a'"),
]


def good() -> list[tuple[str, bytes]]:
    return [
        (
            f"JSON: {case}",
            write_payload(
                record(
                    attributes=[Attribute("json", JSON, 0, value), text("known", "1")]
                )
            ),
        )
        for case, value in TEXTS
    ]
