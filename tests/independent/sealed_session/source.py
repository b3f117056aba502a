"""Bytes that are read from the front, LZ4 blocks and raw DEFLATE, within bounds."""

import zlib


class Refused(Exception):
    """What a reader does not accept; `label` names the reason."""

    def __init__(self, label: str, why: str = ""):
        super().__init__(f"{label}: {why}" if why else label)
        self.label = label


def to_varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


class Bytes:
    """A cursor over bytes; reading past the end is damage."""

    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def left(self) -> int:
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        if count > self.left():
            raise Refused("malformed", "truncated")
        self.at += count
        return self.data[self.at - count : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def varint(self) -> int:
        number = 0
        for shift in range(0, 35, 7):
            byte = self.byte()
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                if byte == 0 and shift:
                    raise Refused("malformed", "overlong varint")
                if number > 0xFFFFFFFF:
                    raise Refused("malformed", "varint over 32 bits")
                return number
        raise Refused("malformed", "varint over 32 bits")

    def short_text(self, longest: int = 255) -> str:
        size = self.varint()
        if not 1 <= size <= longest:
            raise Refused("malformed", "length of a text")
        try:
            return self.take(size).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("malformed", "not UTF-8") from None


def decompress_lz4(block: bytes, size: int) -> bytes:
    """An LZ4 block that gives exactly `size` bytes."""
    source, out = Bytes(block), bytearray()

    def length(nibble: int) -> int:
        total = nibble
        if nibble == 15:
            while (more := source.byte()) == 255:
                total += 255
            total += more
        return total

    while True:
        token = source.byte()
        literals = length(token >> 4)
        if len(out) + literals > size:
            raise Refused("malformed", "gives more")
        out += source.take(literals)
        if not source.left():
            break
        offset = int.from_bytes(source.take(2), "little")
        if not 1 <= offset <= len(out):
            raise Refused("malformed", "offset of a match")
        match = length(token & 15) + 4
        if len(out) + match > size:
            raise Refused("malformed", "gives more")
        for _ in range(match):
            out.append(out[-offset])
    if len(out) != size:
        raise Refused("malformed", "gives less")
    return bytes(out)


def decompress_deflate(stream: bytes, size: int) -> bytes:
    """Raw DEFLATE that gives exactly `size` bytes and uses all of `stream`."""
    reader = zlib.decompressobj(-15)
    try:
        out = reader.decompress(stream, size + 1)
    except zlib.error as error:
        raise Refused("malformed", str(error)) from None
    if len(out) != size or not reader.eof:
        raise Refused("malformed", "gives more or less")
    if reader.unused_data:
        raise Refused("malformed", "bytes behind the last block")
    return out


def compress_deflate(region: bytes) -> bytes:
    writer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return writer.compress(region) + writer.flush()
