"""Attributes in a store (FORMAT.md, section 12)."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag

from .payloads import Attribute, Record, read_contents
from .source import Refused
from .tokens import Binding, xaes_open, xaes_seal

CONSTANT = b"sealed-session deposit v1"
NONCE = bytes(24)
LIMIT = 1 << 20
# What is sealed may have so many bytes more than the attributes.
MORE = 63


def deposit_input(name: bytes, binding: Binding) -> bytes:
    """The associated data."""
    return CONSTANT + name + binding.context()


def seal_deposit(
    deposit: tuple[bytes, bytes], binding: Binding, contents: bytes
) -> bytes:
    name, key = deposit
    return xaes_seal(key, NONCE, contents, deposit_input(name, binding))


@dataclass
class Store:
    """What a reader fetches from, by name."""

    kept: dict[bytes, bytes] = field(default_factory=dict)
    answers: bool = True
    limit: int = LIMIT

    def fetch(self, record: Record, binding: Binding) -> list[Attribute]:
        name, key = record.deposit
        if not self.answers:
            raise Refused("not_fetched")
        if name not in self.kept:
            raise Refused("missing")
        sealed = self.kept[name]
        if len(sealed) > self.limit + MORE:
            raise Refused("over_ceiling", "a deposit")
        try:
            bound = deposit_input(name, binding)
            contents = xaes_open(key, NONCE, sealed, bound)
        except (InvalidTag, ValueError):
            raise Refused("missing", "not what was sealed") from None
        return read_contents(contents, self.limit)
