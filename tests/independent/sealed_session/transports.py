"""What of a request may be its session (FORMAT.md, section 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .cookies import candidates, kept
from .marks import MARK_LIMIT
from .source import Refused
from .tokens import TEXT_LIMIT

COOKIE, FIELD, LINK = "cookie", "field", "link"
LINK_LIMIT = 2000
# The header field whose scheme `Bearer` may carry a token.
BEARER = "authorization"
DEFAULT_PORTS = {"https": ":443", "http": ":80"}


@dataclass
class Request:
    cookies: list[bytes]
    # Name and value of each other header field.
    fields: list[tuple[str, str]] = field(default_factory=list)
    query: str = ""
    host: str = ""

    def values(self, name: str) -> list[str]:
        found = (value for n, value in self.fields if n.lower() == name)
        return [value.strip(" \t") for value in found]

    def is_from_here(self) -> bool:
        """Whether a page of the own origin caused the request, for certain."""
        sites = list(filter(None, self.values("sec-fetch-site")))
        if sites:
            return sites == ["same-origin"]
        for name in ("origin", "referer"):
            if origins := list(filter(None, self.values(name))):
                return len(origins) == 1 and host_of(origins[0]) == self.host
        return False


def host_of(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or "@" in parts.netloc:
        return None
    return parts.netloc.lower().removesuffix(DEFAULT_PORTS[parts.scheme])


@dataclass
class Under:
    """What came under one name."""

    base: str
    texts: list[str | Refused]
    touches: list[bytes] = field(default_factory=list)
    tombstones: list[bytes] = field(default_factory=list)
    renewals: list[bytes] = field(default_factory=list)
    crowded: bool = False
    any: bool = True


@dataclass
class Arrived:
    """What came by the transport that counts, under the own name and then the former one."""

    by: str
    names: list[Under]


@dataclass
class Transports:
    """The transports that a reader is configured for."""

    # The fields of requests and of responses; `authorization` stands for its scheme `Bearer`.
    field: tuple[str, str] | None = None
    cookie: bool = True
    link: str | None = None

    def arrive(self, names: list[str], request: Request) -> Arrived:
        """The first transport that the request uses, or the one that answers it."""
        if self.field and (values := self.in_fields(request)):
            touches = request.values(f"{self.field[1]}-touch")[:MARK_LIMIT]
            return one(FIELD, names, only(values, TEXT_LIMIT), touches)
        cookies = [self.in_cookies(name, request) for name in names]
        if self.cookie and any(under.any for under in cookies):
            return Arrived(COOKIE, cookies)
        if self.link and (values := self.in_query(request)):
            text = only(values, LINK_LIMIT)
            soft = isinstance(text, Refused) and text.label != "malformed"
            alone = not (self.field or self.cookie)
            if alone or not soft or request.is_from_here():
                return one(LINK, names, text, [])
        by = COOKIE if self.cookie else FIELD if self.field else LINK
        return Arrived(by, [Under(name, [], any=False) for name in names])

    def in_cookies(self, name: str, request: Request) -> Under:
        found = kept(name.encode(), request.cookies)
        texts, crowded = candidates(found)
        marks = found.touches, found.tombstones, found.renewals
        return Under(name, texts, *marks, crowded, found.any())

    def in_fields(self, request: Request) -> list[str]:
        found = request.values(self.field[0])
        if self.field[0] == BEARER:
            schemes = [(value[:6].lower(), value[6:]) for value in found]
            ours = [v for s, v in schemes if s == "bearer" and v[:1] in ("", " ", "\t")]
            found = [value.strip(" \t") for value in ours]
        return [part for value in found for part in value.split(",")]

    def in_query(self, request: Request) -> list[str]:
        pairs = (pair.partition("=") for pair in request.query.split("&"))
        return [value for name, _, value in pairs if name == self.link]


def only(values: list[str], limit: int) -> str | Refused:
    """The one value, if it may be a token."""
    if len(values) > 1:
        return Refused("conflict")
    if len(values[0].encode()) > limit:
        return Refused("over_ceiling")
    if not values[0]:
        return Refused("absent")
    return values[0] if values[0].startswith("A") else Refused("malformed")


def one(by: str, names: list[str], text: str | Refused, touches: list[str]) -> Arrived:
    marks = [touch.encode("latin-1") for touch in touches]
    return Arrived(by, [Under(name, [text], marks) for name in names])
