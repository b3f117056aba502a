"""From a request to the session that counts, and to what a response says of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .base64url import from_base64url
from .deposits import Store
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
from .revocations import Known
from .source import Refused
from .tokens import IN_URL, SIGNED, Binding, open_token
from .transports import COOKIE, LINK, Arrived, Request, Transports, Under

AUTHENTIC = {
    "destroyed",
    "from_the_future",
    "absolute_expired",
    "idle_expired",
    "missing",
    "not_fetched",
    "not_known",
    "record_too_new",
    "revoked",
    "superseded",
}


# Reasons of what lives nowhere else.
OVER = {
    "absent",
    "absolute_expired",
    "destroyed",
    "idle_expired",
    "revoked",
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
    # The name that it was opened for, and how it came.
    base: str
    by: str


def is_plantable(base: str) -> bool:
    """Whether a sibling domain can set cookies of this name."""
    return not base.startswith("__Host-")


def newest(live: list[Found], unfetched: list[Found], under: Under) -> Found:
    strangers = len({found.record.id[:8] for found in live + unfetched}) > 1
    if is_plantable(under.base) and (strangers or under.crowded):
        raise Refused("conflict")
    last = max(found.issued for found in live)
    return [found for found in live if found.issued == last][-1]


@dataclass
class Reader:
    keys: list[Key]
    accepted: set[int]
    base: str
    audience: str
    policy: Policy
    # From when on the keys with these ids are retired.
    retirements: dict[bytes, int] = field(default_factory=dict)
    former: str | None = None
    transports: Transports = field(default_factory=Transports)
    known: Known = field(default_factory=Known)
    store: Store | None = None

    def retired(self, now: int) -> frozenset[bytes]:
        return frozenset(k for k, time in self.retirements.items() if now >= time)

    def names(self) -> list[str]:
        return [self.base] if self.former is None else [self.base, self.former]

    def binding(self, base: str | None = None, by: str = COOKIE) -> Binding:
        purpose = IN_URL.encode() if by == LINK else b"session"
        return Binding((base or self.base).encode(), self.audience.encode(), purpose)

    def arrive(self, request: Request) -> Arrived:
        return self.transports.arrive(self.names(), request)

    def open(
        self, text: str, under: Under, came: Arrived, now: int
    ) -> tuple[Found, str | None]:
        """The session in a text, and why it is over if a tombstone of it came along."""
        keys, policy = key_set(self.keys), self.policy
        binding = self.binding(under.base, came.by)
        retired = self.retired(now)
        issued, payload = open_token(keys, self.accepted, binding, text, retired)
        record, token = read_payload(payload), from_base64url(text)
        if record.deposit and token[0] == SIGNED:
            raise Refused("malformed", "its holder knows the key")
        times = [
            touch_time(keys[token[1:5]], binding, token, value.decode("latin-1"))
            for value in under.touches
            if len(value) <= MARKS_LIMIT
        ]
        in_time = [t for t in times if t is not None and policy.reaches(t, now)]
        used = max([issued, *in_time])

        # Tombstones of every name count, whichever the token came under.
        def lies(kind: str, buried: bytes) -> bool:
            return any(
                is_tombstone(keys, self.binding(beside.base), buried, piece)
                for beside in came.names
                for piece in pieces(getattr(beside, kind))
            )

        over = None
        if lies("tombstones", record.id[:8]):
            over = "destroyed"
        elif lies("renewals", record.id):
            over = "superseded"
        return Found(token, issued, used, record, under.base, came.by), over

    def judge(self, found: Found, over: str | None, now: int) -> None:
        times = found.issued, found.record.created, found.used
        self.policy.judge(times, found.record.own, over, now)
        retired, audience = self.retired(now), self.audience.encode()
        keys = [key for key in self.keys if key.id not in retired]
        self.known.judge(keys, audience, found.record, now, self.policy.skew)
        if found.record.deposit:
            if self.store is None:
                raise Refused("missing", "no store")
            binding = self.binding(found.base, found.by)
            found.record.attributes = self.store.fetch(found.record, binding)
            found.record.deposit = None

    def load(self, request: Request, now: int) -> Found:
        """The session that counts."""
        came, refusals = self.arrive(request), []
        for under in came.names:
            if under.base != self.base and not self.former_counts(came, refusals):
                break
            live, unfetched = [], []
            for text in under.texts:
                try:
                    if isinstance(text, Refused):
                        raise text
                    found, over = self.open(text, under, came, now)
                    self.judge(found, over, now)
                    live.append(found)
                except Refused as refused:
                    refusals.append(refused)
                    if refused.label == "not_fetched":
                        unfetched.append(found)
            if live:
                return newest(live, unfetched, under)
        raise telling(refusals)

    def former_counts(self, came: Arrived, refusals: list[Refused]) -> bool:
        """Whether a session of the former name may count where the own name has none."""
        if came.by != COOKIE:
            return True
        over = all(refused.label in OVER for refused in refusals)
        return over and not self.may_be_planted(came)

    def may_be_planted(self, came: Arrived) -> bool:
        """Whether what came under the former name says nothing."""
        return came.by == COOKIE and is_plantable(self.former) and came.names[0].any

    def next_touch(self, found: Found, now: int) -> str | None:
        """What a request that counts as a use and changes nothing sends as `base.t`."""
        if found.by == LINK or now - found.used < self.policy.touch_interval():
            return None
        key = key_set(self.keys)[found.token[1:5]]
        return touch(key, self.binding(found.base), found.token, now)

    def ended(self, request: Request, now: int) -> list[Found]:
        """The sessions that a sign-out ends, in the order of their tombstones."""
        came, live, over = self.arrive(request), [], []
        for under in came.names:
            if under.base != self.base and self.may_be_planted(came):
                continue
            for text in under.texts:
                try:
                    if isinstance(text, Refused):
                        raise text
                    found, death = self.open(text, under, came, now)
                except Refused:
                    continue
                if death == "destroyed":
                    continue
                try:
                    self.judge(found, death, now)
                    live.append(found)
                except Refused:
                    over.append(found)
        try:
            first = [self.load(request, now)]
        except Refused:
            first = []
        return first + [f for f in live[::-1] if f not in first] + over[::-1]

    def farewell(self, request: Request, now: int) -> tuple[dict[str, str], int]:
        """The values of `base.x` under each name when the session is destroyed, and their
        `Max-Age`."""
        ended = [(found, found.record.id[:8]) for found in self.ended(request, now)]
        names = self.arrive(request).names
        return self.bury(ended, {u.base: u.tombstones for u in names}, now)

    def renewal(self, request: Request, now: int) -> tuple[dict[str, str], int]:
        """The same of `base.r` when the session is renewed."""
        found = self.load(request, now)
        names = self.arrive(request).names
        came = {under.base: under.renewals for under in names}
        return self.bury([(found, found.record.id)], came, now)

    def bury(
        self, dead: list[tuple[Found, bytes]], came: dict[str, list[bytes]], now: int
    ) -> tuple[dict[str, str], int]:
        keys = [key for key in self.keys if key.id not in self.retired(now)]
        sealing, values = self.keys[0].id, {}
        for base, along in came.items():
            stones = []
            for found, buried in dead:
                first = found.token[1:5]
                keys.sort(key=lambda key: (key.id != first, key.id != sealing, key.id))
                stones += [tombstone(key, self.binding(base), buried) for key in keys]
            stones += [text for text in pieces(along) if mark_format(text) == TOMBSTONE]
            values[base] = "".join(list(dict.fromkeys(stones))[:MARK_LIMIT])
        lives = [self.policy.afterlife(f.record.created, f.used, now) for f, _ in dead]
        return values, max(lives)

    def removes_touch(self, request: Request, now: int) -> bool:
        """Whether a `base.t` came to an absent session and stands for nothing."""
        came = self.arrive(request)
        own = came.names[0]
        orphan = came.by == COOKIE and not any(under.texts for under in came.names)
        if not own.touches or not orphan or is_plantable(self.base):
            return False
        return not any(self.may_be_newer(value, now) for value in own.touches)

    def may_be_newer(self, value: bytes, now: int) -> bool:
        if len(value) > MARKS_LIMIT:
            return True
        try:
            data = from_base64url(value.decode("latin-1"))
        except ValueError:
            return False
        if data[:1] == bytes([TOUCH]) and len(data) == MARK_BYTES:
            return not self.policy.reaches(int.from_bytes(data[1:5], "big"), now)
        return data[:1] > bytes([TOMBSTONE])
