"""Checks every vector in tests/vectors; `--make` writes them again first.

minted.json comes from the Rust library and is only checked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import cases
import make_cookies
import make_payloads
import make_tokens
import sealed_session as ss
from sealed_session import Binding, Key, Reader, Refused

Entry = dict[str, Any]


class Tally:
    passed = failed = 0

    def check(self, place: str, entry: Entry, test: Callable[[Entry], None]) -> None:
        try:
            test(entry)
        except Exception as error:
            self.failed += 1
            print(f"{place}, {entry['case']}: {type(error).__name__} {error}")
        else:
            self.passed += 1


def same(found: Any, expected: Any) -> None:
    if found != expected:
        raise AssertionError(f"{found!r} and not {expected!r}")


def refusal(act: Callable[[], Any]) -> str | None:
    try:
        act()
    except Refused as refused:
        return refused.label
    except ValueError:
        return "value"
    return None


def key(entry: Entry) -> None:
    found = Key(bytes.fromhex(entry["master"]))
    same(found.text(), entry["text"])
    same(Key.parse(entry["text"]).master, found.master)
    same(found.id.hex(), entry["id"])
    for kind, derived in entry["derived"].items():
        number, _, application = kind.partition(":")
        same(found.derive(int(number), application.encode()).hex(), derived)


def token(entry: Entry) -> None:
    found = Key(bytes.fromhex(entry["master"]))
    form = cases.format_number(entry["format"])
    parts = (entry[part].encode() for part in ("name", "audience", "purpose"))
    binding, payload = Binding(*parts), bytes.fromhex(entry["payload"])
    nonce = bytes.fromhex(entry["nonce"]) if entry["nonce"] else None
    header = bytes([form]) + found.id + entry["issued"].to_bytes(4, "big")
    same(binding.associated_data(header).hex(), entry["associated_data"])
    text = ss.seal(found, form, entry["issued"], binding, payload, nonce)
    same(text, entry["text"])
    opened = ss.open_token(ss.key_set([found]), {form}, binding, text)
    same(opened, (entry["issued"], payload))
    # Cut as a writer cuts it, at lines of many lengths, and joined again.
    base, attributes = entry["name"], "; Path=/; Secure"
    for limit in range(len(base) + 60, len(base) + 400, 20):
        pairs = ss.split(base, text, attributes, limit)
        lines = [f"{name}={value}".encode() for name, value in pairs]
        same(all(len(line) + len(attributes) <= limit for line in lines), True)
        same(list(ss.candidates(base.encode(), lines[::-1])), [text])


def refused_token(whole: Entry) -> Callable[[Entry], None]:
    binding = Binding(whole["name"].encode(), whole["audience"].encode())
    keys = ss.key_set([Key(bytes.fromhex(whole["master"]))])

    def test(entry: Entry) -> None:
        text = entry["text"] * entry.get("repeat", 1)
        both = {ss.ENCRYPTED, ss.SIGNED}
        found = refusal(lambda: ss.open_token(keys, both, binding, text))
        same(found, entry["refusal"])

    return test


def xaes(entry: Entry) -> None:
    parts = ("key", "nonce", "plaintext", "aad", "sealed")
    key, nonce, plaintext, aad, sealed = (bytes.fromhex(entry[p]) for p in parts)
    same(ss.xaes_seal(key, nonce, plaintext, aad), sealed)
    same(ss.xaes_open(key, nonce, sealed, aad), plaintext)


def shown(record: ss.Record, expected: Entry) -> Entry:
    """The form of a record, with the values that only typed keys know."""
    form = cases.record_form(record)
    typed = {a["name"]: a["is"] for a in expected["attributes"] if "is" in a}
    for attribute in form["attributes"]:
        if attribute["name"] in typed:
            attribute["is"] = typed[attribute["name"]]
    return form


def payload(whole: Entry) -> Callable[[Entry], None]:
    sealed = whole["sealed"]

    def test(entry: Entry) -> None:
        data = bytes.fromhex(entry["payload"])
        request = sealed | {
            "cookies": [f"{sealed['name']}={entry['text']}"],
            "keys": [sealed["master"]],
            "accepted": [sealed["format"]],
        }
        issued, opened = ss.open_token(
            ss.key_set([Key(bytes.fromhex(sealed["master"]))]),
            {cases.format_number(sealed["format"])},
            Binding(sealed["name"].encode(), sealed["audience"].encode()),
            entry["text"],
        )
        same((issued, opened), (sealed["issued"], data))
        if "refusal" in entry:
            same(refusal(lambda: ss.read_payload(data)), entry["refusal"])
            request_of(request | {"refusal": entry["refusal"], "removable": False})
            return
        record = ss.read_payload(data)
        same(shown(record, entry["record"]), entry["record"])
        if entry["written"]:
            same(ss.write_payload(record), data)
        request_of(request | {"record": entry["record"]})

    return test


def request_of(entry: Entry) -> None:
    reader = Reader(
        [Key(bytes.fromhex(master)) for master in entry["keys"]],
        {cases.format_number(name) for name in entry["accepted"]},
        entry["name"],
        entry["audience"],
        entry["idle"],
        entry["absolute"],
    )
    lines = [line.encode() for line in entry.get("cookies", [])]
    lines += [bytes.fromhex(line) for line in entry.get("cookies_hex", [])]
    try:
        issued, record = reader.load(lines, entry["now"])
    except Refused as refused:
        found = (refused.label, refused.removable)
        same(found, (entry.get("refusal"), entry.get("removable")))
        return
    same(None, entry.get("refusal"))
    same(issued, entry["issued"])
    same(shown(record, entry["record"]), entry["record"])


def refused_key(entry: Entry) -> None:
    if "masters" in entry:
        keys = [Key(bytes.fromhex(master)) for master in entry["masters"]]
        same(refusal(lambda: ss.key_set(keys)), "value")
    elif "master" in entry:
        same(refusal(lambda: Key(bytes.fromhex(entry["master"]))), "value")
    else:
        same(refusal(lambda: Key.parse(entry["text"])), "value")


def main() -> int:
    if sys.argv[1:] == ["--make"]:
        make_tokens.make()
        make_payloads.make()
        make_cookies.make()
    elif sys.argv[1:]:
        print("usage: confirm.py [--make]")
        return 2
    tally = Tally()
    keys, tokens, payloads = (cases.read(n) for n in ("keys", "tokens", "payloads"))
    groups: list[tuple[str, list[Entry], Callable[[Entry], None]]] = [
        ("keys", keys["keys"], key),
        ("keys", keys["refused_texts"], refused_key),
        ("keys", keys["refused_masters"], refused_key),
        ("keys", keys["refused_sets"], refused_key),
        ("tokens", tokens["tokens"], token),
        ("tokens", tokens["refused"], refused_token(tokens)),
        ("tokens", tokens["xaes"], xaes),
        ("payloads", payloads["payloads"], payload(payloads)),
        ("payloads", payloads["refused"], payload(payloads)),
        ("cookies", cases.read("cookies")["requests"], request_of),
        ("minted", cases.read("minted")["requests"], request_of),
    ]
    for name, entries, test in groups:
        for entry in entries:
            tally.check(name, entry, test)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
