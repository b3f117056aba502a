"""Payloads, and the attributes in them (FORMAT.md, sections 3 and 4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .grounds import Grounds, read_grounds
from .json_text import is_readable
from .packed_text import Piece, pack
from .packed_text import pieces as text_pieces
from .source import (
    Bytes,
    Refused,
    compress_deflate,
    decompress_deflate,
    decompress_lz4,
    to_varint,
)

OPEN_LIMIT = 65536
POSTCARD, JSON, SECRET, PACKED = 0, 1, 4, 8
# The flags of a payload, beside its compression, and those of its second byte.
SUBJECT, RENEWED, SECRETS, MORE = 4, 8, 16, 32
OWN, LABELS, DEPOSIT, GROUNDS = 1, 2, 4, 8
LABELS_LIMIT, LABEL_LIMIT = 4, 64


@dataclass
class Attribute:
    """In a record its value is unpacked, and `flags` do not tell how it came."""

    name: str
    flags: int
    schema: int
    value: bytes

    def newer(self) -> bool:
        """Whether it has a reserved bit or codec."""
        return bool(self.flags & ~15) or self.flags & 3 > JSON

    def unreadable(self) -> bool:
        """Whether no plain key can read it; a typed one knows its schema."""
        if self.newer() or self.flags & 3 != JSON:
            return self.newer()
        return bool(self.schema) or not is_readable(self.value)

    def encoded(self) -> bytes:
        name = self.name.encode()
        head = to_varint(len(name)) + name + bytes([self.flags])
        return head + to_varint(self.schema) + to_varint(len(self.value)) + self.value

    def packed(self) -> Attribute:
        """With its text packed, where that may be and is shorter."""
        short = pack(self.value)
        if self.newer() or self.flags & SECRET or len(short) >= len(self.value):
            return self
        return Attribute(self.name, self.flags | PACKED, self.schema, short)


@dataclass
class Record:
    id: bytes
    created: int
    subject: str | None = None
    attributes: list[Attribute] = field(default_factory=list)
    # The idle timeout and the absolute lifetime of its own; 0 for none.
    own: tuple[int, int] = (0, 0)
    labels: list[str] = field(default_factory=list)
    # A name and a key, while the attributes are in a store.
    deposit: tuple[bytes, bytes] | None = None
    grounds: Grounds = field(default_factory=Grounds)


def read_region(region: bytes, secret: bool) -> list[Attribute]:
    source, found, before = Bytes(region), [], b""
    while source.left():
        name, flags = source.short_text(), source.byte()
        schema = source.varint()
        value = source.take(source.varint())
        if bool(flags & SECRET) != secret:
            raise Refused("malformed", "secret bit in the wrong region")
        if name.encode() <= before:
            raise Refused("malformed", "names not ascending")
        before = name.encode()
        found.append(Attribute(name, flags, schema, value))
    return found


def unpack_attributes(
    attributes: list[Attribute], limit: int = OPEN_LIMIT
) -> list[Attribute]:
    """Those of the open region with their values unpacked."""
    judged = [a for a in attributes if a.flags & PACKED and not a.newer()]
    parts: dict[str, list[Piece]] = {a.name: text_pieces(a.value) for a in judged}
    total = 0
    for attribute in attributes:
        total += len(attribute.encoded())
        if attribute.name in parts:
            size = sum(piece.size() for piece in parts[attribute.name])
            stored = len(attribute.value)
            total += size - stored
            total += len(to_varint(size)) - len(to_varint(stored))
    if total > limit:
        raise Refused("over_ceiling", "open region, unpacked")
    for attribute in judged:
        attribute.flags &= ~PACKED
        attribute.value = b"".join(piece.text() for piece in parts[attribute.name])
    return attributes


NONE, LZ4, DEFLATE = 0, 1, 2


def parse_payload(payload: bytes) -> tuple[Record, int, list[list[Attribute]]]:
    """Without attributes, how they are compressed, and those of both regions as stored."""
    source = Bytes(payload)
    flags = source.byte()
    if flags & 0xC0 or flags & 3 > DEFLATE:
        raise Refused("record_too_new", "reserved flags")
    more = read_more(source) if flags & MORE else 0
    sign_in = source.take(8)
    renewal = source.take(8) if flags & RENEWED else bytes(8)
    if flags & RENEWED and not any(renewal):
        raise Refused("malformed", "no second half of the id")
    record = Record(sign_in + renewal, source.number(4))
    if flags & SUBJECT:
        record.subject = source.short_text()
    if more & OWN:
        record.own = source.varint(), source.varint()
        if record.own == (0, 0):
            raise Refused("malformed", "no lifetime of its own")
    if more & LABELS:
        record.labels = read_labels(source)
    if more & GROUNDS:
        record.grounds = read_grounds(source, record.subject)
    if not more & DEPOSIT:
        return record, flags & 3, read_regions(source, flags, OPEN_LIMIT)
    if flags & (3 | SECRETS):
        raise Refused("malformed", "no regions")
    record.deposit = source.take(16), source.take(32)
    check_padding(source)
    return record, NONE, [[], []]


def read_more(source: Bytes) -> int:
    more = source.byte()
    if more & ~15:
        raise Refused("record_too_new", "reserved flags")
    if not more:
        raise Refused("malformed", "no second byte of flags")
    return more


def read_regions(
    source: Bytes, flags: int, limit: int
) -> list[list[Attribute]]:
    compression, stored = flags & 3, source.varint()
    unpacked = source.varint() if compression else stored
    if unpacked > limit:
        raise Refused("over_ceiling", "open region")
    region = source.take(stored)
    if compression:
        decompress = decompress_lz4 if compression == LZ4 else decompress_deflate
        region = decompress(region, unpacked)
    secrets = source.take(source.varint()) if flags & SECRETS else b""
    if flags & SECRETS and not secrets:
        raise Refused("malformed", "no secret region")
    check_padding(source)
    return [read_region(region, False), read_region(secrets, True)]


def check_padding(source: Bytes) -> None:
    if any(source.take(source.left())):
        raise Refused("malformed", "padding")


def read_contents(contents: bytes, limit: int) -> list[Attribute]:
    """The attributes in a deposit."""
    source = Bytes(contents)
    flags = source.byte()
    if flags & ~(3 | SECRETS) or flags & 3 > DEFLATE:
        raise Refused("record_too_new", "reserved flags")
    return all_attributes(read_regions(source, flags, limit), limit)


def read_labels(source: Bytes) -> list[str]:
    count = source.varint()
    if not 1 <= count <= LABELS_LIMIT:
        raise Refused("malformed", "number of labels")
    labels = [source.short_text(LABEL_LIMIT) for _ in range(count)]
    encoded = [label.encode() for label in labels]
    if encoded != sorted(set(encoded)):
        raise Refused("malformed", "labels not ascending")
    return labels


def write_labels(labels: list[str]) -> bytes:
    encoded = [label.encode() for label in labels]
    sized = b"".join(to_varint(len(label)) + label for label in encoded)
    return to_varint(len(labels)) + sized if labels else b""


def read_payload(payload: bytes) -> Record:
    record, _, regions = parse_payload(payload)
    record.attributes = all_attributes(regions, OPEN_LIMIT)
    return record


def all_attributes(regions: list[list[Attribute]], limit: int) -> list[Attribute]:
    attributes, hidden = regions
    if any(a.flags & PACKED and not a.newer() for a in hidden):
        raise Refused("malformed", "packed text in the secret region")
    found = unpack_attributes(attributes, limit) + hidden
    if len({a.name for a in found}) != len(found):
        raise Refused("malformed", "a name in both regions")
    return found


def write_regions(
    attributes: list[Attribute], compression: int, pack: bool, limit: int
) -> tuple[int, bytes]:
    """The flags that tell of them, and the regions."""
    regions, size = [b"", b""], 0
    for attribute in sorted(attributes, key=lambda a: a.name.encode()):
        size += 0 if attribute.flags & SECRET else len(attribute.encoded())
        if pack:
            attribute = attribute.packed()
        regions[bool(attribute.flags & SECRET)] += attribute.encoded()
    if size > limit:
        raise ValueError("open region too large")
    unpacked = b""
    if compression == DEFLATE:
        unpacked = to_varint(len(regions[0]))
        regions[0] = compress_deflate(regions[0])
    written = to_varint(len(regions[0])) + unpacked + regions[0]
    if not regions[1]:
        return compression, written
    return compression | SECRETS, written + to_varint(len(regions[1])) + regions[1]


def write_contents(
    attributes: list[Attribute], compression: int = NONE, pack: bool = False
) -> bytes:
    flags, regions = write_regions(attributes, compression, pack, 1 << 24)
    contents = bytes([flags]) + regions
    return contents + bytes(-len(contents) % 32)


def write_payload(record: Record, compression: int = NONE, pack: bool = False) -> bytes:
    """Compresses with DEFLATE, if with anything, and then in any case."""
    if record.deposit:
        flags, rest = 0, b"".join(record.deposit)
    else:
        regions = write_regions(record.attributes, compression, pack, OPEN_LIMIT)
        flags, rest = regions
    subject = b""
    if record.subject is not None:
        subject = record.subject.encode()
        subject = to_varint(len(subject)) + subject
    own = b"".join(map(to_varint, record.own)) if any(record.own) else b""
    labels, grounds = write_labels(record.labels), record.grounds.write()
    more = (OWN if own else 0) | (LABELS if labels else 0)
    more |= (DEPOSIT if record.deposit else 0) | (GROUNDS if grounds else 0)
    flags |= (SUBJECT if subject else 0) | (MORE if more else 0)
    sign_in, renewal = record.id[:8], record.id[8:]
    flags |= RENEWED if any(renewal) else 0
    head = bytes([flags, more] if more else [flags]) + sign_in
    head += renewal if any(renewal) else b""
    payload = head + record.created.to_bytes(4, "big") + subject + own + labels
    payload += grounds + rest
    return payload + bytes(-len(payload) % 32)
