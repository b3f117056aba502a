"""From a request to the session that counts, and to what a response says of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .base64url import from_base64url
from .cookies import CANDIDATE_LIMIT, MORE, candidates, cookie_pairs
from .keys import Key, key_set
from .marks import (
    MARK_BYTES,
    MARK_LIMIT,
    MARKS_LIMIT,
    TOMBSTONE,
    TOUCH,
    is_tombstone,
    mark_format,
    pieces,
    tombstone,
    touch,
    touch_time,
)
from .payloads import Record, read_payload
from .policy import Policy
from .source import Refused
from .tokens import Binding, open_token

AUTHENTIC = {
    "destroyed",
    "from_the_future",
    "absolute_expired",
    "idle_expired",
    "record_too_new",
    "superseded",
}


def telling(refusals: list[Refused]) -> Refused:
    """One refusal for a request: the first authentic one, else the first."""
    if not refusals:
        return Refused("absent")
    authentic = [refused for refused in refusals if refused.label in AUTHENTIC]
    return (authentic or refusals)[0]


@dataclass
class Found:
    """A session that was opened, and the token that it came in."""

    token: bytes
    issued: int
    used: int
    record: Record


@dataclass
class Reader:
    keys: list[Key]
    accepted: set[int]
    base: str
    audience: str
    policy: Policy
    # From when on the keys with these ids are retired.
    retirements: dict[bytes, int] = field(default_factory=dict)

    def retired(self, now: int) -> frozenset[bytes]:
        return frozenset(k for k, time in self.retirements.items() if now >= time)

    def binding(self) -> Binding:
        return Binding(self.base.encode(), self.audience.encode())

    def marks(self, fields: list[bytes], suffix: str) -> list[bytes]:
        name = f"{self.base}.{suffix}".encode()
        found = [value for n, value in cookie_pairs(fields) if n == name]
        return [v if len(v) <= MARKS_LIMIT else b"" for v in found[:MARK_LIMIT]]

    def open(
        self, text: str, fields: list[bytes], now: int
    ) -> tuple[Found, str | None]:
        """The session in a text, and why it is over if a tombstone of it came along."""
        keys, binding, policy = key_set(self.keys), self.binding(), self.policy
        retired = self.retired(now)
        issued, payload = open_token(keys, self.accepted, binding, text, retired)
        record, token = read_payload(payload), from_base64url(text)
        times = [
            touch_time(keys[token[1:5]], binding, token, value.decode("latin-1"))
            for value in self.marks(fields, "t")
        ]
        in_time = [t for t in times if t is not None and policy.reaches(t, now)]
        used = max([issued, *in_time])

        def lies(suffix: str, buried: bytes) -> bool:
            return any(
                is_tombstone(keys, binding, buried, piece)
                for value in self.marks(fields, suffix)
                for piece in pieces(value)
            )

        over = None
        if lies("x", record.id[:8]):
            over = "destroyed"
        elif lies("r", record.id):
            over = "superseded"
        return Found(token, issued, used, record), over

    def judge(self, found: Found, over: str | None, now: int) -> None:
        times = found.issued, found.record.created, found.used
        self.policy.judge(times, found.record.own, over, now)

    def load(self, fields: list[bytes], now: int) -> Found:
        """The session that counts."""
        live, refusals, tried = [], [], 0
        more = any(len(self.marks(fields, s)) == MARK_LIMIT for s in "xr")
        for candidate in candidates(self.base.encode(), fields):
            tried += not isinstance(candidate, Refused)
            if candidate is MORE or tried > CANDIDATE_LIMIT:
                more = True
                continue
            try:
                if isinstance(candidate, Refused):
                    raise candidate
                found, over = self.open(candidate, fields, now)
                self.judge(found, over, now)
                live.append(found)
            except Refused as refused:
                refusals.append(refused)
        if not live:
            raise telling(refusals)
        # A sibling domain can set cookies of any other name.
        plantable = not self.base.startswith("__Host-")
        strangers = len({found.record.id[:8] for found in live}) > 1
        if plantable and (strangers or more):
            raise Refused("conflict")
        newest = max(found.issued for found in live)
        return [found for found in live if found.issued == newest][-1]

    def next_touch(self, found: Found, now: int) -> str | None:
        """What a request that counts as a use and changes nothing sends as `base.t`."""
        if now - found.used < self.policy.touch_interval():
            return None
        key = key_set(self.keys)[found.token[1:5]]
        return touch(key, self.binding(), found.token, now)

    def farewell(self, found: Found, fields: list[bytes], now: int) -> tuple[str, int]:
        """The value and the `Max-Age` of `base.x` when a session is destroyed."""
        return self.bury(found, fields, ("x", found.record.id[:8]), now)

    def renewal(self, found: Found, fields: list[bytes], now: int) -> tuple[str, int]:
        """The value and the `Max-Age` of `base.r` when a session is renewed."""
        return self.bury(found, fields, ("r", found.record.id), now)

    def bury(
        self, found: Found, fields: list[bytes], grave: tuple[str, bytes], now: int
    ) -> tuple[str, int]:
        suffix, buried = grave
        first, sealing = found.token[1:5], self.keys[0].id
        keys = [key for key in self.keys if key.id not in self.retired(now)]
        keys.sort(key=lambda key: (key.id != first, key.id != sealing, key.id))
        stones = [tombstone(key, self.binding(), buried) for key in keys]
        for value in self.marks(fields, suffix):
            stones += [
                piece for piece in pieces(value) if mark_format(piece) == TOMBSTONE
            ]
        text = "".join(list(dict.fromkeys(stones))[:MARK_LIMIT])
        return text, self.policy.afterlife(found.record.created, found.used, now)

    def removes_touch(self, fields: list[bytes], now: int) -> bool:
        """Whether a `base.t` came that stands for nothing."""
        touches = self.marks(fields, "t")
        name = f"{self.base}.t".encode()
        if any(len(v) > MARKS_LIMIT for n, v in cookie_pairs(fields) if n == name):
            return False
        orphan = not any(candidates(self.base.encode(), fields))
        if not touches or not orphan or not self.base.startswith("__Host-"):
            return False
        return not any(self.may_be_newer(value, now) for value in touches)

    def may_be_newer(self, value: bytes, now: int) -> bool:
        try:
            data = from_base64url(value.decode("latin-1"))
        except ValueError:
            return False
        if data[:1] == bytes([TOUCH]) and len(data) == MARK_BYTES:
            return not self.policy.reaches(int.from_bytes(data[1:5], "big"), now)
        return data[:1] > bytes([TOMBSTONE])
