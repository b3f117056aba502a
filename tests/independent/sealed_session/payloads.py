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
    version = source.byte()
    if version != 1:
        raise Refused("malformed" if version == 0 else "record_too_new", "version")
    flags = source.byte()
    compression = flags & 3
    if flags & ~127 or compression > DEFLATE:
        raise Refused("record_too_new", "reserved flags")
    record = Record(source.take(16), source.number(4))
    if flags & 4:
        record.subject = source.short_text()
    if flags & 8:
        record.own = source.varint(), source.varint()
        if record.own == (0, 0):
            raise Refused("malformed", "no lifetime of its own")
    if flags & 16:
        record.labels = read_labels(source)
    if flags & 64:
        record.grounds = read_grounds(source, record.subject)
    if not flags & 32:
        return record, compression, read_regions(source, compression, OPEN_LIMIT)
    if compression:
        raise Refused("malformed", "no region to compress")
    record.deposit = source.take(16), source.take(32)
    check_padding(source)
    return record, NONE, [[], []]


def read_regions(
    source: Bytes, compression: int, limit: int
) -> list[list[Attribute]]:
    stored = source.varint()
    unpacked = source.varint() if compression else stored
    if unpacked > limit:
        raise Refused("over_ceiling", "open region")
    region = source.take(stored)
    if compression:
        decompress = decompress_lz4 if compression == LZ4 else decompress_deflate
        region = decompress(region, unpacked)
    secrets = source.take(source.varint())
    check_padding(source)
    return [read_region(region, False), read_region(secrets, True)]


def check_padding(source: Bytes) -> None:
    if any(source.take(source.left())):
        raise Refused("malformed", "padding")


def read_contents(contents: bytes, limit: int) -> list[Attribute]:
    """The attributes in a deposit."""
    source = Bytes(contents)
    flags = source.byte()
    if flags & ~3 or flags > DEFLATE:
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
) -> bytes:
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
    return written + to_varint(len(regions[1])) + regions[1]


def write_contents(
    attributes: list[Attribute], compression: int = NONE, pack: bool = False
) -> bytes:
    contents = bytes([compression])
    contents += write_regions(attributes, compression, pack, 1 << 24)
    return contents + bytes(-len(contents) % 32)


def write_payload(record: Record, compression: int = NONE, pack: bool = False) -> bytes:
    """Compresses with DEFLATE, if with anything, and then in any case."""
    if record.deposit:
        compression, rest = NONE, b"".join(record.deposit)
    else:
        rest = write_regions(record.attributes, compression, pack, OPEN_LIMIT)
    subject = b""
    if record.subject is not None:
        subject = record.subject.encode()
        subject = to_varint(len(subject)) + subject
    own = b"".join(map(to_varint, record.own)) if any(record.own) else b""
    labels = write_labels(record.labels)
    flags = compression | (4 if subject else 0) | (8 if own else 0)
    grounds = record.grounds.write()
    flags |= (16 if labels else 0) | (32 if record.deposit else 0)
    flags |= 64 if grounds else 0
    head = bytes([1, flags]) + record.id
    payload = head + record.created.to_bytes(4, "big") + subject + own + labels
    payload += grounds + rest
    return payload + bytes(-len(payload) % 32)
