"""Checks every vector in tests/vectors; `--make` writes them again first.

minted.json comes from the Rust library and is only checked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import sealed_session as ss
from sealed_session import Binding, Key, Reader, Refused, Request
from sealed_session import forms, hand_overs, once, tickets
from sealed_session import revocations as rv
from sealed_session.prints import print_of
from writer import WRITERS, cases

import examples

Entry = dict[str, Any]

# The lifetimes that count for a session.
LIVES = ("idle_timeout", "absolute_lifetime")


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
        same(ss.candidates(ss.kept(base.encode(), lines[::-1])), ([text], False))


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
            request_of(request | {"refusal": entry["refusal"]})
            return
        record = ss.read_payload(data)
        same(shown(record, entry["record"]), entry["record"])
        if entry["written"]:
            same(ss.write_payload(record), data)
        # Written in the shortest way, it is the same session.
        for pack, compression in ((True, ss.NONE), (True, ss.DEFLATE)):
            written = ss.write_payload(record, compression, pack)
            same(ss.read_payload(written), record)
        own = {field: entry[field] for field in LIVES if field in entry}
        request_of(request | own | {"record": entry["record"]})

    return test


def reader_of(entry: Entry) -> tuple[Reader, Request]:
    """The reader and the request that an entry tells of."""
    retired = {bytes.fromhex(key): at for key, at in entry.get("retired", {}).items()}
    reader = Reader(
        [Key(bytes.fromhex(master)) for master in entry["keys"]],
        {cases.format_number(name) for name in entry["accepted"]},
        entry["name"],
        entry["audience"],
        cases.policy_of(entry),
        {Key(master).id: at for master, at in retired.items()},
        entry.get("former"),
        cases.transports_of(entry),
        cases.known_of(entry),
        cases.store_of(entry),
    )
    lines = [line.encode() for line in entry.get("cookies", [])]
    lines += [bytes.fromhex(line) for line in entry.get("cookies_hex", [])]
    fields = [(name, value) for name, value in entry.get("fields", [])]
    request = Request(lines, fields, entry.get("query", ""), entry.get("host", ""))
    return reader, request


def request_of(entry: Entry) -> None:
    reader, request = reader_of(entry)
    removed = [f"{reader.base}.t"] * reader.removes_touch(request, entry["now"])
    same(removed, entry.get("removed", []))
    try:
        found = reader.load(request, entry["now"])
    except Refused as refused:
        same(refused.label, entry.get("refusal"))
        return
    same(None, entry.get("refusal"))
    same(found.by, entry.get("by", "cookie"))
    same(found.base, entry.get("under", reader.base))
    same(found.issued, entry["issued"])
    same(found.used, entry.get("used", found.issued))
    same(shown(found.record, entry["record"]), entry["record"])
    counts = found.record.grounds.counts(entry["now"], reader.policy.skew)
    confirmed = "confirmed" in entry["record"]
    same(counts, entry.get("is_confirmed", confirmed))
    same(reader.next_touch(found, entry["now"]), entry.get("touch"))
    idle = reader.policy.idle_of(*found.record.own)
    same(idle, entry.get("idle_timeout", reader.policy.idle))
    end = entry.get("absolute_lifetime", reader.policy.absolute)
    same(reader.policy.absolute_of(found.record.own[1]), end)


def minted(entry: Entry) -> None:
    """What Rust wrote, and that it chose what the case is there for."""
    request_of(entry)
    if "chosen" in entry:
        reader, request = reader_of(entry)
        found = reader.load(request, entry["now"])
        text = ss.to_base64url(found.token)
        keys = ss.key_set(reader.keys)
        payload = ss.open_token(keys, reader.accepted, reader.binding(), text)[1]
        _, compression, (attributes, _) = ss.parse_payload(payload)
        packed = [a.name for a in attributes if a.flags & ss.PACKED and not a.newer()]
        chosen = {"compression": compression, "packed": packed}
        same(chosen | entry["chosen"], chosen)


def marked(entry: Entry) -> tuple[Key, Binding, bytes]:
    parts = (entry[part].encode() for part in ("name", "audience", "purpose"))
    data = ss.from_base64url(entry["token"])
    same(data[0], cases.format_number(entry["format"]))
    return Key(bytes.fromhex(entry["master"])), Binding(*parts), data


def opened(entry: Entry) -> ss.Record:
    found, binding, data = marked(entry)
    keys = ss.key_set([found])
    return ss.read_payload(ss.open_token(keys, {data[0]}, binding, entry["token"])[1])


def touch(entry: Entry) -> None:
    found, binding, data = marked(entry)
    opened(entry)
    message = ss.touch_input(binding, data, entry["issued"])
    same(message.hex(), entry["mac_input"])
    same(found.derive(3).hex(), entry["mac_key"])
    same(ss.touch(found, binding, data, entry["issued"]), entry["text"])
    same(ss.touch_time(found, binding, data, entry["text"]), entry["issued"])
    for at in range(len(entry["text"])):
        text = changed(entry["text"], at)
        same(ss.touch_time(found, binding, data, text), None)


def changed(text: str, at: int) -> str:
    return text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :]


def tombstone(entry: Entry) -> None:
    found, binding, _ = marked(entry)
    sign_in = bytes.fromhex(entry["sign_in"])
    same(opened(entry).id[:8], sign_in)
    same(ss.tombstone_input(found.id, binding, sign_in).hex(), entry["mac_input"])
    same(found.derive(4).hex(), entry["mac_key"])
    same(ss.tombstone(found, binding, sign_in), entry["text"])
    keys = ss.key_set([found])
    same(ss.is_tombstone(keys, binding, sign_in, entry["text"]), True)
    for at in range(len(entry["text"])):
        text = changed(entry["text"], at)
        same(ss.is_tombstone(keys, binding, sign_in, text), False)


def tombstones(entry: Entry) -> None:
    """What a response sets `base.x` to buries the session for whoever has one of the keys."""
    reader, request = reader_of(entry)
    now = entry["now"]
    same(refusal(lambda: reader.load(request, now)), entry.get("refusal"))
    values, max_age = reader.farewell(request, now)
    same(values, entry.get("values", {reader.base: entry.get("value")}))
    same(max_age, entry["max_age"])
    again = [f"{name}.x={value}" for name, value in values.items()]
    request_of(entry | {"cookies": [*entry["cookies"], *again], "refusal": "destroyed"})
    first = reader.ended(request, now)[0].record.id[:8]
    own = [ss.tombstone(key, reader.binding(), first) for key in reader.keys]
    live = [key for key in reader.keys if key.id not in reader.retired(now)]
    parts = ss.pieces([values[reader.base].encode()])
    same(len(set(own) & set(parts)), len(live))


def renewals(entry: Entry) -> None:
    """What a response sets `base.r` to buries the session as it was before."""
    reader, request = reader_of(entry)
    values, max_age = reader.renewal(request, entry["now"])
    same(values, entry.get("values", {reader.base: entry.get("value")}))
    same(max_age, entry["max_age"])
    again = [f"{name}.r={value}" for name, value in values.items()]
    request_of(
        entry | {"cookies": [*entry["cookies"], *again], "refusal": "superseded"}
    )


def shape(entry: Entry) -> None:
    found = print_of(entry["shape"]).hex()
    same(found, entry["print"])
    same(entry["value"].startswith(found), True)


def target(entry: Entry) -> None:
    found = Key(bytes.fromhex(entry["master"]))
    audience, named = entry["audience"].encode(), bytes.fromhex(entry["target"])
    name = rv.target(found, audience, entry["kind"], named)
    until = rv.until(entry["at"], entry["absolute"], 120)
    same(rv.kept(name, entry["at"], until).hex(), entry["kept"])
    same(rv.read_kept(bytes.fromhex(entry["kept"])), (name, entry["at"], until))


def once_only(entry: Entry) -> None:
    keys = [Key(bytes.fromhex(master)) for master in entry["keys"]]
    purpose, thing = entry["purpose"].encode(), bytes.fromhex(entry["thing"])
    audience = entry["audience"].encode()
    names = sorted(once.name(key, audience, purpose, thing).hex() for key in keys)
    same(names, entry["names"])


def ticket(entry: Entry) -> None:
    found, nonce = Key(bytes.fromhex(entry["master"])), bytes.fromhex(entry["nonce"])
    parts = (entry[part].encode() for part in ("purpose", "target", "audience"))
    place, issued = tickets.Place(*parts), entry["issued"]
    state = None if entry["state"] is None else bytes.fromhex(entry["state"])
    aad = place.associated_data(place.header(found.id, issued))
    same(aad.hex(), entry["associated_data"])
    plain = bytes.fromhex(entry["plaintext"])
    same(tickets.seal(found, place, issued, nonce, plain), entry["text"])
    wanted = tickets.Wanted(
        ss.key_set([found]),
        frozenset(),
        place,
        entry.get("lifetime", 1_800),
        entry["type"],
        state is not None,
    )
    now = entry.get("now", issued)
    value = tickets.open_ticket(wanted, entry["text"], now, 120, state)
    same(tickets.plain(found, place, state, value), plain)


def refused_ticket(entry: Entry) -> None:
    keys = [Key(bytes.fromhex(master)) for master in entry["keys"]]
    retired = entry.get("retired", {}).items()
    gone = (Key(bytes.fromhex(m)).id for m, end in retired if end <= entry["now"])
    place = tickets.Place(entry["purpose"].encode(), b"", entry["audience"].encode())
    state = bytes.fromhex(entry["state"]) if "state" in entry else None
    wanted = tickets.Wanted(
        ss.key_set(keys),
        frozenset(gone),
        place,
        entry["lifetime"],
        entry["type"],
        state is not None,
    )
    text, now = entry["text"] * entry.get("repeat", 1), entry["now"]
    reason = refusal(lambda: tickets.open_ticket(wanted, text, now, 120, state))
    same(reason, entry["refusal"])


def form_token(entry: Entry) -> None:
    masters = [bytes.fromhex(master) for master in entry["keys"]]
    retired = {bytes.fromhex(master): at for master, at in entry["retired"].items()}
    alive = [Key(one) for one in masters if entry["now"] < retired.get(one, 2**32)]
    audience, sign_in = entry["audience"].encode(), bytes.fromhex(entry["sign_in"])
    subject = entry["subject"]
    found = forms.is_right(alive, audience, sign_in, entry["text"], subject)
    same(found, "mask" in entry)
    if "mask" in entry:
        mask = bytes.fromhex(entry["mask"])
        texts = [forms.token(key, audience, sign_in, mask, subject) for key in alive]
        same(entry["text"] in texts, True)
        same(forms.mac(alive[0], audience, sign_in, subject).hex(), entry["mac"])


def hand_over(entry: Entry) -> None:
    own, audience = entry["own"], entry["audience"]
    found, where = Key(bytes.fromhex(entry["master"])), hand_overs.place(own, audience)
    keys, nonce = ss.key_set([found]), None
    if entry["cookie"] is not None:
        nonce = bytes.fromhex(entry["nonce"])
        same(hand_overs.asked(own, nonce), entry["asked"])
        base, token = entry["cookie"].split("=", 1)
        same(base, entry["name"] + hand_overs.SUFFIX)
        binding = Binding(base.encode(), audience.encode())
        kept = ss.read_payload(ss.open_token(keys, {1}, binding, token)[1])
        same(kept.attributes, [hand_overs.kept(nonce)])

    def arrive() -> tuple[hand_overs.Given, int]:
        return hand_overs.arrive(keys, where, entry["query"], entry["now"], 120, nonce)

    if "refusal" in entry:
        same(refusal(arrive), entry["refusal"])
        return
    same(hand_overs.read_given(bytes.fromhex(entry["value"])).value().hex(), entry["value"])
    given, begun = arrive()
    same(begun, entry["begun"])
    same(sorted(given.labels), entry["labels"])
    for field in ("subject", "created", "confirmed", "back"):
        same(getattr(given, field), entry[field])
    same(given.origin.hex(), entry["origin"])


def snapshot(entry: Entry) -> None:
    data = bytes.fromhex(entry["file"])
    if "revocations" not in entry:
        same(refusal(lambda: rv.read_snapshot(data)), "malformed")
        return
    kept = [bytes.fromhex(one) for one in entry["revocations"]]
    same(rv.read_snapshot(data), (entry["written"], entry["since"], kept))
    same(rv.write_snapshot(entry["written"], entry["since"], kept), data)


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
        for written in WRITERS:
            written.make()
    elif sys.argv[1:]:
        print("usage: confirm.py [--make]")
        return 2
    tally = Tally()
    keys, tokens, payloads = (cases.read(n) for n in ("keys", "tokens", "payloads"))
    marks, revocations = cases.read("marks"), cases.read("revocations")
    sealed = cases.read("tickets")
    handed = cases.read("hand_overs")
    grounds = cases.read("grounds")
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
        ("grounds", grounds["payloads"], payload(grounds)),
        ("grounds", grounds["refused"], payload(grounds)),
        ("grounds", grounds["requests"], request_of),
        ("shapes", cases.read("shapes")["shapes"], shape),
        ("marks", marks["touches"], touch),
        ("marks", marks["tombstones"], tombstone),
        ("marks", marks["values"], tombstones),
        ("marks", marks["renewals"], renewals),
        ("marks", marks["several"], tombstones),
        ("marks", marks["several_renewals"], renewals),
        ("revocations", revocations["targets"], target),
        ("revocations", revocations["snapshots"], snapshot),
        ("revocations", revocations["refused"], snapshot),
        ("once", cases.read("once")["things"], once_only),
        ("tickets", sealed["tickets"] + sealed["edges"], ticket),
        ("tickets", sealed["refused"], refused_ticket),
        ("hand_overs", handed["arrivals"] + handed["refused"], hand_over),
        ("cookies", cases.read("cookies")["requests"], request_of),
        ("deposits", cases.read("deposits")["requests"], request_of),
        ("transports", cases.read("transports")["requests"], request_of),
        ("examples", examples.packed(), examples.check_packed),
        ("examples", examples.refusals(), request_of),
        ("examples", [{"case": "a renewal"}], examples.check_renewal),
        ("forms", cases.read("forms")["tokens"], form_token),
        ("forms", cases.read("forms")["refused"], form_token),
        ("minted", cases.read("minted")["requests"], minted),
    ]
    for name, entries, test in groups:
        for entry in entries:
            tally.check(name, entry, test)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
